/**
 * A limit's table as the contract of both engines words it, with buckets of one cell, in plain arrays and whole numbers
 * without end: who has a slot, who is served cold, what is decided.
 */
const WORDS = 2n ** 32n;

interface PlainSlot {
  readonly lo: bigint;
  readonly hi: bigint;
  /** The bucket is empty until then. */
  fullAtUs: number;
  strikes: number;
  bannedUntilUs: number;
}

export interface PlainAnswer {
  readonly decision: 'admitted' | 'throttled' | 'banned';
  readonly isCold: boolean;
}

export class PlainTable {
  readonly #slots: (PlainSlot | null)[];
  readonly #periodUs: number;
  readonly #ban: { afterThrottles: number; forUs: number } | null;
  #coldFullAtUs = 0;

  constructor(maxKeys: number, periodUs: number, ban: { afterThrottles: number; forUs: number } | null) {
    this.#slots = new Array<PlainSlot | null>(Math.floor(maxKeys * 1.25)).fill(null);
    this.#periodUs = periodUs;
    this.#ban = ban;
  }

  /** One request of one cell, charged when it is admitted, struck when it is throttled. */
  ask(lo: number, hi: number, nowUs: number): PlainAnswer {
    const key = { lo: BigInt(lo >>> 0), hi: BigInt(hi >>> 0) };
    const reach = this.#reachOf(key);
    const own = this.#search(key, reach);
    if (own !== null) return { ...this.#serve(own, nowUs), isCold: false };
    const free = reach.find((at) => {
      const slot = this.#slots[at] ?? null;
      return slot === null || Math.max(slot.fullAtUs, slot.bannedUntilUs) <= nowUs;
    });
    const isColdIdle = this.#coldFullAtUs <= nowUs;
    if (free === undefined) {
      const isAdmitted = isColdIdle;
      if (isAdmitted) this.#coldFullAtUs = nowUs + this.#periodUs;
      return { decision: isAdmitted ? 'admitted' : 'throttled', isCold: true };
    }
    const fresh = { ...key, fullAtUs: this.#coldFullAtUs, strikes: 0, bannedUntilUs: 0 };
    const answer = this.#serve(fresh, nowUs);
    // Without a ban a throttle leaves no trace, so that the key takes no slot.
    if (answer.decision === 'admitted' || this.#ban !== null) this.#slots[free] = fresh;
    return { ...answer, isCold: !isColdIdle };
  }

  #serve(slot: PlainSlot, nowUs: number): { decision: PlainAnswer['decision'] } {
    if (slot.bannedUntilUs > nowUs) return { decision: 'banned' };
    if (slot.fullAtUs <= nowUs) {
      slot.fullAtUs = nowUs + this.#periodUs;
      slot.strikes = 0;
      return { decision: 'admitted' };
    }
    slot.strikes += 1;
    if (this.#ban !== null && slot.strikes >= this.#ban.afterThrottles) {
      slot.strikes = 0;
      slot.bannedUntilUs = nowUs + this.#ban.forUs;
    }
    return { decision: 'throttled' };
  }

  #search(key: { lo: bigint; hi: bigint }, reach: readonly number[]): PlainSlot | null {
    for (const at of reach) {
      const slot = this.#slots[at] ?? null;
      if (slot === null || (slot.lo === key.lo && slot.hi === key.hi)) return slot;
    }
    return null;
  }

  /** Slots in the order in which this key is looked for. */
  #reachOf({ lo, hi }: { lo: bigint; hi: bigint }): number[] {
    const lineCount = BigInt(Math.ceil(this.#slots.length / 4));
    const reduce = (word: bigint): bigint => ((word >> 1n) * lineCount) >> 31n;
    const isSmall = lineCount <= 32n;
    const turns = Array.from({ length: isSmall ? Number(lineCount) : 32 }, (_, turn) => BigInt(turn));
    const lines = turns.map((turn) => {
      if (isSmall) return (reduce(hi) + turn) % lineCount;
      // Eight pairs of neighbours, then lines one by one, each spread anew.
      const first = turn < 16n ? turn - (turn % 2n) : turn;
      const spread = ((lo ^ ((first * 0x9e3779b9n) % WORDS)) * 0x85ebca6bn) % WORDS;
      const line = reduce(first === 0n ? hi : (hi + spread) % WORDS);
      const neighbour = line % 2n === 0n ? line + 1n : line - 1n;
      return first !== turn && neighbour < lineCount ? neighbour : line;
    });
    return lines
      .flatMap((line) => [0, 1, 2, 3].map((slot) => Number(line) * 4 + slot))
      .filter((at) => at < this.#slots.length);
  }
}
