/**
 * Signatures that were used and are still fresh. A claim is a key and the first 16 bytes of a MAC; it is remembered to
 * the last instant at which its signature would be accepted, that instant included, and not longer. When the memory or
 * a key's share of it is full nothing is forgotten to make room.
 *
 * Claims lie in one array and are found through chains by hash. To forget them in time they hang in generations, lists
 * by expiry: how far ahead an expiry can lie is known from the policy, so that a ring of lists is enough, and a claim
 * joins one without a look at the others. Only the generation that the clock is in is kept in order, as a heap of claims.
 * So a claim costs a few steps when it comes and when it goes, whatever their number is.
 */
import { allocate } from './memory.js';
import { Decision, type HashSecret } from './spec.js';

/** Lists in the ring: more make the heap smaller and a jump of the clock longer. */
const GENERATIONS = 256;

// Words of 32 bits of one claim: four of the MAC, key number, next in its chain, and two that are its expiry.
const CLAIM_WORDS = 8;
const KEY = 4;
const NEXT_IN_CHAIN = 5;
const CLAIM_DOUBLES = CLAIM_WORDS / 2;
const EXPIRY = 3;

/** No claim. Claims are numbered from 1, so that memory that was never touched reads as this. */
const NONE = 0;

export interface ReplayBounds {
  readonly capacity: number;
  readonly perKey: number;
  /** How long after `nowUs` a claim made then can expire at most. */
  readonly spanUs: number;
}

export class ReplayWindow {
  readonly #capacity: number;
  readonly #perKey: number;
  readonly #generationUs: number;
  readonly #words: Int32Array;
  readonly #expiries: Float64Array;
  readonly #chains: Int32Array;
  readonly #chainShift: number;
  readonly #mixers: readonly [number, number];
  readonly #nextInGeneration: Int32Array;
  readonly #generations = new Int32Array(GENERATIONS);
  /** Claims of the current generation, the first to expire in front. */
  readonly #heap: Int32Array;
  #heapSize = 0;
  /** Number of the generation that the clock is in, counted since 1970. */
  #current = -1;
  #latestUs = 0;
  #liveOfKey = new Int32Array(64);
  #live = 0;
  /** Claims that were ever used, and a list of those that are free again. */
  #usedCount = 0;
  #free = NONE;

  // The last look.
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;
  #keyNumber = 0;

  constructor({ capacity, perKey, spanUs }: ReplayBounds, [k0, k1]: HashSecret) {
    this.#capacity = capacity;
    this.#perKey = perKey;
    const owner = `the replay memory of ${capacity} signatures`;
    this.#generationUs = Math.ceil(spanUs / (GENERATIONS - 1));
    const memory = allocate((capacity + 1) * CLAIM_WORDS * 4, owner);
    this.#words = new Int32Array(memory);
    this.#expiries = new Float64Array(memory);
    this.#nextInGeneration = new Int32Array(allocate((capacity + 1) * 4, owner));
    this.#heap = new Int32Array(allocate(capacity * 4, owner));
    const chainBits = Math.max(1, Math.ceil(Math.log2(capacity)));
    this.#chains = new Int32Array(allocate(2 ** chainBits * 4, owner));
    this.#chainShift = 32 - chainBits;
    this.#mixers = [k0 | 1, k1 | 1];
  }

  /** Whether a claim under this key number may still be remembered. */
  hasClaims(keyNumber: number): boolean {
    return (this.#liveOfKey[keyNumber] ?? 0) > 0;
  }

  /** Whether the signature that starts with these 16 bytes can be claimed now. Time does not go back. */
  look(mac: Uint8Array, keyNumber: number, nowUs: number): Decision {
    this.#forget(nowUs);
    this.#a = wordAt(mac, 0);
    this.#b = wordAt(mac, 4);
    this.#c = wordAt(mac, 8);
    this.#d = wordAt(mac, 12);
    this.#keyNumber = keyNumber;
    if (this.#isClaimed()) return Decision.replayed;
    if (this.#live >= this.#capacity) return Decision.replayFull;
    return (this.#liveOfKey[keyNumber] ?? 0) >= this.#perKey ? Decision.replayFull : Decision.admitted;
  }

  /** Claims what `look` admitted. @param lastFreshUs - the last instant at which the signature is accepted. */
  claim(lastFreshUs: number): void {
    const claim = this.#takeFree();
    const at = claim * CLAIM_WORDS;
    const words = this.#words;
    const chain = this.#chainOf(this.#a, this.#b);
    words[at] = this.#a;
    words[at + 1] = this.#b;
    words[at + 2] = this.#c;
    words[at + 3] = this.#d;
    words[at + KEY] = this.#keyNumber;
    words[at + NEXT_IN_CHAIN] = this.#chains[chain] as number;
    this.#chains[chain] = claim;
    this.#expiries[claim * CLAIM_DOUBLES + EXPIRY] = lastFreshUs;
    if (lastFreshUs > this.#latestUs) this.#latestUs = lastFreshUs;
    this.#live += 1;
    this.#count(this.#keyNumber);
    const generation = Math.floor(lastFreshUs / this.#generationUs);
    if (generation === this.#current) this.#pushHeap(claim);
    else this.#hang(claim, generation % GENERATIONS);
  }

  #isClaimed(): boolean {
    const words = this.#words;
    let claim = this.#chains[this.#chainOf(this.#a, this.#b)] as number;
    while (claim !== NONE) {
      const at = claim * CLAIM_WORDS;
      if (
        words[at] === this.#a &&
        words[at + 1] === this.#b &&
        words[at + 2] === this.#c &&
        words[at + 3] === this.#d &&
        words[at + KEY] === this.#keyNumber
      ) {
        return true;
      }
      claim = words[at + NEXT_IN_CHAIN] as number;
    }
    return false;
  }

  /** A MAC is random already; the secret keeps the owner of a key from choosing messages that meet in one chain. */
  #chainOf(a: number, b: number): number {
    return (Math.imul(a, this.#mixers[0]) + Math.imul(b, this.#mixers[1])) >>> this.#chainShift;
  }

  #takeFree(): number {
    const claim = this.#free;
    if (claim === NONE) {
      this.#usedCount += 1;
      return this.#usedCount;
    }
    this.#free = this.#nextInGeneration[claim] as number;
    return claim;
  }

  #count(keyNumber: number): void {
    if (keyNumber >= this.#liveOfKey.length) {
      const longer = new Int32Array(Math.max(2 * this.#liveOfKey.length, keyNumber + 1));
      longer.set(this.#liveOfKey);
      this.#liveOfKey = longer;
    }
    this.#liveOfKey[keyNumber] = (this.#liveOfKey[keyNumber] as number) + 1;
  }

  #hang(claim: number, slot: number): void {
    this.#nextInGeneration[claim] = this.#generations[slot] as number;
    this.#generations[slot] = claim;
  }

  /** Drops every claim that expired before `nowUs`. */
  #forget(nowUs: number): void {
    if (this.#live === 0 || nowUs > this.#latestUs) {
      if (this.#live > 0) this.#forgetAll();
      this.#current = Math.floor(nowUs / this.#generationUs);
      return;
    }
    const now = Math.floor(nowUs / this.#generationUs);
    if (now !== this.#current) this.#enter(now);
    while (this.#heapSize > 0 && this.#expiryOf(this.#heap[0] as number) < nowUs) this.#drop(this.#popHeap());
  }

  /**
   * The clock has entered another generation: those that it left behind are gone, and the one it is in is put in order.
   * Live claims fill the ring at most once, so a jump over more than a ring meets `nowUs > #latestUs` before.
   */
  #enter(now: number): void {
    for (; this.#heapSize > 0; this.#heapSize -= 1) this.#drop(this.#heap[this.#heapSize - 1] as number);
    while (this.#current < now) {
      this.#current += 1;
      const slot = this.#current % GENERATIONS;
      let claim = this.#generations[slot] as number;
      this.#generations[slot] = NONE;
      while (claim !== NONE) {
        const next = this.#nextInGeneration[claim] as number;
        if (this.#current === now) this.#pushHeap(claim);
        else this.#drop(claim);
        claim = next;
      }
    }
  }

  /** All are gone. Each is dropped in its turn unless they are many, when clearing whole arrays is faster. */
  #forgetAll(): void {
    if (this.#live < this.#chains.length / 16) {
      this.#enter(this.#current + GENERATIONS);
      for (; this.#heapSize > 0; this.#heapSize -= 1) this.#drop(this.#heap[this.#heapSize - 1] as number);
      return;
    }
    this.#chains.fill(NONE);
    this.#generations.fill(NONE);
    this.#liveOfKey.fill(0);
    this.#heapSize = 0;
    this.#usedCount = 0;
    this.#free = NONE;
    this.#live = 0;
  }

  /** Takes a claim out of its chain and makes its place free; the caller has taken it out of its generation. */
  #drop(claim: number): void {
    const words = this.#words;
    const at = claim * CLAIM_WORDS;
    const next = words[at + NEXT_IN_CHAIN] as number;
    const chain = this.#chainOf(words[at] as number, words[at + 1] as number);
    let other = this.#chains[chain] as number;
    if (other === claim) {
      this.#chains[chain] = next;
    } else {
      while (words[other * CLAIM_WORDS + NEXT_IN_CHAIN] !== claim) {
        other = words[other * CLAIM_WORDS + NEXT_IN_CHAIN] as number;
      }
      words[other * CLAIM_WORDS + NEXT_IN_CHAIN] = next;
    }
    const keyNumber = words[at + KEY] as number;
    this.#liveOfKey[keyNumber] = (this.#liveOfKey[keyNumber] as number) - 1;
    this.#live -= 1;
    this.#nextInGeneration[claim] = this.#free;
    this.#free = claim;
  }

  #expiryOf(claim: number): number {
    return this.#expiries[claim * CLAIM_DOUBLES + EXPIRY] as number;
  }

  #pushHeap(claim: number): void {
    const heap = this.#heap;
    const expiryUs = this.#expiryOf(claim);
    let index = this.#heapSize;
    this.#heapSize += 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as number;
      if (this.#expiryOf(parent) <= expiryUs) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = claim;
  }

  #popHeap(): number {
    const heap = this.#heap;
    const first = heap[0] as number;
    this.#heapSize -= 1;
    const size = this.#heapSize;
    const last = heap[size] as number;
    const expiryUs = this.#expiryOf(last);
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      const rightIndex = childIndex + 1;
      if (
        rightIndex < size &&
        this.#expiryOf(heap[rightIndex] as number) < this.#expiryOf(heap[childIndex] as number)
      ) {
        childIndex = rightIndex;
      }
      const child = heap[childIndex] as number;
      if (expiryUs <= this.#expiryOf(child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
