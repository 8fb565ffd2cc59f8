/**
 * One limit with its counters: a slot for each key, in a table that never grows, and a cold counter that the keys
 * without a slot share.
 *
 * A key is a hash. It has a few slots in its reach, in a fixed order, and is searched through all of them up to the
 * first that was never used. A key that is not found takes the first slot of its reach that is empty or idle; an idle
 * key equals a fresh one, so nobody loses anything. If there is none, the request is decided on the cold counter. A key
 * that is new to the table starts from a copy of the cold counter (which, when idle, equals a fresh one). Which keys
 * have no slot depends on the order alone, so it is part of what both engines must agree on.
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
 * All this needs that k has one slot at most: it has, since slots never become empty again, so that the whole reach
 * before its slot stays full and the search does not end early.
 *
 * A look changes nothing that can be seen. Charges and strikes come after it, in the same instant.
 */
import type { Counter, Family } from './family.js';
import { FixedWindow } from './fixed-window.js';
import { allocate } from './memory.js';
import { ProbeOrder, SLOTS_PER_LINE, slotCountOf } from './probe-order.js';
import { type BanSpec, Decision, type LimitBy, type LimitSpec } from './spec.js';
import { TokenBucket } from './token-bucket.js';

// A slot in words of 32 bits: two of the hash, both 0 when it is empty, two that are `atUs`, `part`, and the throttles
// since the last admission.
const SLOT_WORDS = 6;
const HI = 1;
const PART = 4;
const STRIKES = 5;
const SLOT_DOUBLES = SLOT_WORDS / 2;
const AT = 1;

const NO_SLOT = -1;

export class LimitTable {
  /** Index of the limit in the gate. */
  readonly index: number;
  readonly by: LimitBy;
  readonly #family: Family;
  readonly #ban: BanSpec | null;
  readonly #slotCount: number;
  readonly #order: ProbeOrder;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** By slot; 0: not banned. A ban ends at this very microsecond. Null where the limit knows no bans. */
  readonly #bannedUntilUs: Float64Array | null;
  readonly #cold: Counter = { atUs: 0, part: 0 };
  /** The counter of the slot in hand, taken out of the table. */
  readonly #own: Counter = { atUs: 0, part: 0 };
  /** The counter of a slot that may be idle. */
  readonly #other: Counter = { atUs: 0, part: 0 };

  // The last look.
  #lo = 0;
  #hi = 0;
  #cost = 0;
  #nowUs = 0;
  #slot = NO_SLOT;
  /** Whether the slot holds the key; if not, it is the one that the key will take. */
  #isKnown = false;
  #counter: Counter = this.#cold;
  #retryAtUs = 0;
  #isCold = false;

  /** @throws {FloodproofError} FP_GATE_INVALID when there is no memory for the table. */
  constructor(spec: LimitSpec, index: number) {
    this.index = index;
    this.by = spec.by;
    this.#family =
      spec.numbers.family === 'token-bucket' ? new TokenBucket(spec.numbers) : new FixedWindow(spec.numbers);
    this.#ban = spec.ban;
    this.#slotCount = slotCountOf(spec.maxKeys);
    this.#order = new ProbeOrder(this.#slotCount);
    const owner = `the table of limits[${index}] with maxKeys ${spec.maxKeys}`;
    const memory = allocate(this.#slotCount * SLOT_WORDS * 4, owner);
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#bannedUntilUs = spec.ban === null ? null : new Float64Array(allocate(this.#slotCount * 8, owner));
  }

  /**
   * What this limit says to the request; nothing is taken yet. The getters below speak of the last look.
   *
   * @param lo, hi - the key's hash, see `KeyHash`.
   */
  look(lo: number, hi: number, cost: number, nowUs: number): Decision {
    this.#lo = lo;
    this.#hi = hi;
    this.#cost = cost;
    this.#nowUs = nowUs;
    this.#retryAtUs = 0;
    this.#slot = this.#find(lo, hi);
    this.#isKnown = this.#slot !== NO_SLOT;
    if (this.#isKnown) {
      this.#load(this.#slot, this.#own);
      this.#counter = this.#own;
      this.#isCold = false;
    } else {
      this.#slot = this.#findReusable(lo, hi, nowUs);
      this.#counter = this.#cold;
      this.#isCold = this.#slot === NO_SLOT || this.#family.idleAtUs(this.#cold) > nowUs;
    }
    return this.#judge(cost, nowUs);
  }

  #judge(cost: number, nowUs: number): Decision {
    if (cost > this.#family.capacity) return Decision.never;
    const retryAtUs = this.#family.retryAtUs(this.#counter, cost, nowUs);
    if (this.#bannedUntilUs !== null && this.#isKnown) {
      const bannedUntilUs = this.#bannedUntilUs[this.#slot] as number;
      if (bannedUntilUs > nowUs) {
        this.#retryAtUs = Math.max(retryAtUs, bannedUntilUs);
        return Decision.banned;
      }
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
    if (!this.#takeSlot()) {
      this.#family.charge(this.#cold, this.#cost, this.#nowUs);
      return;
    }
    const own = this.#own;
    const at = this.#slot * SLOT_WORDS;
    if (isAdmitted || this.#family.idleAtUs(own) <= this.#nowUs) this.#words[at + STRIKES] = 0;
    this.#family.charge(own, this.#cost, this.#nowUs);
    this.#doubles[this.#slot * SLOT_DOUBLES + AT] = own.atUs;
    this.#words[at + PART] = own.part;
  }

  /** Remembers that this limit throttled the request, and bans the key when it was once too often. */
  strike(): void {
    if (this.#ban === null || this.#bannedUntilUs === null || !this.#takeSlot()) return;
    const at = this.#slot * SLOT_WORDS + STRIKES;
    const strikes = (this.#words[at] as number) + 1;
    if (strikes < this.#ban.afterThrottles) {
      this.#words[at] = strikes;
      return;
    }
    const bannedUntilUs = this.#nowUs + this.#ban.forUs;
    this.#words[at] = 0;
    this.#bannedUntilUs[this.#slot] = bannedUntilUs;
    this.#retryAtUs = Math.max(this.#retryAtUs, bannedUntilUs);
  }

  /** Sees to it that the key has a slot, if there is one for it; false when the cold counter serves the key. */
  #takeSlot(): boolean {
    if (this.#isKnown) return true;
    if (this.#slot === NO_SLOT) return false;
    const { atUs, part } = this.#cold;
    const at = this.#slot * SLOT_WORDS;
    this.#words[at] = this.#lo;
    this.#words[at + HI] = this.#hi;
    this.#words[at + PART] = part;
    this.#words[at + STRIKES] = 0;
    this.#doubles[this.#slot * SLOT_DOUBLES + AT] = atUs;
    if (this.#bannedUntilUs !== null) this.#bannedUntilUs[this.#slot] = 0;
    this.#own.atUs = atUs;
    this.#own.part = part;
    this.#counter = this.#own;
    this.#isKnown = true;
    return true;
  }

  #load(slot: number, into: Counter): void {
    into.atUs = this.#doubles[slot * SLOT_DOUBLES + AT] as number;
    into.part = this.#words[slot * SLOT_WORDS + PART] as number;
  }

  /** The key's slot. */
  #find(lo: number, hi: number): number {
    const words = this.#words;
    const order = this.#order;
    for (let turn = 0; turn < order.turns; turn += 1) {
      const first = order.lineAt(lo, hi, turn) * SLOTS_PER_LINE;
      const end = Math.min(first + SLOTS_PER_LINE, this.#slotCount);
      for (let slot = first; slot < end; slot += 1) {
        const heldLo = words[slot * SLOT_WORDS] as number;
        const heldHi = words[slot * SLOT_WORDS + HI] as number;
        if (heldLo === lo && heldHi === hi) return slot;
        if (heldLo === 0 && heldHi === 0) return NO_SLOT;
      }
    }
    return NO_SLOT;
  }

  /** The first slot that a key which is not in the table may take. */
  #findReusable(lo: number, hi: number, nowUs: number): number {
    const words = this.#words;
    const order = this.#order;
    const untilUs = this.#family.reusableUntilUs(this.#cold, nowUs);
    for (let turn = 0; turn < order.turns; turn += 1) {
      const first = order.lineAt(lo, hi, turn) * SLOTS_PER_LINE;
      const end = Math.min(first + SLOTS_PER_LINE, this.#slotCount);
      for (let slot = first; slot < end; slot += 1) {
        const isEmpty = words[slot * SLOT_WORDS] === 0 && words[slot * SLOT_WORDS + HI] === 0;
        if (isEmpty || this.#dueUs(slot) <= untilUs) return slot;
      }
    }
    return NO_SLOT;
  }

  /** The instant from which on the slot's key equals a fresh one. */
  #dueUs(slot: number): number {
    this.#load(slot, this.#other);
    const idleAtUs = this.#family.idleAtUs(this.#other);
    return this.#bannedUntilUs === null ? idleAtUs : Math.max(idleAtUs, this.#bannedUntilUs[slot] as number);
  }
}
