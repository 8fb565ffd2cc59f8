/**
 * One limit with its counters: one for each key, at most `maxKeys`, and a cold one that all further keys share.
 *
 * A key that needs a counter of its own while the table is full takes the slot of an idle key, the one that is idle
 * longest; an idle key equals a fresh one, so nobody loses anything. If no key is idle, the request is decided on the
 * cold counter. A key that is new to the table starts from a copy of the cold counter (which, when idle, equals a
 * fresh one).
 *
 * Why no key gets more than its limit, whatever the others do. Follow one key k and a private counter P that takes
 * k's charges alone; as long as P would have admitted all of them, k had what it was promised and no more.
 * Token bucket and calendar window: more debt stays more debt, whatever is charged to both and however time goes on,
 * and windows have one phase for all. While k has a slot, its counter has at least P's debt; while k has none, the
 * cold counter has. It passes from the slot to the cold counter when its slot is taken: then P is idle, with a debt of
 * 0. It passes back by the copy, which has the same debt. So the counter that decides never admits what P would not.
 * Window from the first hit: k's charges fall into windows of its own and into cold ones, at most `capacity` in each.
 * It is to be shown that these windows do not overlap, for then they are the windows of a counter with a phase of its
 * own. From the cold counter to the slot the copy goes on in the same window, or starts one after it. From the slot to
 * the cold counter `reusableUntilUs` demands that k's window ended before the cold one started.
 *
 * A look changes nothing that can be seen. Charges and strikes come after it, in the same instant.
 */
import { type Deadline, DeadlineQueue } from './deadline-queue.js';
import type { Counter, Family } from './family.js';
import { FixedWindow } from './fixed-window.js';
import { type BanSpec, Decision, type LimitBy, type LimitSpec } from './spec.js';
import { TokenBucket } from './token-bucket.js';

/** A key's counter, its ban, and (as `dueUs`) an instant before which neither is over. */
interface Entry extends Counter, Deadline {
  readonly key: string;
  /** Throttles since the last admission. */
  strikes: number;
  /** 0: not banned. A ban ends at this very microsecond. */
  bannedUntilUs: number;
}

export class LimitTable {
  /** Index of the limit in the gate. */
  readonly index: number;
  readonly by: LimitBy;
  readonly #family: Family;
  readonly #ban: BanSpec | null;
  readonly #keysMax: number;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new DeadlineQueue<Entry>();
  readonly #cold: Counter = { atUs: 0, part: 0 };
  #arrivals = 0;

  // The last look.
  #key = '';
  #cost = 0;
  #nowUs = 0;
  #entry: Entry | undefined;
  #counter: Counter = this.#cold;
  #retryAtUs = 0;
  #isSlotFree = false;
  #isCold = false;

  constructor(spec: LimitSpec, index: number) {
    this.index = index;
    this.by = spec.by;
    this.#family =
      spec.numbers.family === 'token-bucket' ? new TokenBucket(spec.numbers) : new FixedWindow(spec.numbers);
    this.#ban = spec.ban;
    this.#keysMax = spec.maxKeys;
  }

  /** What this limit says to the request; nothing is taken yet. The getters below speak of the last look. */
  look(key: string, cost: number, nowUs: number): Decision {
    const entry = this.#entries.get(key);
    this.#key = key;
    this.#cost = cost;
    this.#nowUs = nowUs;
    this.#entry = entry;
    this.#counter = entry ?? this.#cold;
    this.#retryAtUs = 0;
    this.#isSlotFree = entry === undefined && this.#hasSlot(nowUs);
    this.#isCold = entry === undefined && (!this.#isSlotFree || this.#family.idleAtUs(this.#cold) > nowUs);
    if (cost > this.#family.capacity) return Decision.never;
    const retryAtUs = this.#family.retryAtUs(this.#counter, cost, nowUs);
    if (entry !== undefined && entry.bannedUntilUs > nowUs) {
      this.#retryAtUs = Math.max(retryAtUs, entry.bannedUntilUs);
      return Decision.banned;
    }
    if (retryAtUs <= nowUs) return Decision.admitted;
    this.#retryAtUs = retryAtUs;
    return Decision.throttled;
  }

  /** First instant at which the request could pass this limit; 0 when it passes, or never can. */
  get retryAtUs(): number {
    return this.#retryAtUs;
  }

  get remaining(): number {
    return this.#family.remaining(this.#counter, this.#nowUs);
  }

  get resetAtUs(): number {
    return Math.max(this.#nowUs, this.#family.idleAtUs(this.#counter));
  }

  get isCold(): boolean {
    return this.#isCold;
  }

  /** Takes the cells of a request that fits. Strikes end with an admission, or when the counter was full before. */
  charge(isAdmitted: boolean): void {
    const entry = this.#ownEntry();
    if (entry === undefined) {
      this.#family.charge(this.#cold, this.#cost, this.#nowUs);
      return;
    }
    if (isAdmitted || this.#family.idleAtUs(entry) <= this.#nowUs) entry.strikes = 0;
    this.#family.charge(entry, this.#cost, this.#nowUs);
    this.#enqueueNew(entry);
  }

  /** Remembers that this limit throttled the request, and bans the key when it was once too often. */
  strike(): void {
    if (this.#ban === null) return;
    const entry = this.#ownEntry();
    if (entry === undefined) return;
    entry.strikes += 1;
    if (entry.strikes >= this.#ban.afterThrottles) {
      entry.strikes = 0;
      entry.bannedUntilUs = this.#nowUs + this.#ban.forUs;
      this.#retryAtUs = Math.max(this.#retryAtUs, entry.bannedUntilUs);
    }
    this.#enqueueNew(entry);
  }

  /** The key's entry, made when there is a slot for it; undefined when the cold counter serves the key. */
  #ownEntry(): Entry | undefined {
    if (this.#entry !== undefined || !this.#isSlotFree) return this.#entry;
    if (this.#entries.size >= this.#keysMax) {
      const idle = this.#queue.first() as Entry;
      this.#queue.removeFirst();
      this.#entries.delete(idle.key);
    }
    const { atUs, part } = this.#cold;
    const entry = { key: this.#key, atUs, part, strikes: 0, bannedUntilUs: 0, dueUs: 0, order: this.#arrivals };
    this.#arrivals += 1;
    this.#entries.set(this.#key, entry);
    this.#counter = entry;
    return entry;
  }

  /** An entry joins the queue after its first change, when its due time is known. */
  #enqueueNew(entry: Entry): void {
    if (this.#entry !== undefined) return;
    entry.dueUs = this.#dueUs(entry);
    this.#queue.push(entry);
    this.#entry = entry;
  }

  /**
   * Whether a new key can have a slot. Entries become due later than they were queued for, never earlier, so looking
   * at the head of the queue is enough; an entry that has moved is put back, at most once for each of its charges. The
   * head that is found due is then the one that is due longest, no matter how often and when it was looked for.
   */
  #hasSlot(nowUs: number): boolean {
    if (this.#entries.size < this.#keysMax) return true;
    const untilUs = this.#family.reusableUntilUs(this.#cold, nowUs);
    for (;;) {
      const first = this.#queue.first();
      if (first === undefined || first.dueUs > untilUs) return false;
      const dueUs = this.#dueUs(first);
      if (dueUs === first.dueUs) return true;
      this.#queue.postponeFirst(dueUs);
    }
  }

  #dueUs(entry: Entry): number {
    return Math.max(this.#family.idleAtUs(entry), entry.bannedUntilUs);
  }
}
