/** Everything that was found out about a run, before anybody asks for a metric. */
import type { ExpectedValue, Plan } from '../scenario/plan.js';
import { Containment } from './containment.js';
import type { Counters } from './counters.js';
import type { LeakSubject } from './leak-oracle.js';
import { Recovery } from './recovery.js';
import { type Grid, selectionOf } from './scope.js';
import type { Tally } from './tally.js';

export interface JudgedRun {
  readonly plan: Plan;
  /** Of the leaks: whether only some counters were followed, those that can have leaked and those nearest to it. */
  readonly followsSome: boolean;
  /** `charges` of the survey. */
  readonly charges: Grid;
  readonly tally: Tally;
  /** Every counter that was certainly charged, as far as it was followed. */
  readonly leakSubjects: readonly LeakSubject[];
  /** The same if every request with an unclear answer had been admitted. */
  readonly perhapsLeakSubjects: readonly LeakSubject[];
  /** Actors that sent anything which a limit counts. */
  readonly limitedActors: ReadonlySet<number>;
  /** Of these, those that sent anything which such a limit counts that a leak of it can be proved. */
  readonly provableActors: ReadonlySet<number>;
  readonly seekers: TimeSeekers;
  /** Seed of the resampling and of the groups. */
  readonly seed: number;
}

/** Metrics that need their own view of the rows, made only for the subjects and phases that the plan asks for. */
export class TimeSeekers {
  readonly containments = new Map<string, Containment>();
  readonly recoveries = new Map<string, Recovery>();

  constructor(plan: Plan, counters: Counters) {
    for (const { subject, metric, phase, wanted } of plan.expectations) {
      for (const asked of [phase, ...phasesIn(wanted)]) {
        const key = seekerKey(subject, asked);
        const selection = selectionOf(plan, subject, asked);
        if (metric === 'timeToContain') this.containments.set(key, new Containment(plan, counters, selection));
        if (metric === 'recovery') this.recoveries.set(key, new Recovery(plan, selection));
      }
    }
  }
}

export function seekerKey(subject: string, phase: string | null): string {
  return JSON.stringify([subject, phase]);
}

/** Phases that the right side of an expectation measures. */
function phasesIn(wanted: ExpectedValue): readonly string[] {
  if (wanted.kind === 'relative') return [wanted.phase];
  return wanted.kind === 'number' ? [] : wanted.values.flatMap(phasesIn);
}
