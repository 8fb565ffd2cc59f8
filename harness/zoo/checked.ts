/** What came of the checks: a row each, and whether the whole holds. */
import type { CreatureKind } from './zoo.js';

export interface CheckedMutant {
  readonly name: string;
  readonly kind: CreatureKind;
  readonly defect: string;
  readonly caught: boolean;
  readonly by: readonly string[];
  readonly ms: number;
  readonly evidence: readonly string[];
}

export interface CheckedRightOne {
  readonly name: string;
  readonly kind: CreatureKind;
  readonly accused: boolean;
  readonly by: readonly string[];
  readonly ms: number;
  readonly evidence: readonly string[];
}

export interface CheckedZoo {
  readonly seed: number;
  readonly mutants: readonly CheckedMutant[];
  readonly right: readonly CheckedRightOne[];
}

/** Every broken one is caught and no right one accused; a zoo that is empty shows nothing. */
export function holds({ mutants, right }: CheckedZoo): boolean {
  return (
    mutants.length + right.length > 0 && mutants.every(({ caught }) => caught) && right.every(({ accused }) => !accused)
  );
}
