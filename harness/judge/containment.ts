/**
 * `timeToContain`: when do a subject's admitted cells come down to what the policy refills?
 *
 * Time is cut into steps of 100 ms. At a step T the subject is contained if in every whole second from T to T + hold
 * and for every limit, admitted cells (at the time of their answers) <= keys * nodes * (refill of one second + cost of
 * the dearest request), where keys are the counters of that limit that the subject used. The allowance of one request a
 * key is there since cells come back one by one and are spent whole. A limit that is looser than another never decides,
 * so "every limit" is the tightest one. The metric is T less the first send. Memory: two numbers a step and limit.
 */
import { Outcome } from '../actors/outcome.js';
import type { Plan, Policy, PolicyLimit } from '../scenario/plan.js';
import { creditCellsMax, leastCells } from './cost.js';
import type { Counters } from './counters.js';
import { isWritten, type Row } from './row.js';
import { phaseAt, type Selection, selectionEndUs } from './scope.js';

export const STEP_US = 100_000;
const STEPS_PER_SECOND = 10;

const NO_RATE = 'the limits that match what it sent are no rates';

type RefilledLimit = Exclude<PolicyLimit, { readonly family: 'concurrency' }>;

interface LimitTraffic {
  readonly cellsByStep: number[];
  /** The same with the unclear answers taken as admissions. */
  readonly perhapsByStep: number[];
  readonly counters: Set<number>;
  dearestCells: number;
}

export type TimeFinding = { readonly us: number } | { readonly why: string };

export class Containment {
  private readonly plan: Plan;
  private readonly selection: Selection;
  private readonly counters: Counters;
  private readonly traffic: readonly LimitTraffic[];
  private firstSentUs = Number.POSITIVE_INFINITY;

  constructor(plan: Plan, counters: Counters, selection: Selection) {
    this.plan = plan;
    this.selection = selection;
    this.counters = counters;
    this.traffic = plan.policy.limits.map(() => ({
      cellsByStep: [],
      perhapsByStep: [],
      counters: new Set(),
      dearestCells: 0,
    }));
  }

  add(row: Row): void {
    const { actors, phases } = this.selection;
    if (!isWritten(row) || !actors.includes(row.actor)) return;
    if (!phases.includes(phaseAt(this.plan.phases, row.intendedUs))) return;
    this.firstSentUs = Math.min(this.firstSentUs, row.sentUs);
    for (const { index, limit } of this.counters.ofClass(row.requestClass)) {
      const counter = this.counters.counterOf(row, index);
      const traffic = this.traffic[index];
      if (counter < 0 || traffic === undefined) continue;
      const cells = Math.max(0, leastCells(row, limit) - creditCellsMax(row, limit));
      traffic.counters.add(counter);
      traffic.dearestCells = Math.max(traffic.dearestCells, cells);
      if (row.outcome !== Outcome.admitted && row.outcome !== Outcome.unclear) continue;
      const step = Math.floor(row.answeredUs / STEP_US);
      traffic.perhapsByStep[step] = (traffic.perhapsByStep[step] ?? 0) + cells;
      if (row.outcome === Outcome.admitted) traffic.cellsByStep[step] = (traffic.cellsByStep[step] ?? 0) + cells;
    }
  }

  /** @param countUnclear - whether requests with an unclear answer count as admitted. */
  find(countUnclear: boolean): TimeFinding {
    if (this.firstSentUs === Number.POSITIVE_INFINITY) return { why: 'it sent nothing' };
    const used = this.plan.policy.limits.flatMap((limit, index) => {
      const traffic = this.traffic[index] as LimitTraffic;
      return traffic.counters.size > 0 && limit.family !== 'concurrency'
        ? [
            {
              cellsByStep: countUnclear ? traffic.perhapsByStep : traffic.cellsByStep,
              allowed: allowedPerSecond(limit, this.plan.policy, traffic),
            },
          ]
        : [];
    });
    if (used.length === 0) {
      const isCounted = this.traffic.some(({ counters }) => counters.size > 0);
      return { why: isCounted ? NO_RATE : 'no limit of the policy matches what it sent' };
    }
    const seconds = Math.max(1, Math.ceil(this.plan.holdUs / 1_000_000));
    const first = Math.floor(this.firstSentUs / STEP_US);
    const last = Math.floor(selectionEndUs(this.plan, this.selection) / STEP_US) - seconds * STEPS_PER_SECOND;
    if (last < first) return { why: `less than the hold time of ${seconds} s was measured after its first request` };
    for (let step = first; step <= last; step++) {
      if (used.every(({ cellsByStep, allowed }) => staysWithin(cellsByStep, step, seconds, allowed))) {
        return { us: Math.max(0, step * STEP_US - this.firstSentUs) };
      }
    }
    return { us: Number.POSITIVE_INFINITY };
  }
}

function allowedPerSecond(limit: RefilledLimit, policy: Policy, traffic: LimitTraffic): number {
  const perSecond = refilledPerSecond(limit, traffic.dearestCells);
  return traffic.counters.size * policy.nodes * (perSecond + traffic.dearestCells);
}

function refilledPerSecond(limit: RefilledLimit, dearestCells: number): number {
  if ('refillCells' in limit) return (limit.refillCells * 1_000_000) / limit.refillPeriodUs;
  if ('windowUs' in limit) return (limit.capacity * 1_000_000) / limit.windowUs;
  return limit.trickleUs === null ? 0 : (dearestCells * 1_000_000) / limit.trickleUs;
}

function staysWithin(cellsByStep: readonly number[], from: number, seconds: number, allowed: number): boolean {
  for (let second = 0; second < seconds; second++) {
    let cells = 0;
    const start = from + second * STEPS_PER_SECOND;
    for (let step = start; step < start + STEPS_PER_SECOND; step++) cells += cellsByStep[step] ?? 0;
    if (cells > allowed) return false;
  }
  return true;
}
