/**
 * The limits of a policy by the request class that they match, and the counter that each holds for a row. Limits that
 * only look on (`isShadow`) deny nobody and can let nothing through, so they are not here.
 */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { type CounterNames, CounterSpace } from './counter-space.js';
import type { Row } from './row.js';

export interface IndexedLimit {
  /** In `policy.limits`. */
  readonly index: number;
  readonly limit: PolicyLimit;
}

export class Counters {
  private readonly byClass: readonly (readonly IndexedLimit[])[];
  private readonly creditsByClass: readonly (readonly IndexedLimit[])[];
  private readonly touchedByClass: readonly (readonly IndexedLimit[])[];
  private readonly spaces: readonly CounterSpace[];

  constructor(policy: Policy, names: CounterNames) {
    const enforced = policy.limits
      .map((limit, index) => ({ index, limit }))
      .filter(({ limit: { isShadow } }) => !isShadow);
    const classes = policy.limits.reduce((most, limit) => Math.max(most, limit.costs.length), 0);
    const costs = (limit: PolicyLimit, requestClass: number): boolean => (limit.costs[requestClass] ?? 0) > 0;
    const gives = (limit: PolicyLimit, requestClass: number): boolean =>
      'creditsMax' in limit && (limit.creditsMax[requestClass] ?? 0) > 0;
    const where = (holds: (limit: PolicyLimit, requestClass: number) => boolean): IndexedLimit[][] =>
      Array.from({ length: classes }, (_, requestClass) => enforced.filter(({ limit }) => holds(limit, requestClass)));
    this.byClass = where(costs);
    this.creditsByClass = where(gives);
    this.touchedByClass = where((limit, requestClass) => costs(limit, requestClass) || gives(limit, requestClass));
    this.spaces = policy.limits.map((limit) => new CounterSpace(limit, names));
  }

  /** Limits that count this class; a limit by account or key may still not apply to a row that has none. */
  ofClass(requestClass: number): readonly IndexedLimit[] {
    return this.byClass[requestClass] ?? [];
  }

  /**
   * Limits to which an admitted request of this class may give cells. They go to the counter that the request itself
   * belongs to, whether or not it costs anything there.
   */
  creditedByClass(requestClass: number): readonly IndexedLimit[] {
    return this.creditsByClass[requestClass] ?? [];
  }

  /** Limits that count this class or are credited by it. */
  touchedBy(requestClass: number): readonly IndexedLimit[] {
    return this.touchedByClass[requestClass] ?? [];
  }

  /** The counter of a row under a limit that counts its class or is credited by it; -1 = the row lacks what it counts by. */
  counterOf(row: Row, limitIndex: number): number {
    return this.spaces[limitIndex]?.of(row) ?? -1;
  }

  /** The limits that can have throttled this row: the one that the answer named, else every one that matches it. */
  suspects(row: Row): readonly IndexedLimit[] {
    const ofClass = this.ofClass(row.requestClass);
    // Of most policies there is one limit for a class.
    if (ofClass.length === 1) return this.counterOf(row, (ofClass[0] as IndexedLimit).index) >= 0 ? ofClass : [];
    const matching = ofClass.filter(({ index }) => this.counterOf(row, index) >= 0);
    const named = matching.filter(({ index }) => index === row.limit);
    return named.length > 0 ? named : matching;
  }

  /** The limit that the answer named, null when it named none that matches the row. */
  namedBy(row: Row): PolicyLimit | null {
    if (row.limit < 0) return null;
    const named = this.ofClass(row.requestClass).find(({ index }) => index === row.limit);
    return named === undefined || this.counterOf(row, named.index) < 0 ? null : named.limit;
  }

  /** @param counter - -1: several together. */
  name(limitIndex: number, counter: number): string {
    return this.spaces[limitIndex]?.name(counter) ?? '*';
  }
}
