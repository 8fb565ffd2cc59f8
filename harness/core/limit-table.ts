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
 * Token bucket, queue, calendar window, log and sliding counter: more debt stays more debt, whatever is charged to both
 * and however time goes on, and windows have one phase for all. (Of a log, debt is the cells of each instant, of a
 * sliding counter those of each window.) While k has a slot, its counter has at least P's debt; while k has none, the
 * cold counter has. It passes from the slot to the cold counter when its slot is taken: then P is idle, with a debt of
 * 0. It passes back by the copy, which has the same debt. So the counter that decides never admits what P would not.
 * Credit goes to a slot and to P alike, never to the cold counter; denied requests that count do so in both.
 * Window from the first hit: k's charges fall into windows of its own and into cold ones, at most `capacity` in each.
 * It is to be shown that these windows do not overlap, for then they are the windows of a counter with a phase of its
 * own. From the cold counter to the slot the copy goes on in the same window, or starts one after it. From the slot to
 * the cold counter `reusableUntilUs` demands that k's window ended before the cold one started.
 * Earned budget: let N be what k spent less what it earned. The counter that decides has a net of at least N: cells
 * spent and earned go to both, what is cut off a credit is cut off the counter's alone; the slot is taken only at a net of
 * 0, so N is 0 or less then, and the cold counter, which is never credited, is never below 0. A charge leaves a net of at
 * most `capacity`, so N is too. And the counter that decides lets nothing trickle until `trickleUs` after k's last: a
 * slot is taken only when that time is over.
 * Concurrency: nothing is served cold, and a slot is taken only when nothing of its key is in flight.
 * All this needs that k has one slot at most: it has, since slots never become empty again, so that the whole reach
 * before its slot stays full and the search does not end early.
 *
 * A look changes nothing that can be seen. Charges and strikes come after it, in the same instant.
 */
import { BanLadder } from './ban-ladder.js';
import { createFamily } from './create-family.js';
import { type Counter, type Family, INT32_MAX } from './family.js';
import { allocate } from './memory.js';
import { ProbeOrder, SLOTS_PER_LINE, slotCountOf } from './probe-order.js';
import { Decision, type LimitSpec } from './spec.js';

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
  readonly countsDenied: boolean;
  readonly #family: Family;
  readonly #bans: BanLadder | null;
  readonly #slotCount: number;
  readonly #order: ProbeOrder;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #cold: Counter;
  /** What decides keys without a slot where the cold counter serves nobody: full for ever. */
  readonly #full: Counter = { atUs: 0, part: INT32_MAX, slot: NO_SLOT };
  /** The counter of the slot in hand, taken out of the table. */
  readonly #own: Counter = { atUs: 0, part: 0, slot: 0 };
  /** The counter of a slot that may be idle. */
  readonly #other: Counter = { atUs: 0, part: 0, slot: 0 };

  // The last look.
  #lo = 0;
  #hi = 0;
  #cost = 0;
  #nowUs = 0;
  #slot = NO_SLOT;
  /** Whether the slot holds the key; if not, it is the one that the key will take. */
  #isKnown = false;
  #counter: Counter = this.#own;
  #retryAtUs = 0;
  #isCold = false;

  /** @throws {FloodproofError} FP_GATE_INVALID when there is no memory for the table. */
  constructor(spec: LimitSpec, index: number) {
    const owner = `the table of limits[${index}] with maxKeys ${spec.maxKeys}`;
    this.index = index;
    this.countsDenied = spec.numbers.family === 'fixed-window' && spec.numbers.countsDenied;
    this.#slotCount = slotCountOf(spec.maxKeys);
    this.#order = new ProbeOrder(this.#slotCount);
    const memory = allocate(this.#slotCount * SLOT_WORDS * 4, owner);
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#family = createFamily(spec.numbers, this.#slotCount + 1, owner);
    this.#bans = spec.ban === null ? null : new BanLadder(spec.ban, this.#slotCount, owner);
    this.#cold = { atUs: 0, part: 0, slot: this.#slotCount };
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
      this.#counter = this.#slot !== NO_SLOT || this.#family.hasCold ? this.#cold : this.#full;
      this.#isCold = this.#slot === NO_SLOT || this.#family.idleAtUs(this.#cold) > nowUs;
    }
    return this.#judge(cost, nowUs);
  }

  #judge(cost: number, nowUs: number): Decision {
    if (cost > this.#family.costMax) return Decision.never;
    const retryAtUs = this.#family.retryAtUs(this.#counter, cost, nowUs);
    if (this.#bans !== null && this.#isKnown) {
      const bannedUntilUs = this.#bans.untilUs(this.#slot);
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

  /** The same after denied requests were counted: `nowUs` when the request could pass. Not of one that can never pass. */
  get laterUs(): number {
    const retryAtUs = this.#family.retryAtUs(this.#counter, this.#cost, this.#nowUs);
    return this.#bans !== null && this.#isKnown ? Math.max(retryAtUs, this.#bans.untilUs(this.#slot)) : retryAtUs;
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

  /** How long the request that was just charged has to wait. */
  get delayUs(): number {
    return this.#family.delayUs(this.#counter, this.#nowUs);
  }

  /**
   * Takes the cells of a request that fits, or of one that was denied where such count. Strikes end with an admission, or
   * when the counter was full before.
   */
  charge(isAdmitted: boolean): void {
    if (!this.#takeSlot()) {
      this.#family.charge(this.#cold, this.#cost, this.#nowUs);
      return;
    }
    const own = this.#own;
    if (isAdmitted || this.#family.idleAtUs(own) <= this.#nowUs) this.#words[this.#slot * SLOT_WORDS + STRIKES] = 0;
    this.#family.charge(own, this.#cost, this.#nowUs);
    this.#store(this.#slot, own);
  }

  /** Remembers that this limit throttled the request, and bans the key when it was once too often. */
  strike(): void {
    if (this.#bans === null || !this.#takeSlot()) return;
    const at = this.#slot * SLOT_WORDS + STRIKES;
    // A full counter can throttle too, when a budget is smaller than the cost; its slot may be lost at any time.
    const isFresh = this.#family.idleAtUs(this.#own) <= this.#nowUs;
    const strikes = isFresh ? 1 : (this.#words[at] as number) + 1;
    if (strikes < this.#bans.afterThrottles) {
      this.#words[at] = strikes;
      return;
    }
    this.#words[at] = 0;
    this.#retryAtUs = Math.max(this.#retryAtUs, this.#bans.give(this.#slot, this.#nowUs));
  }

  /** Gives back what an admitted request of this key holds. */
  release(lo: number, hi: number, cost: number): void {
    const slot = this.#find(lo, hi);
    if (slot === NO_SLOT) return;
    this.#load(slot, this.#own);
    this.#family.release(this.#own, cost);
    this.#store(slot, this.#own);
  }

  /** @returns whether the key's counter took the cells; the cold counter never does. */
  credit(lo: number, hi: number, cells: number, nowUs: number): boolean {
    this.#lo = lo;
    this.#hi = hi;
    this.#slot = this.#find(lo, hi);
    this.#isKnown = this.#slot !== NO_SLOT;
    if (this.#isKnown) {
      this.#load(this.#slot, this.#own);
    } else {
      if (!this.#family.startsByCredit) return false;
      this.#slot = this.#findReusable(lo, hi, nowUs);
      if (!this.#takeSlot()) return false;
    }
    const isTaken = this.#family.credit(this.#own, cells, nowUs);
    this.#store(this.#slot, this.#own);
    return isTaken;
  }

  /**
   * Takes over the counters, bans and cold counter of a table with as many slots, slot by slot, and brings them to this
   * limit's numbers. The old table is not to be used any more.
   */
  carry(old: LimitTable, nowUs: number): void {
    this.#words.set(old.#words);
    for (let slot = 0; slot < this.#slotCount; slot += 1) {
      if (this.#words[slot * SLOT_WORDS] === 0 && this.#words[slot * SLOT_WORDS + HI] === 0) continue;
      this.#load(slot, this.#own);
      this.#family.carry(old.#family, this.#own, nowUs);
      this.#store(slot, this.#own);
      if (this.#bans !== null && old.#bans !== null) this.#bans.carry(old.#bans, slot, nowUs);
    }
    this.#cold.atUs = old.#cold.atUs;
    this.#cold.part = old.#cold.part;
    this.#family.carry(old.#family, this.#cold, nowUs);
  }

  /** Sees to it that the key has a slot, if there is one for it; false when the cold counter serves the key. */
  #takeSlot(): boolean {
    if (this.#isKnown) return true;
    if (this.#slot === NO_SLOT) return false;
    const own = this.#own;
    const at = this.#slot * SLOT_WORDS;
    this.#words[at] = this.#lo;
    this.#words[at + HI] = this.#hi;
    this.#words[at + STRIKES] = 0;
    own.atUs = this.#cold.atUs;
    own.part = this.#cold.part;
    own.slot = this.#slot;
    this.#family.copyKept(this.#cold.slot, this.#slot);
    this.#store(this.#slot, own);
    this.#counter = own;
    this.#isKnown = true;
    return true;
  }

  #load(slot: number, into: Counter): void {
    into.atUs = this.#doubles[slot * SLOT_DOUBLES + AT] as number;
    into.part = this.#words[slot * SLOT_WORDS + PART] as number;
    into.slot = slot;
  }

  #store(slot: number, { atUs, part }: Counter): void {
    this.#doubles[slot * SLOT_DOUBLES + AT] = atUs;
    this.#words[slot * SLOT_WORDS + PART] = part;
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
    return this.#bans === null ? idleAtUs : Math.max(idleAtUs, this.#bans.forgottenAtUs(slot));
  }
}
