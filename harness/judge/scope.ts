/** Which rows an expectation speaks of: actors by a subject's name, phases by the time that a row was intended for. */
import type { Phase, Plan } from '../scenario/plan.js';
import { GROUPS } from './groups.js';

export interface Selection {
  readonly actors: readonly number[];
  readonly phases: readonly number[];
}

/** Index of the phase that holds an instant; -1 in the warm-up and after the end: such rows are measured by nobody. */
export function phaseAt(phases: readonly Phase[], us: number): number {
  for (let index = 0; index < phases.length; index++) {
    const phase = phases[index] as Phase;
    if (us < phase.endUs) return us >= phase.startUs ? index : -1;
  }
  return -1;
}

/** @param subject - `legit`, `abuse`, `all` or an actor's name. */
export function actorsOf(plan: Plan, subject: string): readonly number[] {
  const all = plan.actors.map((_, index) => index);
  if (subject === 'all') return all;
  if (subject === 'legit' || subject === 'abuse') return all.filter((index) => plan.actors[index]?.label === subject);
  return all.filter((index) => plan.actors[index]?.name === subject);
}

/** @param phase - null = all of them. */
export function selectionOf(plan: Plan, subject: string, phase: string | null): Selection {
  const phases = plan.phases.map((_, index) => index);
  return {
    actors: actorsOf(plan, subject),
    phases: phase === null ? phases : phases.filter((index) => plan.phases[index]?.name === phase),
  };
}

/** Length of the selected phases together. */
export function measuredUs(plan: Plan, selection: Selection): number {
  return selection.phases.reduce((sum, index) => {
    const phase = plan.phases[index];
    return phase === undefined ? sum : sum + phase.endUs - phase.startUs;
  }, 0);
}

/** End of the last selected phase. */
export function selectionEndUs(plan: Plan, selection: Selection): number {
  return selection.phases.reduce((last, index) => Math.max(last, plan.phases[index]?.endUs ?? 0), 0);
}

/** A number for each actor in each phase. */
export class Grid {
  private readonly values: Float64Array;
  private readonly phases: number;

  constructor(actors: number, phases: number, initial = 0) {
    this.values = new Float64Array(actors * phases).fill(initial);
    this.phases = phases;
  }

  add(actor: number, phase: number, amount = 1): void {
    const at = actor * this.phases + phase;
    this.values[at] = (this.values[at] as number) + amount;
  }

  lower(actor: number, phase: number, value: number): void {
    const at = actor * this.phases + phase;
    this.values[at] = Math.min(this.values[at] as number, value);
  }

  raise(actor: number, phase: number, value: number): void {
    const at = actor * this.phases + phase;
    this.values[at] = Math.max(this.values[at] as number, value);
  }

  max(selection: Selection): number {
    return this.fold(selection, Number.NEGATIVE_INFINITY, Math.max);
  }

  sum(selection: Selection): number {
    return this.fold(selection, 0, (sum, value) => sum + value);
  }

  min(selection: Selection): number {
    return this.fold(selection, Number.POSITIVE_INFINITY, Math.min);
  }

  private fold(selection: Selection, initial: number, combine: (a: number, b: number) => number): number {
    let result = initial;
    for (const actor of selection.actors) {
      for (const phase of selection.phases) {
        result = combine(result, this.values[actor * this.phases + phase] as number);
      }
    }
    return result;
  }
}

/** Numbers for each actor in each phase, apart by group of identities (`groups.ts`). */
export class GroupGrid {
  private readonly values: Float64Array;
  private readonly phases: number;

  constructor(actors: number, phases: number) {
    this.values = new Float64Array(actors * phases * GROUPS);
    this.phases = phases;
  }

  add(actor: number, phase: number, group: number): void {
    const at = (actor * this.phases + phase) * GROUPS + group;
    this.values[at] = (this.values[at] as number) + 1;
  }

  /** Sums by group. */
  byGroup(selection: Selection): Float64Array {
    const sums = new Float64Array(GROUPS);
    for (const actor of selection.actors) {
      for (const phase of selection.phases) {
        const from = (actor * this.phases + phase) * GROUPS;
        for (let group = 0; group < GROUPS; group++) {
          sums[group] = (sums[group] as number) + (this.values[from + group] as number);
        }
      }
    }
    return sums;
  }

  sum(selection: Selection): number {
    return this.byGroup(selection).reduce((sum, value) => sum + value, 0);
  }
}
