/** Gathers what proves a leak, on one more walk over the rows: the requests of the interval and the naive count. */
import { outcomeNames } from '../actors/outcome.js';
import { type Plan, type PolicyLimit, requestClasses } from '../scenario/plan.js';
import { boundFormula } from './bound-formula.js';
import { chargeOf } from './charge.js';
import { leastCells } from './cost.js';
import type { Counters } from './counters.js';
import type { LeakSubject, WorstInterval } from './leak-oracle.js';
import { NaiveCount } from './naive-count.js';
import type { Row } from './row.js';
import type { Leak } from './verdict.js';
import { countText, durationText } from './wording.js';

/** Leaks that are written out; the worst ones. */
export const LEAKS_MAX = 100;
const REQUESTS_MAX = 20;

interface Case {
  readonly subject: LeakSubject;
  readonly interval: WorstInterval;
  readonly naive: Map<number, NaiveCount>;
  readonly first: Row[];
  requests: number;
}

export class LeakReport {
  private readonly plan: Plan;
  private readonly counters: Counters;
  private readonly cases: readonly Case[];
  private readonly casesByLimit: readonly (readonly Case[])[];

  /** @param convicted - at most `LEAKS_MAX` of them, the worst first. */
  constructor(plan: Plan, counters: Counters, convicted: readonly LeakSubject[]) {
    this.plan = plan;
    this.counters = counters;
    this.cases = convicted.flatMap((subject) =>
      subject.worst === null ? [] : [{ subject, interval: subject.worst, naive: new Map(), first: [], requests: 0 }],
    );
    this.casesByLimit = plan.policy.limits.map((_, index) =>
      this.cases.filter(({ subject }) => subject.limitIndex === index),
    );
  }

  add(row: Row): void {
    for (const { index, limit } of this.counters.ofClass(row.requestClass)) {
      if (chargeOf(row, limit) !== 'certain') continue;
      const counter = this.counters.counterOf(row, index);
      if (counter < 0) continue;
      for (const one of this.casesByLimit[index] ?? []) {
        if (one.subject.counter === counter || one.subject.counter < 0) this.gather(one, limit, counter, row);
      }
    }
  }

  leaks(): readonly Leak[] {
    return this.cases.map((one) => this.leakOf(one));
  }

  private gather(one: Case, limit: PolicyLimit, counter: number, row: Row): void {
    let naive = one.naive.get(counter);
    if (naive === undefined) {
      naive = new NaiveCount(limit, this.plan.policy);
      one.naive.set(counter, naive);
    }
    naive.add(row.concludedUs, leastCells(row, limit));
    if (row.sentUs < one.interval.fromUs || row.concludedUs > one.interval.toUs) return;
    one.requests++;
    const { first } = one;
    const at = first.findIndex(({ sentUs }) => sentUs > row.sentUs);
    if (at >= 0) first.splice(at, 0, row);
    else first.push(row);
    if (first.length > REQUESTS_MAX) first.pop();
  }

  private leakOf(one: Case): Leak {
    const { subject, interval } = one;
    const limit = this.plan.policy.limits[subject.limitIndex] as PolicyLimit;
    const sinceFirstPhaseMs = (us: number): number => (us - this.plan.warmupUs) / 1000;
    return {
      limit: limit.name,
      key: this.counters.name(subject.limitIndex, subject.counter),
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
        identity: row.identity,
        outcome: outcomeNames[row.outcome] ?? '',
      })),
      requestCount: one.requests,
      because: becauseOf(this.plan, limit, interval),
    };
  }
}

function becauseOf(plan: Plan, limit: PolicyLimit, interval: WorstInterval): string {
  const { nodes, slackCells, resolutionUs } = plan.policy;
  const { admittedCells, excessCells } = interval;
  const bound = countText(admittedCells - excessCells, 'cell');
  if (interval.isByPhase && 'windowUs' in limit) {
    const earned = 'creditsMax' in limit ? ' and all that fills can have given' : '';
    return (
      `wherever the windows of ${durationText(limit.windowUs)} begin, one of them holds at least ` +
      `${countText(excessCells, 'cell')} more than its ${limit.capacity}${earned}; the last requests that settle it ` +
      `cost ${countText(admittedCells, 'cell')}`
    );
  }
  const onNodes = nodes === 1 ? '' : `, on each of ${nodes} nodes`;
  const slack = slackCells === 0 ? '' : `, plus a slack of ${countText(slackCells, 'cell')}`;
  return (
    `an interval of length w may hold at most ${boundFormula(limit)}${onNodes}${slack}; for the ` +
    `${durationText(interval.toUs - interval.fromUs)} from the first send to the last answer, widened by the clock's grain ` +
    `of ${durationText(resolutionUs)}, that is ${bound}, and ${admittedCells} were admitted in whatever order they were decided`
  );
}
