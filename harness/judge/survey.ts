/**
 * What the oracles must know of the whole run before they look at its first row: how long answers took at most, which
 * counters blocked anybody, and which limits saw more keys than they surely hold.
 */
import { Outcome } from '../actors/outcome.js';
import type { Plan, PolicyLimit } from '../scenario/plan.js';
import { countersToFollow } from './block-oracle.js';
import { isProvable } from './bound.js';
import { chargeOf, mayBeAdmitted, ownCounterOf } from './charge.js';
import { creditCellsMax, leastCells } from './cost.js';
import { CounterSet } from './counter-set.js';
import type { Counters } from './counters.js';
import { CreditLedger } from './credit-ledger.js';
import { type FollowBounds, LeakScreen } from './leak-screen.js';
import { isWritten, type Row } from './row.js';
import { Grid, phaseAt } from './scope.js';

export class Survey {
  /** From send to answer, over requests that certainly charged a limit, or may have and were answered. */
  serviceUsMax = 0;
  /** Whether a request that a limit counts got an answer which does not tell whether the limits let it through. */
  hasUnclear = false;
  /** From send to the end of the row, over all that were written. */
  lagUsMax = 0;
  readonly blockedCounters: CounterSet;
  /** The same for honest identities, by `ownCounterOf`. */
  readonly blockedIdentities: CounterSet;
  /** Limits of whose classes some request lacks what they count by: a log may only not have said it. */
  readonly untoldLimits = new Set<number>();
  /** Whether any answer was a ban. */
  hasBans = false;
  readonly screen: LeakScreen;
  /** Actors that sent at least one request which a limit counts. */
  readonly limitedActors = new Set<number>();
  /** Actors that sent at least one request which a limit counts whose leaks can be proved. */
  readonly provableActors = new Set<number>();
  /**
   * How often each actor certainly charged a limit whose leaks can be proved, by the phase of the answer; one column more
   * for those outside of all phases.
   */
  readonly charges: Grid;
  readonly credits = new CreditLedger();
  /** By limit: the most cells, by the least cost of each, of any one request. */
  readonly dearestCells: number[];
  private readonly plan: Plan;
  private readonly counters: Counters;
  private readonly keysSeen: CounterSet;
  /** By limit. */
  private readonly isProvable: readonly boolean[];

  constructor(plan: Plan, counters: Counters, bounds?: FollowBounds) {
    const limits = plan.policy.limits.length;
    this.plan = plan;
    this.counters = counters;
    this.blockedCounters = new CounterSet(limits);
    this.blockedIdentities = new CounterSet(limits);
    this.screen = new LeakScreen(plan.policy, bounds);
    this.keysSeen = new CounterSet(limits);
    this.isProvable = plan.policy.limits.map((limit) => isProvable(limit, plan.policy));
    this.charges = new Grid(plan.actors.length, plan.phases.length + 1);
    this.dearestCells = plan.policy.limits.map(() => 1);
  }

  add(row: Row): void {
    if (!isWritten(row)) return;
    const lagUs = row.concludedUs - row.sentUs;
    this.lagUsMax = Math.max(this.lagUsMax, lagUs);
    if (row.outcome === Outcome.banned) this.hasBans = true;
    for (const { index, limit } of this.counters.ofClass(row.requestClass)) {
      const counter = this.counters.counterOf(row, index);
      if (counter < 0) {
        this.untoldLimits.add(index);
        continue;
      }
      this.limitedActors.add(row.actor);
      const isTold = this.isProvable[index] as boolean;
      if (isTold) this.provableActors.add(row.actor);
      const cells = leastCells(row, limit);
      this.dearestCells[index] = Math.max(this.dearestCells[index] as number, cells);
      const isUnclear = row.outcome === Outcome.unclear;
      if (isUnclear) this.hasUnclear = true;
      const isCertain = chargeOf(row, limit) === 'certain';
      if (isCertain && isTold) this.noteCharge(row);
      if (isUnclear || isCertain) {
        this.serviceUsMax = Math.max(this.serviceUsMax, lagUs);
        this.screen.charge(index, counter, row.actor, cells, row.concludedUs);
      }
      this.keysSeen.add(index, counter);
    }
    this.noteCredits(row);
    const isHonest = this.plan.actors[row.actor]?.label === 'legit';
    for (const { index, limit } of countersToFollow(this.counters, row)) {
      const counter = this.counters.counterOf(row, index);
      this.blockedCounters.add(index, counter);
      this.screen.press(index, counter);
      if (isHonest) this.blockedIdentities.add(index, ownCounterOf(row, limit));
    }
  }

  private noteCharge({ actor, concludedUs }: Row): void {
    const phase = phaseAt(this.plan.phases, concludedUs);
    this.charges.add(actor, phase < 0 ? this.plan.phases.length : phase);
  }

  private noteCredits(row: Row): void {
    if (!mayBeAdmitted(row)) return;
    for (const { index, limit } of this.counters.creditedByClass(row.requestClass)) {
      const counter = this.counters.counterOf(row, index);
      if (counter >= 0) this.credits.give(index, counter, row.sentUs, creditCellsMax(row, limit));
    }
  }

  /**
   * Limits of which some requests may have been decided on the counter that is shared by keys without one of their own.
   */
  coldLimits(): ReadonlySet<number> {
    const { limits } = this.plan.policy;
    return new Set(limits.flatMap((limit, index) => (this.keysSeen.sizeOf(index) > surelyHeld(limit) ? [index] : [])));
  }

  /** Whether this counter throttled or banned anybody, as far as the answers name it. */
  isBlocked(limitIndex: number, counter: number): boolean {
    return this.blockedCounters.has(limitIndex, counter);
  }
}

/** A table for so many keys is searched in full, see `harness/core/probe-order.ts`: each of them finds a slot. */
const KEYS_SEARCHED_IN_FULL = 103;

/**
 * Keys of which each has a counter of its own for certain. Of a larger table a key reaches 128 slots, often fewer, since
 * some of its lines are the same. All keys that were tried found one free there in tables as full as they may be, but a
 * key that does not makes every key that is new from then on start with what the cold counter has used. With a quarter of
 * the keys one in five slots is taken, and a key that finds all of its slots taken is out of the question.
 */
function surelyHeld({ maxKeys }: PolicyLimit): number {
  return maxKeys <= KEYS_SEARCHED_IN_FULL ? maxKeys : Math.floor(maxKeys / 4);
}
