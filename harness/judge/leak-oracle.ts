/**
 * Finds broken promises: for each limit and each of its counters the interval in which most was certainly admitted
 * above the bound. Rows come in the order of their answers; only certain charges count, so what is found is proved.
 * Asked a second time with the unclear answers taken as admissions, it says how much can have leaked.
 */
import { Outcome } from '../actors/outcome.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { type Bound, createBound, isProvable } from './bound.js';
import { chargeOf } from './charge.js';
import { leastCells, mostCells } from './cost.js';
import type { Counters } from './counters.js';
import type { CreditLedger } from './credit-ledger.js';
import type { IndexSet } from './index-set.js';
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

type ProvableLimit = Exclude<PolicyLimit, { readonly family: 'concurrency' }>;

interface LimitState {
  readonly limit: ProvableLimit;
  /** null = all counters. */
  readonly followed: IndexSet | null;
  readonly dearestCells: number;
  readonly subjects: Map<number, Watched>;
  readonly circle: PhaseCircle | null;
  /** The subject of what only the shared phase proves. */
  readonly together: LeakSubject;
}

export interface LeakOracleOptions {
  readonly policy: Policy;
  readonly counters: Counters;
  readonly credits: CreditLedger;
  /** By limit: the most cells, by the least cost of each, of any request of the run. */
  readonly dearestCells: readonly number[];
  /** Longest time from a send to its answer over all charges of the run that count. */
  readonly serviceUsMax: number;
  /** Whether a request with an unclear answer counts as if it had been admitted. */
  readonly countsUnclear: boolean;
  /** Which counters of a limit to follow, null = all; what it leaves out has not leaked. */
  readonly followed: (limitIndex: number) => IndexSet | null;
  /** Index of the phase of an instant, -1 = none. */
  readonly phaseAt: (us: number) => number;
}

const SWEEP_ENTRIES = 8192;

export class LeakOracle {
  /** Entries of all timelines now, and at their most. */
  entries = 0;
  entriesMax = 0;
  private readonly options: LeakOracleOptions;
  /** By index in the policy; null: of this limit nothing can be proved. */
  private readonly limits: readonly (LimitState | null)[];
  private entriesAfterSweep = 0;

  constructor(options: LeakOracleOptions) {
    const { policy } = options;
    this.options = options;
    this.limits = policy.limits.map((limit, limitIndex) => {
      if (limit.family === 'concurrency' || !isProvable(limit, policy)) return null;
      return {
        limit,
        followed: options.followed(limitIndex),
        dearestCells: options.dearestCells[limitIndex] ?? 1,
        subjects: new Map(),
        circle: hasOnePhase(limit) && policy.nodes === 1 ? new PhaseCircle(limit.windowUs) : null,
        together: { limitIndex, counter: -1, actors: [], worst: null, worstByPhase: null },
      };
    });
  }

  add(row: Row): void {
    const { counters, countsUnclear } = this.options;
    for (const { index, limit } of counters.ofClass(row.requestClass)) {
      const state = this.limits[index] ?? null;
      if (state === null) continue;
      const counts = countsUnclear && row.outcome === Outcome.unclear;
      if (!counts && chargeOf(row, limit) !== 'certain') continue;
      const counter = counters.counterOf(row, index);
      if (counter >= 0 && (state.followed?.has(counter) ?? true)) this.charge(state, index, counter, row);
    }
    if (this.entries > 2 * this.entriesAfterSweep + SWEEP_ENTRIES) this.sweep(row.concludedUs);
  }

  /** Every counter that was charged and is followed, with its worst interval. */
  *subjects(): Iterable<LeakSubject> {
    for (const { subjects, together } of this.limits.filter((state) => state !== null)) {
      yield* subjects.values();
      if (together.worst !== null && ![...subjects.values()].some(isConvicted)) yield together;
    }
  }

  private charge(state: LimitState, limitIndex: number, counter: number, row: Row): void {
    let subject = state.subjects.get(counter);
    if (subject === undefined) {
      const bound = createBound(state.limit, this.options.policy, state.circle, state.dearestCells);
      subject = { limitIndex, counter, actors: [], worst: null, worstByPhase: null, bound };
      state.subjects.set(counter, subject);
    }
    addOnce(subject.actors, row.actor);
    const { bound } = subject;
    const before = bound.entries;
    const clusters = state.circle?.clusters ?? 0;
    const wasFull = state.circle?.isFull ?? true;
    const toUs = row.concludedUs;
    bound.add(row.sentUs, toUs, leastCells(row, state.limit), toUs - this.options.serviceUsMax, {
      mostCells: mostCells(row, state.limit),
      isServed: row.outcome !== Outcome.refused,
      creditCells: this.options.credits.until(limitIndex, counter, toUs),
    });
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
    for (const { subjects } of this.limits.filter((state) => state !== null)) {
      for (const { bound } of subjects.values()) {
        bound.forget(nowUs - this.options.serviceUsMax, nowUs);
        this.entries += bound.entries;
      }
    }
    this.entriesAfterSweep = this.entries;
  }
}

/** Whether all windows of a limit, for all its counters, begin at one phase. */
function hasOnePhase(limit: ProvableLimit): limit is ProvableLimit & { readonly windowUs: number } {
  return limit.family === 'sliding-counter' || ('anchor' in limit && limit.anchor === 'calendar');
}

export function isConvicted(subject: LeakSubject): boolean {
  return subject.worst !== null && subject.worst.excessCells > 0;
}

function addOnce(list: number[], value: number): void {
  if (!list.includes(value)) list.push(value);
}
