/**
 * Finds broken promises: for each limit and each of its counters the interval in which most was certainly admitted
 * above the bound. Rows come in the order of their answers; only certain charges count, so what is found is proved.
 * Asked a second time with the unclear answers taken as admissions, it says how much can have leaked.
 */
import { Outcome } from '../actors/outcome.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { type Bound, createBound } from './bound.js';
import { chargeOf, counterOf, MatchingLimits } from './charge.js';
import { PhaseCircle } from './phase-circle.js';
import type { Row } from './row.js';

/** One interval of one counter. */
export interface WorstInterval {
  readonly excessCells: number;
  readonly admittedCells: number;
  readonly fromUs: number;
  readonly toUs: number;
  /** Whether it is told by the phase of the windows: then it is one of the intervals that leave no phase. */
  readonly isByPhase: boolean;
}

export interface LeakSubject {
  readonly limitIndex: number;
  /** Index of the counter; -1: several counters together prove it, none of them alone. */
  readonly counter: number;
  /** Actors with a certain charge on it. */
  readonly actors: number[];
  /** Of the whole run; `excessCells` above 0 is a leak, below it is the interval that came nearest. */
  worst: WorstInterval | null;
  /** The same for the intervals that ended in a phase, by its index; null = none did. */
  worstByPhase: Map<number, WorstInterval> | null;
}

interface Watched extends LeakSubject {
  readonly bound: Bound;
}

interface LimitState {
  readonly limit: PolicyLimit;
  readonly subjects: Map<number, Watched>;
  readonly circle: PhaseCircle | null;
  /** The subject of what only the shared phase proves. */
  readonly together: LeakSubject;
}

export interface LeakOracleOptions {
  readonly policy: Policy;
  /** Longest time from a send to its answer over all charges of the run that count. */
  readonly serviceUsMax: number;
  /** Whether a request with an unclear answer counts as if it had been admitted. */
  readonly countsUnclear: boolean;
  /** Index of the phase of an instant, -1 = none. */
  readonly phaseAt: (us: number) => number;
}

const SWEEP_ENTRIES = 8192;

export class LeakOracle {
  /** Entries of all timelines now, and at their most. */
  entries = 0;
  entriesMax = 0;
  private readonly options: LeakOracleOptions;
  private readonly matching: MatchingLimits;
  private readonly limits: readonly LimitState[];
  private entriesAfterSweep = 0;

  constructor(options: LeakOracleOptions) {
    this.options = options;
    this.matching = new MatchingLimits(options.policy);
    this.limits = options.policy.limits.map((limit, limitIndex) => {
      const hasOnePhase = limit.family === 'fixed-window' && limit.anchor === 'calendar' && options.policy.nodes === 1;
      return {
        limit,
        subjects: new Map(),
        circle: hasOnePhase ? new PhaseCircle(limit.windowUs) : null,
        together: { limitIndex, counter: -1, actors: [], worst: null, worstByPhase: null },
      };
    });
  }

  add(row: Row): void {
    for (const { index, limit } of this.matching.ofClass(row.requestClass)) {
      const counts = this.options.countsUnclear && row.outcome === Outcome.unclear;
      if (!counts && chargeOf(row, limit.by) !== 'certain') continue;
      const counter = counterOf(row, limit);
      if (counter >= 0) this.charge(this.limits[index] as LimitState, index, counter, row);
    }
    if (this.entries > 2 * this.entriesAfterSweep + SWEEP_ENTRIES) this.sweep(row.concludedUs);
  }

  /** Every counter that was charged, with its worst interval. */
  *subjects(): Iterable<LeakSubject> {
    for (const { subjects, together } of this.limits) {
      yield* subjects.values();
      if (together.worst !== null && ![...subjects.values()].some(isConvicted)) yield together;
    }
  }

  private charge(state: LimitState, limitIndex: number, counter: number, row: Row): void {
    let subject = state.subjects.get(counter);
    if (subject === undefined) {
      const bound = createBound(state.limit, this.options.policy, state.circle);
      subject = { limitIndex, counter, actors: [], worst: null, worstByPhase: null, bound };
      state.subjects.set(counter, subject);
    }
    addOnce(subject.actors, row.actor);
    const { bound } = subject;
    const before = bound.entries;
    const clusters = state.circle?.clusters ?? 0;
    const wasFull = state.circle?.isFull ?? true;
    const toUs = row.concludedUs;
    bound.add(row.sentUs, toUs, state.limit.costs[row.requestClass] as number, toUs - this.options.serviceUsMax);
    this.entries += bound.entries - before;
    this.entriesMax = Math.max(this.entriesMax, this.entries);
    const { excessCells, admittedCells, fromUs, isByPhase } = bound;
    this.remember(subject, { excessCells, admittedCells, fromUs, toUs, isByPhase });
    if (state.circle === null || state.circle.clusters === clusters) return;
    for (const actor of subject.actors) addOnce(state.together.actors, actor);
    if (!wasFull && state.circle.isFull) {
      const excess = state.circle.smallestExcessCells;
      this.remember(state.together, { excessCells: excess, admittedCells, fromUs, toUs, isByPhase: true });
    }
  }

  private remember(subject: LeakSubject, interval: WorstInterval): void {
    if (interval.excessCells === Number.NEGATIVE_INFINITY) return;
    if (subject.worst === null || interval.excessCells > subject.worst.excessCells) subject.worst = interval;
    const phase = this.options.phaseAt(interval.toUs);
    if (phase < 0) return;
    subject.worstByPhase ??= new Map();
    const known = subject.worstByPhase.get(phase);
    if (known === undefined || interval.excessCells > known.excessCells) subject.worstByPhase.set(phase, interval);
  }

  /** Counters that are used no more keep what they had; once it has doubled, what is no longer needed is given back. */
  private sweep(nowUs: number): void {
    this.entries = 0;
    for (const { subjects } of this.limits) {
      for (const { bound } of subjects.values()) {
        bound.forget(nowUs - this.options.serviceUsMax, nowUs);
        this.entries += bound.entries;
      }
    }
    this.entriesAfterSweep = this.entries;
  }
}

export function isConvicted(subject: LeakSubject): boolean {
  return subject.worst !== null && subject.worst.excessCells > 0;
}

function addOnce(list: number[], value: number): void {
  if (!list.includes(value)) list.push(value);
}
