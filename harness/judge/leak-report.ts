/** Gathers what proves a leak, on one more walk over the rows: the requests of the interval and the naive count. */
import { type Plan, type PolicyLimit, requestClasses } from '../scenario/plan.js';
import { promiseFormula } from '../scenario/promise.js';
import { chargeOf, counterOf, MatchingLimits } from './charge.js';
import type { LeakSubject, WorstInterval } from './leak-oracle.js';
import { NaiveCount } from './naive-count.js';
import type { Row } from './row.js';
import type { Leak } from './verdict.js';
import { countText, durationText } from './wording.js';

/** Leaks that are written out; the worst ones. */
export const LEAKS_MAX = 100;
const REQUESTS_MAX = 20;

/** Names of the counters, see `World`. */
export interface CounterNames {
  readonly ips: readonly string[];
  readonly keys: readonly string[];
  accountName(index: number): string;
}

interface Case {
  readonly subject: LeakSubject;
  readonly interval: WorstInterval;
  readonly naive: Map<number, NaiveCount>;
  readonly first: Row[];
  requests: number;
}

export class LeakReport {
  private readonly plan: Plan;
  private readonly matching: MatchingLimits;
  private readonly cases: readonly Case[];
  private readonly casesByLimit: readonly (readonly Case[])[];

  /** @param convicted - at most `LEAKS_MAX` of them, the worst first. */
  constructor(plan: Plan, convicted: readonly LeakSubject[]) {
    this.plan = plan;
    this.matching = new MatchingLimits(plan.policy);
    this.cases = convicted.flatMap((subject) =>
      subject.worst === null ? [] : [{ subject, interval: subject.worst, naive: new Map(), first: [], requests: 0 }],
    );
    this.casesByLimit = plan.policy.limits.map((_, index) =>
      this.cases.filter(({ subject }) => subject.limitIndex === index),
    );
  }

  add(row: Row): void {
    for (const { index, limit } of this.matching.ofClass(row.requestClass)) {
      if (chargeOf(row, limit.by) !== 'certain') continue;
      const counter = counterOf(row, limit);
      if (counter < 0) continue;
      for (const one of this.casesByLimit[index] ?? []) {
        if (one.subject.counter === counter || one.subject.counter < 0) this.gather(one, limit, counter, row);
      }
    }
  }

  leaks(names: CounterNames): readonly Leak[] {
    return this.cases.map((one) => this.leakOf(one, names));
  }

  private gather(one: Case, limit: PolicyLimit, counter: number, row: Row): void {
    let naive = one.naive.get(counter);
    if (naive === undefined) {
      naive = new NaiveCount(limit, this.plan.policy);
      one.naive.set(counter, naive);
    }
    naive.add(row.concludedUs, limit.costs[row.requestClass] as number);
    if (row.sentUs < one.interval.fromUs || row.concludedUs > one.interval.toUs) return;
    one.requests++;
    const { first } = one;
    const at = first.findIndex(({ sentUs }) => sentUs > row.sentUs);
    if (at >= 0) first.splice(at, 0, row);
    else first.push(row);
    if (first.length > REQUESTS_MAX) first.pop();
  }

  private leakOf(one: Case, names: CounterNames): Leak {
    const { subject, interval } = one;
    const limit = this.plan.policy.limits[subject.limitIndex] as PolicyLimit;
    const sinceFirstPhaseMs = (us: number): number => (us - this.plan.warmupUs) / 1000;
    return {
      limit: limit.name,
      key: counterName(limit, subject.counter, names),
      excessCells: interval.excessCells,
      admittedCells: interval.admittedCells,
      boundCells: interval.admittedCells - interval.excessCells,
      fromMs: sinceFirstPhaseMs(interval.fromUs),
      toMs: sinceFirstPhaseMs(interval.toUs),
      naiveExcessCells: [...one.naive.values()].reduce((most, { excessCells }) => Math.max(most, excessCells), 0),
      requests: one.first.map((row) => ({
        sentMs: sinceFirstPhaseMs(row.sentUs),
        answeredMs: sinceFirstPhaseMs(row.answeredUs),
        actor: this.plan.actors[row.actor]?.name ?? '',
        requestClass: requestClasses[row.requestClass] ?? '',
      })),
      requestCount: one.requests,
      because: becauseOf(this.plan, limit, interval),
    };
  }
}

/** @param counter - -1: several together. */
export function counterName(limit: PolicyLimit, counter: number, names: CounterNames): string {
  if (limit.by === 'global' || counter < 0) return '*';
  if (limit.by === 'account') return names.accountName(counter);
  return (limit.by === 'ip' ? names.ips : names.keys)[counter] ?? `${limit.by} ${counter}`;
}

function becauseOf(plan: Plan, limit: PolicyLimit, interval: WorstInterval): string {
  const { nodes, slackCells, resolutionUs } = plan.policy;
  const { admittedCells, excessCells } = interval;
  const bound = countText(admittedCells - excessCells, 'cell');
  if (interval.isByPhase && limit.family !== 'token-bucket') {
    return (
      `wherever the windows of ${durationText(limit.windowUs)} begin, one of them holds at least ` +
      `${countText(excessCells, 'cell')} more than its ${limit.capacity}; the last requests that settle it ` +
      `cost ${countText(admittedCells, 'cell')}`
    );
  }
  const onNodes = nodes === 1 ? '' : `, on each of ${nodes} nodes`;
  const slack = slackCells === 0 ? '' : `, plus a slack of ${countText(slackCells, 'cell')}`;
  return (
    `an interval of length w may hold at most ${promiseFormula(limit)}${onNodes}${slack}; for the ` +
    `${durationText(interval.toUs - interval.fromUs)} from the first send to the last answer, widened by the clock's grain ` +
    `of ${durationText(resolutionUs)}, that is ${bound}, and ${admittedCells} were admitted in whatever order they were decided`
  );
}
