/** Counts what happened, by actor and phase, by group of identities and by identity. Rows outside of the phases are not measured. */
import { IntentKind, Outcome, outcomeNames } from '../actors/outcome.js';
import { type Plan, requestClasses } from '../scenario/plan.js';
import type { BlockJudgement } from './block-oracle.js';
import { groupOf } from './groups.js';
import { LatencyBook } from './latency-book.js';
import { LatencyHistogram } from './latency-histogram.js';
import { NONE } from './observation.js';
import { indexesOf, PackedCounts } from './packed-counts.js';
import { isAnswered, isBlocked, isError, isWritten, type Row } from './row.js';
import { actorsOf, Grid, GroupGrid, phaseAt, type Selection } from './scope.js';

/** An answer that came within this of the intended time is good: `goodput`. */
export const GOOD_WITHIN_US = 1_000_000;

const LOGIN = requestClasses.indexOf('login');

/** Counts of one identity in one phase, in the order of the array. */
export const IdentityCount = {
  asked: 0,
  answered: 1,
  admitted: 2,
  falseBlocks: 3,
  unsureBlocks: 4,
  unclear: 5,
  size: 6,
} as const;
export type IdentityCount = (typeof IdentityCount)[keyof typeof IdentityCount];

/** Metrics that compare identities by what each asked for and got. */
const shareMetrics: readonly string[] = ['fairness', 'blastRadius'];

export interface TallyOptions {
  readonly plan: Plan;
  /** Of the dealing into groups. */
  readonly seed: number;
  /** Whether an account index stands for one that the target knows. */
  readonly isRegistered: (account: number) => boolean;
}

export class Tally {
  readonly latencies: LatencyBook;
  readonly sent: Grid;
  readonly answered: GroupGrid;
  readonly errors: Grid;
  readonly good: GroupGrid;
  /** Would be good, if the unclear answer was an admission. */
  readonly perhapsGood: GroupGrid;
  readonly admitted: GroupGrid;
  readonly unclear: GroupGrid;
  readonly retries: Grid;
  readonly firstSentUs: Grid;
  readonly firstBlockedUs: Grid;
  readonly firstUnclearUs: Grid;
  /** When the last ban ends that anybody was told of. */
  readonly bannedUntilUs: Grid;
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
  /** By phase and `IdentityCount`. Kept of honest identities, and what they asked for of those that are compared by it. */
  private readonly identityCounts: readonly PackedCounts[];
  private readonly isHonest: readonly boolean[];
  private readonly isCompared: readonly boolean[];
  /** Service times of admitted logins, by actor and phase: of accounts that the target knows, and of other names. */
  private readonly logins = new Map<number, { readonly known: LatencyHistogram; readonly unknown: LatencyHistogram }>();
  private readonly options: TallyOptions;

  constructor(options: TallyOptions) {
    const { plan } = options;
    const grid = (initial = 0): Grid => new Grid(plan.actors.length, plan.phases.length, initial);
    const groupGrid = (): GroupGrid => new GroupGrid(plan.actors.length, plan.phases.length);
    this.options = options;
    this.latencies = new LatencyBook(plan.actors.length);
    this.outcomes = outcomeNames.map(() => grid());
    this.sent = grid();
    this.answered = groupGrid();
    this.errors = grid();
    this.good = groupGrid();
    this.perhapsGood = groupGrid();
    this.admitted = groupGrid();
    this.unclear = groupGrid();
    this.retries = grid();
    this.firstSentUs = grid(Number.POSITIVE_INFINITY);
    this.firstBlockedUs = grid(Number.POSITIVE_INFINITY);
    this.firstUnclearUs = grid(Number.POSITIVE_INFINITY);
    this.bannedUntilUs = grid();
    this.wrongful = grid();
    this.unsure = grid();
    this.falseBlocks = grid();
    this.unsureFalseBlocks = grid();
    this.retriesKept = grid();
    this.retriesBroken = grid();
    this.replays = grid();
    this.perhapsReplays = grid();
    this.identityCounts = Array.from({ length: plan.phases.length * IdentityCount.size }, () => new PackedCounts());
    this.isHonest = plan.actors.map(({ label }) => label === 'legit');
    const compared = new Set(
      plan.expectations.flatMap(({ metric, subject }) =>
        shareMetrics.includes(metric) ? actorsOf(plan, subject) : [],
      ),
    );
    this.isCompared = plan.actors.map((_, actor) => compared.has(actor));
  }

  /** The phase that a row is measured in, -1 = none. */
  phaseOf(row: Row): number {
    return phaseAt(this.options.plan.phases, row.intendedUs);
  }

  add(row: Row): void {
    const phase = this.phaseOf(row);
    if (phase < 0) return;
    const { actor, requestClass, outcome, identity } = row;
    const group = groupOf(identity, this.options.seed);
    const isCompared = this.isCompared[actor] as boolean;
    this.outcomes[outcome]?.add(actor, phase);
    // What the generator took back itself nobody was denied.
    if (isCompared && outcome !== Outcome.aborted) this.countIdentity(identity, phase, IdentityCount.asked);
    if (isError(row)) this.errors.add(actor, phase);
    if (isWritten(row)) {
      this.sent.add(actor, phase);
      if (row.kind === IntentKind.retry) this.retries.add(actor, phase);
      this.firstSentUs.lower(actor, phase, row.sentUs);
      this.latencies.record('dispatch', actor, requestClass, phase, row.sentUs - row.intendedUs, group);
    }
    if (isAnswered(row)) {
      this.answered.add(actor, phase, group);
      if (this.isHonest[actor]) this.countIdentity(identity, phase, IdentityCount.answered);
    }
    if (isBlocked(row)) this.firstBlockedUs.lower(actor, phase, row.answeredUs);
    if (outcome === Outcome.banned) {
      this.bannedUntilUs.raise(actor, phase, row.answeredUs + Math.max(0, row.retryAfterMs) * 1000);
    }
    const isInTime = row.answeredUs - row.intendedUs <= GOOD_WITHIN_US;
    if (outcome === Outcome.unclear) {
      this.unclear.add(actor, phase, group);
      if (isCompared) this.countIdentity(identity, phase, IdentityCount.unclear);
      this.firstUnclearUs.lower(actor, phase, row.answeredUs);
      if (isInTime) this.perhapsGood.add(actor, phase, group);
    }
    if (outcome !== Outcome.admitted) return;
    this.admitted.add(actor, phase, group);
    if (isCompared) this.countIdentity(identity, phase, IdentityCount.admitted);
    this.latencies.record('intended', actor, requestClass, phase, row.answeredUs - row.intendedUs, group);
    this.latencies.record('service', actor, requestClass, phase, row.answeredUs - row.sentUs, group);
    if (isInTime) this.good.add(actor, phase, group);
    if (requestClass === LOGIN && row.account !== NONE) this.addLogin(row, phase);
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
      this.countIdentity(row.identity, phase, IdentityCount.falseBlocks);
    }
    if (own === 'unsure') {
      this.unsureFalseBlocks.add(actor, phase);
      this.countIdentity(row.identity, phase, IdentityCount.unsureBlocks);
    }
  }

  count(outcome: Outcome, selection: Selection): number {
    return (this.outcomes[outcome] as Grid).sum(selection);
  }

  /** All requests that were intended, whatever became of them. */
  due(selection: Selection): number {
    return this.outcomes.reduce((sum, grid) => sum + grid.sum(selection), 0);
  }

  /**
   * A count of one identity over the selected phases. What it asked for and was admitted is known of those alone that an
   * expectation compares by it, the others of honest ones.
   */
  ofIdentity(identity: number, phases: readonly number[], count: IdentityCount): number {
    let sum = 0;
    for (const phase of phases) sum += this.countsOf(phase, count).get(identity);
    return sum;
  }

  /** Identities with any of these counts in the selected phases, ascending. */
  identitiesWith(phases: readonly number[], ...counts: readonly IdentityCount[]): Iterable<number> {
    return indexesOf(phases.flatMap((phase) => counts.map((count) => this.countsOf(phase, count))));
  }

  /** Service times of admitted logins to accounts that the target knows, and under other names. */
  loginTimes({ actors, phases }: Selection): { readonly known: LatencyHistogram; readonly unknown: LatencyHistogram } {
    const all = { known: new LatencyHistogram(), unknown: new LatencyHistogram() };
    for (const actor of actors) {
      for (const phase of phases) {
        const times = this.logins.get(this.loginPlace(actor, phase));
        if (times === undefined) continue;
        all.known.addAll(times.known);
        all.unknown.addAll(times.unknown);
      }
    }
    return all;
  }

  private addLogin(row: Row, phase: number): void {
    const place = this.loginPlace(row.actor, phase);
    let times = this.logins.get(place);
    if (times === undefined) {
      times = { known: new LatencyHistogram(), unknown: new LatencyHistogram() };
      this.logins.set(place, times);
    }
    const isKnown = this.options.isRegistered(row.account);
    (isKnown ? times.known : times.unknown).record(row.answeredUs - row.sentUs);
  }

  private loginPlace(actor: number, phase: number): number {
    return actor * this.options.plan.phases.length + phase;
  }

  private countIdentity(identity: number, phase: number, count: IdentityCount): void {
    this.countsOf(phase, count).add(identity);
  }

  private countsOf(phase: number, count: IdentityCount): PackedCounts {
    return this.identityCounts[phase * IdentityCount.size + count] as PackedCounts;
  }
}
