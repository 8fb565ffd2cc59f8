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
import { type Charge, chargeOf, countedOf, decidedByUs, mayBeAdmitted, ownCounterOf, subjectId } from './charge.js';
import { creditCellsMax, leastCells, mostCells } from './cost.js';
import type { CounterSet } from './counter-set.js';
import type { Counters, IndexedLimit } from './counters.js';
import { createLeastUsed, type LeastUsed } from './least-used.js';
import { createMostUsed, type MostUsed } from './most-used.js';
import { type RetryFinding, RetryWatch } from './retry-watch.js';
import { isAnswered, isBlocked, isWritten, type Row, UNNAMED } from './row.js';
import { TimeQueue } from './time-queue.js';

export type Finding = 'wrongful' | 'called-for' | 'unsure';

export interface BlockJudgement {
  readonly row: Row;
  /** null: not a matter of limits (refused by the verifier, denied). */
  readonly shared: Finding | null;
  /** null: not an honest caller. */
  readonly own: Finding | null;
}

/**
 * What a server's log leaves open. Its counters are not fresh where it begins: as far as anybody can tell all their cells were
 * just used, and a ban may have begun before. And nobody knows whether a caller has signed rightly.
 *
 * All used at `startUs`, and whatever was decided before it charged then, is the most that a right target can have used. A bucket
 * owes its capacity at most. A window that has charged its capacity stands until a window after `startUs` at the latest, and
 * of a sliding counter the part that counts on falls at least as fast as that of a charge at `startUs` itself. What is
 * in flight then ends behind it, so that it is in the log.
 */
export interface FromLog {
  /** From here on every decision is in the log. */
  readonly startUs: number;
  /** Whether honest callers are told from others, so that it can be asked what each of them called for alone. */
  readonly tellsHonest: boolean;
}

/** What the answers of a log leave open. A run knows by what each of its requests was counted, and how bans are answered. */
export interface LogGaps {
  /** `untoldLimits` and `hasBans` of the survey. */
  readonly untoldLimits: ReadonlySet<number>;
  readonly hasBans: boolean;
}

export interface BlockOracleOptions {
  readonly plan: Plan;
  readonly counters: Counters;
  /** Counters of which a request was blocked; only those are followed. */
  readonly blockedCounters: CounterSet;
  /** The same for honest identities, by `ownCounterOf`. */
  readonly blockedIdentities: CounterSet;
  /** Limits that saw more counters than they surely hold: some may have been decided on the cold one. */
  readonly coldLimits: ReadonlySet<number>;
  /** Longest time from a send to the end of its row, over the run. */
  readonly lagUsMax: number;
  /** Left out: a run, whose counters were fresh and whose honest callers signed rightly. */
  readonly fromLog?: (FromLog & LogGaps) | null;
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
  /** Cells that everything sent until now can have given to it at most. */
  creditCells: number;
}

interface Part {
  readonly use: Use;
  /** What the request costs here, at least and at most; 0 = it is not matched and can only give cells. */
  readonly leastCells: number;
  readonly mostCells: number;
  readonly creditCells: number;
  /** What the counter was charged with, and what of it was an admission. */
  readonly charge: Charge;
  readonly admission: Charge;
  readonly isOwn: boolean;
}

/** What can have throttled a row, from one point of view. */
interface View {
  readonly parts: readonly Part[];
  /** By part, told at the send: cells that even the least use leaves missing. */
  lacking: readonly number[];
  /** Told at the send: a ban certainly holds. */
  isBanned: boolean;
}

interface Pending {
  readonly row: Row;
  readonly parts: readonly Part[];
  readonly shared: View | null;
  readonly own: View | null;
}

export class BlockOracle {
  private readonly options: BlockOracleOptions;
  private readonly counters: Counters;
  private readonly isJudgeable: boolean;
  private readonly isLog: boolean;
  private readonly judgesOwn: boolean;
  /** Use before this moment is taken for use at it. */
  private readonly startUs: number;
  private readonly hasBanningLimit: boolean;
  private readonly shared = new Map<number, Use>();
  private readonly own = new Map<number, Use>();
  private readonly sends = new TimeQueue<Pending>();
  private readonly decisions = new TimeQueue<Pending>();
  /** Most rows that waited at once. */
  waitingMax = 0;

  constructor(options: BlockOracleOptions) {
    const { policy } = options.plan;
    this.options = options;
    this.counters = options.counters;
    // Somebody else's requests are not in the record; a node's share of a limit can be used up while others' is not.
    this.isJudgeable = policy.exclusive && policy.nodes === 1;
    this.isLog = (options.fromLog ?? null) !== null;
    this.judgesOwn = options.fromLog?.tellsHonest ?? true;
    this.startUs = options.fromLog?.startUs ?? Number.NEGATIVE_INFINITY;
    this.hasBanningLimit = policy.limits.some(({ ban }) => ban !== null);
  }

  /** @param row - may be another one's after the call. */
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
    if (!this.judgesOwn) return false;
    return this.options.plan.actors[row.actor]?.label === 'legit';
  }

  /** Whether the record of the limit's use can tell more than the row itself. */
  private needsUse(row: Row): boolean {
    if (!this.isJudgeable || this.isHidden(row) || this.counters.suspects(row).length === 0) return false;
    if (row.outcome === Outcome.throttled) return true;
    if (this.isLog) return false;
    return row.outcome === Outcome.banned && this.isHonest(row) && this.suspectsWithBan(row).length > 0;
  }

  /**
   * Whether a limit may have said no of whose use a log does not tell enough: one that the policy does not have, one by
   * something that lines leave out (then they may have charged it as well), or one with bans where no answer is called a ban.
   */
  private isHidden(row: Row): boolean {
    const fromLog = this.options.fromLog ?? null;
    if (fromLog === null) return false;
    if (row.limit < UNNAMED) return true;
    const { untoldLimits, hasBans } = fromLog;
    if (untoldLimits.size === 0 && (hasBans || !this.hasBanningLimit)) return false;
    const matching = this.counters.ofClass(row.requestClass);
    const named = matching.filter(({ index }) => index === row.limit);
    return (named.length > 0 ? named : matching).some(
      ({ index, limit }) => untoldLimits.has(index) || (limit.ban !== null && !hasBans),
    );
  }

  private suspectsWithBan(row: Row): readonly IndexedLimit[] {
    return this.counters.suspects(row).filter(({ limit }) => limit.ban !== null);
  }

  private judgeAlone(row: Row): void {
    const isHonest = this.isHonest(row);
    let shared: Finding | null;
    const suspects = this.counters.suspects(row);
    if (row.outcome === Outcome.refused || row.outcome === Outcome.denied) shared = null;
    else if (this.isHidden(row)) shared = 'unsure';
    else if (row.outcome === Outcome.unclear) shared = 'unsure';
    else if (row.outcome === Outcome.never) {
      shared = judgeNever(row, suspects);
    } else if (row.outcome === Outcome.banned) shared = this.suspectsWithBan(row).length === 0 ? 'wrongful' : 'unsure';
    else shared = suspects.length === 0 ? 'wrongful' : 'unsure';
    // The harness signs honest requests rightly, so the verifier has no reason to refuse one. Who denied one is unknown.
    const unmatched = row.outcome === Outcome.denied || this.isLog ? 'unsure' : 'wrongful';
    const own = isHonest ? (shared ?? unmatched) : null;
    this.options.onJudged({ row: { ...row }, shared, own });
  }

  private follow(row: Row, isJudged: boolean): void {
    const { blockedCounters, blockedIdentities } = this.options;
    const parts: Part[] = [];
    const isHonest = this.isHonest(row);
    for (const matched of this.counters.touchedBy(row.requestClass)) {
      const { index, limit } = matched;
      const counter = this.counters.counterOf(row, index);
      if (counter < 0) continue;
      const ownCounter = isHonest ? ownCounterOf(row, limit) : -1;
      const isShared = blockedCounters.has(index, counter);
      const isOwn = isHonest && blockedIdentities.has(index, ownCounter);
      // Nearly all rows of nearly all runs end here.
      if (!isShared && !isOwn) continue;
      if (isShared) {
        const use = this.useOf(this.shared, subjectId(index, counter), matched, false);
        parts.push(this.partOf(row, limit, use, false));
      }
      if (isOwn) {
        const use = this.useOf(this.own, subjectId(index, ownCounter), matched, true);
        parts.push(this.partOf(row, limit, use, true));
      }
    }
    if (parts.length === 0 && !isJudged) return;
    const pending: Pending = {
      row: { ...row },
      parts,
      shared: isJudged ? this.viewOf(row, parts, false) : null,
      own: isJudged && isHonest ? this.viewOf(row, parts, true) : null,
    };
    this.sends.push(row.sentUs, pending);
    this.waitingMax = Math.max(this.waitingMax, this.sends.size + this.decisions.size);
  }

  private partOf(row: Row, limit: PolicyLimit, use: Use, isOwn: boolean): Part {
    return {
      use,
      leastCells: leastCells(row, limit),
      mostCells: mostCells(row, limit),
      creditCells: mayBeAdmitted(row) ? creditCellsMax(row, limit) : 0,
      charge: countedOf(row, limit, this.counters.namedBy(row)),
      admission: chargeOf(row, limit),
      isOwn,
    };
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
      // When a request that is in flight will end, a target can't know. A log holds no Retry-After.
      retry:
        isOwn || this.isLog || this.options.coldLimits.has(index) || limit.family === 'concurrency'
          ? null
          : new RetryWatch(index, grainUs),
      ban: isOwn && limit.ban !== null ? new BanAccount(limit.ban, grainUs) : null,
      creditCells: 0,
    };
    if (this.isLog) {
      const cells = limit.family === 'leaky-queue' ? limit.capacity + limit.queueCells : limit.capacity;
      use.most.send(this.startUs, cells);
      use.most.settle(this.startUs, cells, true);
    }
    uses.set(id, use);
    return use;
  }

  private viewOf(row: Row, parts: readonly Part[], isOwn: boolean): View {
    const suspects = this.counters.suspects(row);
    const isSuspect = ({ use: { limitIndex } }: Part): boolean => suspects.some(({ index }) => index === limitIndex);
    const chosen = parts.filter((part) => part.isOwn === isOwn && isSuspect(part));
    if (chosen.length !== suspects.length) throw new Error('a limit that may have blocked a request is not followed');
    return { parts: chosen, lacking: [], isBanned: false };
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
    const latestUs = decidedByUs(row, this.options.plan.policy.latestDecisionUs);
    const fromUs = Math.max(row.sentUs, this.startUs);
    for (const { use, mostCells, creditCells, charge, admission } of parts) {
      use.creditCells += creditCells;
      if (mostCells === 0) continue;
      use.least.send(row.sentUs);
      if (charge === 'none') use.most.probe(fromUs);
      else use.most.send(fromUs, mostCells);
      use.most.forgetBefore(row.sentUs - this.options.lagUsMax);
      use.retry?.send(row, mostCells);
      use.ban?.send(row, admission, latestUs);
    }
    if (pending.shared !== null) this.foresee(row, pending.shared, false);
    if (pending.own !== null) this.foresee(row, pending.own, true);
    this.decisions.push(latestUs, pending);
  }

  private foresee(row: Row, view: View, isOwn: boolean): void {
    if (row.outcome === Outcome.banned) {
      view.isBanned = view.parts.some(({ use }) => use.ban?.held(row.concludedUs) ?? false);
      return;
    }
    view.lacking = view.parts.map(({ use, leastCells }) =>
      !isOwn && this.options.coldLimits.has(use.limitIndex) ? 0 : use.least.lacking(row.concludedUs, leastCells),
    );
  }

  private settle(pending: Pending, nowUs: number): void {
    const { row, parts } = pending;
    for (const { use, leastCells, mostCells, charge, admission } of parts) {
      if (mostCells === 0) continue;
      if (charge !== 'none') use.most.settle(Math.max(nowUs, this.startUs), mostCells, isAnswered(row));
      if (charge === 'certain') use.least.add(row.sentUs, leastCells, nowUs - this.options.lagUsMax);
      use.ban?.settle(admission);
      const kept = use.retry?.settle(row, leastCells) ?? 'untold';
      if (kept !== 'untold') this.options.onRetry(row, kept);
    }
    if (pending.shared === null) return;
    const shared = this.conclude(row, pending.shared, false);
    const own = pending.own === null ? null : this.conclude(row, pending.own, true);
    if (own === 'called-for' && row.outcome === Outcome.throttled) {
      pending.own?.parts.find(({ use }) => use.limitIndex === row.limit)?.use.ban?.strike(row);
    }
    this.options.onJudged({ row, shared, own });
  }

  private conclude(row: Row, view: View, isOwn: boolean): Finding {
    if (row.outcome === Outcome.banned) {
      if (view.isBanned) return 'called-for';
      return isOwn && !view.parts.some(({ use }) => use.ban?.isPossible(row.sentUs) ?? false) ? 'wrongful' : 'unsure';
    }
    // Everything that was sent until the answer has come in by now: nothing else can have given cells before it.
    if (view.parts.some(({ use }, at) => (view.lacking[at] as number) > use.creditCells)) return 'called-for';
    const had = view.parts.every(({ use, mostCells, charge }) => {
      if (!isOwn && this.options.coldLimits.has(use.limitIndex)) return false;
      // A request that is counted though it was denied stands among those in the way, and can't be in its own.
      return use.most.hadSince(row.sentUs, charge === 'none' ? mostCells : 0);
    });
    return had ? 'wrongful' : 'unsure';
  }
}

/**
 * "Never" is right for a request that costs more than the limit can ever hold, and wrong for one that does not. What
 * earns cells can come to hold more.
 */
function judgeNever(row: Row, suspects: readonly IndexedLimit[]): Finding {
  const roomOf = (limit: PolicyLimit): number =>
    limit.family === 'leaky-queue' ? limit.capacity + limit.queueCells : limit.capacity;
  if (suspects.every(({ limit }) => mostCells(row, limit) <= roomOf(limit))) return 'wrongful';
  const earns = (limit: PolicyLimit): boolean => limit.family === 'ratio-monitor' || limit.family === 'earned-budget';
  return suspects.some(({ limit }) => !earns(limit) && leastCells(row, limit) > roomOf(limit))
    ? 'called-for'
    : 'unsure';
}

/** The limits whose counters have to be followed to judge this row; none when the row can be judged alone. */
export function countersToFollow(counters: Counters, row: Row): readonly IndexedLimit[] {
  if (row.outcome !== Outcome.throttled && row.outcome !== Outcome.banned) return [];
  return counters.suspects(row);
}
