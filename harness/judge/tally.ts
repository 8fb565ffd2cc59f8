/** Counts what happened, by actor and phase and by identity. Rows outside of the phases are not measured. */
import { Outcome, outcomeNames } from '../actors/outcome.js';
import type { Plan } from '../scenario/plan.js';
import type { BlockJudgement } from './block-oracle.js';
import { LatencyBook } from './latency-book.js';
import { isAnswered, isBlocked, isError, isWritten, type Row } from './row.js';
import { Grid, phaseAt, type Selection } from './scope.js';

/** An answer that came within this of the intended time is good: `goodput`. */
export const GOOD_WITHIN_US = 1_000_000;

/** Counts of one identity in one phase, in the order of the array. */
export const IdentityCount = { asked: 0, answered: 1, admitted: 2, falseBlocks: 3, unsureBlocks: 4, size: 5 } as const;
export type IdentityCount = (typeof IdentityCount)[keyof typeof IdentityCount];

export class Tally {
  readonly latencies = new LatencyBook();
  readonly sent: Grid;
  readonly answered: Grid;
  readonly errors: Grid;
  readonly good: Grid;
  /** Would be good, if the unclear answer was an admission. */
  readonly perhapsGood: Grid;
  readonly firstSentUs: Grid;
  readonly firstBlockedUs: Grid;
  readonly firstUnclearUs: Grid;
  readonly wrongful: Grid;
  /** Of the limits: `shared` of `BlockJudgement`. */
  readonly unsure: Grid;
  readonly falseBlocks: Grid;
  readonly unsureFalseBlocks: Grid;
  readonly retriesKept: Grid;
  readonly retriesBroken: Grid;
  readonly replays: Grid;
  readonly perhapsReplays: Grid;
  /** Requests of which it can't be told whether the target was right. */
  unsureRows = 0;
  private readonly outcomes: readonly Grid[];
  private readonly identityCounts: Uint32Array;
  private readonly plan: Plan;

  constructor(plan: Plan, identities: number) {
    const grid = (initial = 0): Grid => new Grid(plan.actors.length, plan.phases.length, initial);
    this.plan = plan;
    this.outcomes = outcomeNames.map(() => grid());
    this.sent = grid();
    this.answered = grid();
    this.errors = grid();
    this.good = grid();
    this.perhapsGood = grid();
    this.firstSentUs = grid(Number.POSITIVE_INFINITY);
    this.firstBlockedUs = grid(Number.POSITIVE_INFINITY);
    this.firstUnclearUs = grid(Number.POSITIVE_INFINITY);
    this.wrongful = grid();
    this.unsure = grid();
    this.falseBlocks = grid();
    this.unsureFalseBlocks = grid();
    this.retriesKept = grid();
    this.retriesBroken = grid();
    this.replays = grid();
    this.perhapsReplays = grid();
    this.identityCounts = new Uint32Array(identities * plan.phases.length * IdentityCount.size);
  }

  /** The phase that a row is measured in, -1 = none. */
  phaseOf(row: Row): number {
    return phaseAt(this.plan.phases, row.intendedUs);
  }

  add(row: Row): void {
    const phase = this.phaseOf(row);
    if (phase < 0) return;
    const { actor, requestClass, outcome } = row;
    this.outcomes[outcome]?.add(actor, phase);
    this.countIdentity(row, phase, IdentityCount.asked);
    if (isError(row)) this.errors.add(actor, phase);
    if (isWritten(row)) {
      this.sent.add(actor, phase);
      this.firstSentUs.lower(actor, phase, row.sentUs);
      this.latencies.record('dispatch', actor, requestClass, phase, row.sentUs - row.intendedUs);
    }
    if (isAnswered(row)) {
      this.answered.add(actor, phase);
      this.countIdentity(row, phase, IdentityCount.answered);
    }
    if (isBlocked(row)) this.firstBlockedUs.lower(actor, phase, row.answeredUs);
    const isInTime = row.answeredUs - row.intendedUs <= GOOD_WITHIN_US;
    if (outcome === Outcome.unclear) {
      this.firstUnclearUs.lower(actor, phase, row.answeredUs);
      if (isInTime) this.perhapsGood.add(actor, phase);
    }
    if (outcome !== Outcome.admitted) return;
    this.countIdentity(row, phase, IdentityCount.admitted);
    this.latencies.record('intended', actor, requestClass, phase, row.answeredUs - row.intendedUs);
    this.latencies.record('service', actor, requestClass, phase, row.answeredUs - row.sentUs);
    if (isInTime) this.good.add(actor, phase);
  }

  judge({ row, shared, own }: BlockJudgement): void {
    const phase = this.phaseOf(row);
    if (phase < 0) return;
    const { actor } = row;
    if (shared === 'wrongful') this.wrongful.add(actor, phase);
    if (shared === 'unsure') this.unsure.add(actor, phase);
    if (shared === 'unsure' || own === 'unsure') this.unsureRows++;
    if (own === 'wrongful') {
      this.falseBlocks.add(actor, phase);
      this.countIdentity(row, phase, IdentityCount.falseBlocks);
    }
    if (own === 'unsure') {
      this.unsureFalseBlocks.add(actor, phase);
      this.countIdentity(row, phase, IdentityCount.unsureBlocks);
    }
  }

  count(outcome: Outcome, selection: Selection): number {
    return (this.outcomes[outcome] as Grid).sum(selection);
  }

  /** All requests that were intended, whatever became of them. */
  due(selection: Selection): number {
    return this.outcomes.reduce((sum, grid) => sum + grid.sum(selection), 0);
  }

  /** A count of one identity over the selected phases. */
  ofIdentity(identity: number, phases: readonly number[], count: IdentityCount): number {
    let sum = 0;
    for (const phase of phases) {
      sum += this.identityCounts[(identity * this.plan.phases.length + phase) * IdentityCount.size + count] ?? 0;
    }
    return sum;
  }

  private countIdentity(row: Row, phase: number, count: IdentityCount): void {
    const at = (row.identity * this.plan.phases.length + phase) * IdentityCount.size + count;
    this.identityCounts[at] = (this.identityCounts[at] ?? 0) + 1;
  }
}
