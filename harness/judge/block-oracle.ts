/**
 * Judges every refusal: wrongful (the policy certainly did not call for it), called for, or unsure. An answer from which
 * it can't be told whether the limits let the request through may be a refusal, so it is judged too: as unsure.
 *
 * Two questions are asked of each. Shared: with everybody's requests charged, were the cells there? That is the
 * target's error. Own, for honest callers: with only this identity's own requests charged, were they? Then it was
 * blocked for what others did or for nothing at all: a false block, even where the policy is followed to the letter.
 *
 * Rows come in the order of their ends, but what was charged at a moment is known only when every request sent before
 * it has come in. So each row waits until no earlier send can follow, and the sends and decisions then happen in the
 * order of time; in the same microsecond sends come first, since such a request may have been decided before the other
 * one.
 */
import { Outcome } from '../actors/outcome.js';
import type { Plan, PolicyLimit } from '../scenario/plan.js';
import { BanAccount } from './ban-account.js';
import {
  type Charge,
  chargeOf,
  counterOf,
  decidedByUs,
  type IndexedLimit,
  MatchingLimits,
  subjectId,
} from './charge.js';
import { createLeastUsed, type LeastUsed } from './least-used.js';
import { createMostUsed, type MostUsed } from './most-used.js';
import { type RetryFinding, RetryWatch } from './retry-watch.js';
import { isBlocked, isWritten, type Row } from './row.js';
import { TimeQueue } from './time-queue.js';

export type Finding = 'wrongful' | 'called-for' | 'unsure';

export interface BlockJudgement {
  readonly row: Row;
  /** null: not a matter of limits (refused by the verifier, denied). */
  readonly shared: Finding | null;
  /** null: not an honest caller. */
  readonly own: Finding | null;
}

export interface BlockOracleOptions {
  readonly plan: Plan;
  /** Counters of which a request was blocked, as `subjectId`; only those are followed. */
  readonly blockedCounters: ReadonlySet<number>;
  /** The same for honest identities: `subjectId(limit, identity)`. */
  readonly blockedIdentities: ReadonlySet<number>;
  /** Limits that saw more counters than they can hold: some were decided on the cold one. */
  readonly coldLimits: ReadonlySet<number>;
  /** Longest time from a send to the end of its row, over the run. */
  readonly lagUsMax: number;
  readonly onJudged: (judgement: BlockJudgement) => void;
  readonly onRetry: (row: Row, finding: Exclude<RetryFinding, 'untold'>) => void;
}

/** What is known of one counter, or of one identity's own part in it. */
interface Use {
  readonly limitIndex: number;
  readonly most: MostUsed;
  readonly least: LeastUsed;
  readonly retry: RetryWatch | null;
  readonly ban: BanAccount | null;
}

interface Part {
  readonly use: Use;
  readonly cells: number;
  readonly charge: Charge;
  readonly isOwn: boolean;
}

/** What can have throttled a row, from one point of view. */
interface View {
  readonly uses: readonly Use[];
  readonly cells: readonly number[];
  /** Told at the send: even the least use leaves too little, or a ban certainly holds. */
  isCalledFor: boolean;
}

interface Pending {
  readonly row: Row;
  readonly parts: readonly Part[];
  readonly shared: View | null;
  readonly own: View | null;
}

export class BlockOracle {
  private readonly options: BlockOracleOptions;
  private readonly matching: MatchingLimits;
  private readonly isJudgeable: boolean;
  private readonly shared = new Map<number, Use>();
  private readonly own = new Map<number, Use>();
  private readonly sends = new TimeQueue<Pending>();
  private readonly decisions = new TimeQueue<Pending>();
  /** Most rows that waited at once. */
  waitingMax = 0;

  constructor(options: BlockOracleOptions) {
    const { policy } = options.plan;
    this.options = options;
    this.matching = new MatchingLimits(policy);
    // Somebody else's requests are not in the record; a node's share of a limit can be used up while others' is not.
    this.isJudgeable = policy.exclusive && policy.nodes === 1;
  }

  add(row: Row): void {
    if (isWritten(row)) {
      const isJudged = isBlocked(row) || row.outcome === Outcome.unclear;
      const needsUse = isJudged && this.needsUse(row);
      if (isJudged && !needsUse) this.judgeAlone(row);
      if (this.isJudgeable) this.follow(row, needsUse);
    }
    this.advance(row.concludedUs - this.options.lagUsMax);
  }

  finish(): void {
    this.advance(Number.POSITIVE_INFINITY);
  }

  /** Entries of all counters, for the bound of memory. */
  get entries(): number {
    let sum = this.sends.size + this.decisions.size;
    for (const uses of [this.shared, this.own]) {
      for (const { most, least } of uses.values()) sum += most.entries + least.entries;
    }
    return sum;
  }

  private isHonest(row: Row): boolean {
    return this.options.plan.actors[row.actor]?.label === 'legit';
  }

  /** Whether the record of the limit's use can tell more than the row itself. */
  private needsUse(row: Row): boolean {
    if (!this.isJudgeable || this.matching.suspects(row).length === 0) return false;
    if (row.outcome === Outcome.throttled) return true;
    return row.outcome === Outcome.banned && this.isHonest(row) && this.suspectsWithBan(row).length > 0;
  }

  private suspectsWithBan(row: Row): readonly IndexedLimit[] {
    return this.matching.suspects(row).filter(({ limit }) => limit.ban !== null);
  }

  private judgeAlone(row: Row): void {
    const isHonest = this.isHonest(row);
    let shared: Finding | null;
    const suspects = this.matching.suspects(row);
    if (row.outcome === Outcome.refused || row.outcome === Outcome.denied) shared = null;
    else if (row.outcome === Outcome.unclear) shared = 'unsure';
    else if (row.outcome === Outcome.never) {
      const fits = suspects.every(({ limit }) => (limit.costs[row.requestClass] as number) <= limit.capacity);
      shared = fits ? 'wrongful' : 'called-for';
    } else if (row.outcome === Outcome.banned) shared = this.suspectsWithBan(row).length === 0 ? 'wrongful' : 'unsure';
    else shared = suspects.length === 0 ? 'wrongful' : 'unsure';
    // The harness signs honest requests rightly, so the verifier has no reason to refuse one. Who denied one is unknown.
    const unmatched = row.outcome === Outcome.denied ? 'unsure' : 'wrongful';
    const own = isHonest ? (shared ?? unmatched) : null;
    this.options.onJudged({ row, shared, own });
  }

  private follow(row: Row, isJudged: boolean): void {
    const parts: Part[] = [];
    const isHonest = this.isHonest(row);
    for (const matched of this.matching.ofClass(row.requestClass)) {
      const { index, limit } = matched;
      const counter = counterOf(row, limit);
      if (counter < 0) continue;
      const cells = limit.costs[row.requestClass] as number;
      const charge = chargeOf(row, limit.by);
      const sharedId = subjectId(index, counter);
      if (this.options.blockedCounters.has(sharedId)) {
        parts.push({ use: this.useOf(this.shared, sharedId, matched, false), cells, charge, isOwn: false });
      }
      const ownId = subjectId(index, row.identity);
      if (isHonest && this.options.blockedIdentities.has(ownId)) {
        parts.push({ use: this.useOf(this.own, ownId, matched, true), cells, charge, isOwn: true });
      }
    }
    if (parts.length === 0 && !isJudged) return;
    const pending: Pending = {
      row,
      parts,
      shared: isJudged ? this.viewOf(row, parts, false) : null,
      own: isJudged && isHonest ? this.viewOf(row, parts, true) : null,
    };
    this.sends.push(row.sentUs, pending);
    this.waitingMax = Math.max(this.waitingMax, this.sends.size + this.decisions.size);
  }

  private useOf(uses: Map<number, Use>, id: number, matched: IndexedLimit, isOwn: boolean): Use {
    const known = uses.get(id);
    if (known !== undefined) return known;
    const { index, limit } = matched;
    const grainUs = this.options.plan.policy.resolutionUs;
    const use: Use = {
      limitIndex: index,
      most: createMostUsed(limit, grainUs),
      least: createLeastUsed(limit, grainUs),
      // On a cold counter others spend the cells that a Retry-After spoke of.
      retry: isOwn || this.options.coldLimits.has(index) ? null : new RetryWatch(index, grainUs),
      ban: isOwn && limit.ban !== null ? new BanAccount(limit.ban, grainUs) : null,
    };
    uses.set(id, use);
    return use;
  }

  private viewOf(row: Row, parts: readonly Part[], isOwn: boolean): View {
    const suspects = new Set(this.matching.suspects(row).map(({ index }) => index));
    const chosen = parts.filter((part) => part.isOwn === isOwn && suspects.has(part.use.limitIndex));
    if (chosen.length !== suspects.size) throw new Error('a limit that may have blocked a request is not followed');
    return { uses: chosen.map(({ use }) => use), cells: chosen.map(({ cells }) => cells), isCalledFor: false };
  }

  /** Lets everything happen that is before `untilUs`: no request sent before it is still to come. */
  private advance(untilUs: number): void {
    const { sends, decisions } = this;
    for (;;) {
      const isSend = sends.nextUs <= decisions.nextUs;
      const nextUs = isSend ? sends.nextUs : decisions.nextUs;
      if (!(nextUs < untilUs)) return;
      if (isSend) this.send(sends.pop());
      else this.settle(decisions.pop(), nextUs);
    }
  }

  private send(pending: Pending): void {
    const { row, parts } = pending;
    for (const { use, cells, charge } of parts) {
      use.least.send(row.sentUs);
      if (charge === 'none') use.most.probe(row.sentUs);
      else use.most.send(row.sentUs, cells);
      use.most.forgetBefore(row.sentUs - this.options.lagUsMax);
      use.retry?.send(row, cells);
      use.ban?.send(row, charge);
    }
    if (pending.shared !== null) this.foresee(row, pending.shared, false);
    if (pending.own !== null) this.foresee(row, pending.own, true);
    this.decisions.push(decidedByUs(row, this.options.plan.policy.latestDecisionUs), pending);
  }

  private foresee(row: Row, view: View, isOwn: boolean): void {
    view.isCalledFor = view.uses.some((use, at) => {
      if (row.outcome === Outcome.banned) return use.ban?.held(row.concludedUs) ?? false;
      if (!isOwn && this.options.coldLimits.has(use.limitIndex)) return false;
      return use.least.lacked(row.concludedUs, view.cells[at] as number);
    });
  }

  private settle(pending: Pending, nowUs: number): void {
    const { row, parts } = pending;
    for (const { use, cells, charge } of parts) {
      if (charge !== 'none') use.most.settle(nowUs, cells);
      if (charge === 'certain') use.least.add(row.sentUs, cells, nowUs - this.options.lagUsMax);
      use.ban?.settle(charge);
      const kept = use.retry?.settle(row, cells) ?? 'untold';
      if (kept !== 'untold') this.options.onRetry(row, kept);
    }
    if (pending.shared === null) return;
    const shared = this.conclude(row, pending.shared, false);
    const own = pending.own === null ? null : this.conclude(row, pending.own, true);
    if (own === 'called-for' && row.outcome === Outcome.throttled) {
      pending.own?.uses.find(({ limitIndex }) => limitIndex === row.limit)?.ban?.strike(row);
    }
    this.options.onJudged({ row, shared, own });
  }

  private conclude(row: Row, view: View, isOwn: boolean): Finding {
    if (view.isCalledFor) return 'called-for';
    if (row.outcome === Outcome.banned) {
      return isOwn && !view.uses.some(({ ban }) => ban?.isPossible ?? false) ? 'wrongful' : 'unsure';
    }
    const had = view.uses.every((use, at) => {
      if (!isOwn && this.options.coldLimits.has(use.limitIndex)) return false;
      return use.most.hadSince(row.sentUs, view.cells[at] as number);
    });
    return had ? 'wrongful' : 'unsure';
  }
}

/** The limits whose counters have to be followed to judge this row; none when the row can be judged alone. */
export function countersToFollow(matching: MatchingLimits, row: Row): readonly { limit: PolicyLimit; index: number }[] {
  if (row.outcome !== Outcome.throttled && row.outcome !== Outcome.banned) return [];
  return matching.suspects(row);
}
