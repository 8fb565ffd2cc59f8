/** The replay memory against a plain list of claims, over histories of every kind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplayWindow } from '../../../harness/core/replay-window.js';
import { Decision, HORIZON_US } from '../../../harness/core/spec.js';

interface PlainClaim {
  readonly name: string;
  readonly keyNumber: number;
  readonly lastFreshUs: number;
}

/** As the contract words it: a claim lives while now <= lastFreshUs. */
class PlainReplay {
  claims: PlainClaim[] = [];
  readonly #capacity: number;
  readonly #perKey: number;

  constructor(capacity: number, perKey: number) {
    this.#capacity = capacity;
    this.#perKey = perKey;
  }

  look(name: string, keyNumber: number, nowUs: number): Decision {
    this.claims = this.claims.filter(({ lastFreshUs }) => nowUs <= lastFreshUs);
    if (this.claims.some((claim) => claim.name === name && claim.keyNumber === keyNumber)) return Decision.replayed;
    if (this.claims.length >= this.#capacity) return Decision.replayFull;
    const own = this.claims.filter((claim) => claim.keyNumber === keyNumber);
    return own.length >= this.#perKey ? Decision.replayFull : Decision.admitted;
  }
}

/** MACs that differ in one of the words that are kept, or only behind them. */
function macOf(number: number): Uint8Array {
  const mac = new Uint8Array(32);
  mac[(number % 4) * 4 + (number % 3)] = 1 + (number >> 2);
  return mac;
}

interface Step {
  readonly gapUs: number;
  readonly mac: number;
  readonly keyNumber: number;
  /** Where in the span the claim expires, 0 to 1. */
  readonly life: number;
  readonly isClaimed: boolean;
}

interface Bounds {
  readonly capacity: number;
  readonly perKey: number;
  readonly spanUs: number;
  readonly originUs: number;
}

/** Spans of which a generation is one microsecond, a few, and years. */
const bounds: fc.Arbitrary<Bounds> = fc
  .record({
    capacity: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 60 })),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    spanUs: fc.constantFrom(1, 2, 100, 255, 256, 1000, 6_000_000, 86_400_000_000, 2 * HORIZON_US),
    originUs: fc.constantFrom(0, 999, 1_700_000_000_000_000),
  })
  .map(({ capacity, share, ...rest }) => ({ capacity, perKey: Math.max(1, Math.ceil(share * capacity)), ...rest }));

function histories(spanUs: number): fc.Arbitrary<Step[]> {
  const gaps = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: fc.nat({ max: 3 }) },
    { weight: 3, arbitrary: fc.nat({ max: Math.ceil(spanUs / 100) }) },
    { weight: 1, arbitrary: fc.nat({ max: spanUs }) },
    { weight: 1, arbitrary: fc.constantFrom(spanUs, spanUs + 1, 3 * spanUs) },
  );
  const step = fc.record({
    gapUs: gaps,
    mac: fc.nat({ max: 20 }),
    keyNumber: fc.oneof(fc.nat({ max: 2 }), fc.constantFrom(3, 200)),
    life: fc.oneof(
      fc.constantFrom(0, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.01, noNaN: true }),
    ),
    isClaimed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  });
  return fc.array(step, { minLength: 50, maxLength: 250, size: 'max' });
}

function run({ capacity, perKey, spanUs, originUs }: Bounds, history: readonly Step[], seen: number[]): void {
  const replay = new ReplayWindow({ capacity, perKey, spanUs }, [0xdead_beef, 0x1234_5678]);
  const plain = new PlainReplay(capacity, perKey);
  const endUs = originUs + HORIZON_US;
  let nowUs = originUs;
  for (const { gapUs, mac, keyNumber, life, isClaimed } of history) {
    // Beside random instants the edges of a claim: its last microsecond, and the one after.
    const edge = plain.claims[mac % Math.max(1, plain.claims.length)]?.lastFreshUs ?? 0;
    if (gapUs === 1 && edge >= nowUs) nowUs = edge + (mac % 2);
    else nowUs += gapUs;
    nowUs = Math.min(nowUs, endUs);
    const decision = replay.look(macOf(mac), keyNumber, nowUs);
    const wanted = plain.look(`${mac}`, keyNumber, nowUs);
    if (decision !== wanted) expect(decision, `at ${nowUs}`).toBe(wanted);
    seen[decision] = (seen[decision] ?? 0) + 1;
    for (const key of [0, 1, 2, 3, 200]) {
      const isLive = plain.claims.some((claim) => claim.keyNumber === key);
      if (replay.hasClaims(key) !== isLive) expect(replay.hasClaims(key), `key ${key} at ${nowUs}`).toBe(isLive);
    }
    if (decision !== Decision.admitted || !isClaimed) continue;
    const lastFreshUs = nowUs + Math.floor(life * spanUs);
    replay.claim(lastFreshUs);
    plain.claims.push({ name: `${mac}`, keyNumber, lastFreshUs });
  }
}

describe('the replay memory', () => {
  test('decides as a plain list of claims does', () => {
    const seen: number[] = [];
    const tasks = bounds.chain((bound) => fc.tuple(fc.constant(bound), histories(bound.spanUs)));
    const property = fc.property(tasks, ([bound, history]) => run(bound, history, seen));
    fc.assert(property, { seed: 99, numRuns: 1200 });
    for (const decision of [Decision.admitted, Decision.replayed, Decision.replayFull]) {
      expect(seen[decision] ?? 0, `decision ${decision}`).toBeGreaterThan(2000);
    }
  });

  test('stays exact when many claims go one by one, all at once, or while the clock stands', () => {
    const spanUs = 10_000;
    const capacity = 5000;
    const replay = new ReplayWindow({ capacity, perKey: capacity, spanUs }, [1, 2]);
    const mac = Buffer.alloc(32);
    const lastFreshOf = new Map<number, number>();
    let number = 0;
    const claim = (nowUs: number, lifeUs: number): Decision => {
      number += 1;
      mac.writeUInt32LE(number, 0);
      const decision = replay.look(mac, 0, nowUs);
      if (decision === Decision.admitted) {
        replay.claim(nowUs + lifeUs);
        lastFreshOf.set(number, nowUs + lifeUs);
      }
      return decision;
    };
    for (let round = 0; round < 4; round += 1) {
      const startUs = round * 3 * spanUs;
      for (let index = 0; index < capacity; index += 1) {
        expect(claim(startUs + (index >> 3), spanUs - 1 - ((index * 7919) % 9000))).toBe(Decision.admitted);
      }
      const nowUs = startUs + (capacity >> 3);
      expect(claim(nowUs, 1)).toBe(Decision.replayFull);
      for (const [claimed, lastFreshUs] of lastFreshOf) {
        if (lastFreshUs < nowUs) lastFreshOf.delete(claimed);
        else {
          mac.writeUInt32LE(claimed, 0);
          if (replay.look(mac, 0, nowUs) !== Decision.replayed) expect.fail(`claim ${claimed} is gone at ${nowUs}`);
        }
      }
      if (round % 2 === 1) continue;
      const laterUs = nowUs + 4000;
      for (const [claimed, lastFreshUs] of lastFreshOf) if (lastFreshUs < laterUs) lastFreshOf.delete(claimed);
      const freed = capacity - lastFreshOf.size;
      expect(freed).toBeGreaterThan(1000);
      for (let index = 0; index < freed; index += 1) expect(claim(laterUs, 1)).toBe(Decision.admitted);
      expect(claim(laterUs, 1)).toBe(Decision.replayFull);
    }
  });
});
