import { describe, expect, it } from 'vitest';
import { createRandom, deriveSeed } from '../../../harness/actors/random.js';

const DRAWS = 20_000;

type Labels = readonly [seed: number, ...labels: (string | number)[]];

describe('createRandom', () => {
  it('gives the same numbers for the same seed, here and on every machine', () => {
    const random = createRandom(deriveSeed(42, 'golden'));
    const drawn = [random.unit(), random.below(1_000), random.exponential(), random.below(2 ** 32)];
    expect(drawn).toEqual([0.888235158694037, 154, 3.8201827435706095, 2_123_004_277]);
  });

  it('draws the words that the published generator gives from the same state', () => {
    const finalised = (word: bigint): bigint => {
      let h = BigInt.asUintN(32, word);
      h = BigInt.asUintN(32, (h ^ (h >> 16n)) * 0x85ebca6bn);
      h = BigInt.asUintN(32, (h ^ (h >> 13n)) * 0xc2b2ae35n);
      return h ^ (h >> 16n);
    };
    const turned = (word: bigint, by: bigint) => BigInt.asUintN(32, (word << by) | (word >> (32n - by)));
    const [low, high] = [0x89abcdefn, 0x12345n];
    const first = finalised(low + 0x9e3779b9n);
    const second = finalised(high ^ first);
    const state = [first, second, finalised(low ^ BigInt.asUintN(32, ~second)), finalised(high + 0x3c6ef372n)];
    const random = createRandom(Number((high << 32n) | low));
    for (let draw = 0; draw < 100; draw++) {
      const [s0 = 0n, s1 = 0n, s2 = 0n, s3 = 0n] = state;
      const word = BigInt.asUintN(32, turned(BigInt.asUintN(32, s1 * 5n), 7n) * 9n);
      expect(random.below(2 ** 32)).toBe(Number(word));
      const [t2, t3] = [s2 ^ s0, s3 ^ s1];
      state.splice(0, 4, s0 ^ t3, s1 ^ t2, t2 ^ BigInt.asUintN(32, s1 << 9n), turned(t3, 11n));
    }
  });

  it('draws again what lies above the last whole multiple of the bound', () => {
    // A quarter of all words lies above the bound; folded down, they would make the lower third come half of the time.
    const random = createRandom(4);
    const bound = 2 ** 31 + 2 ** 30;
    let lower = 0;
    for (let i = 0; i < DRAWS; i++) if (random.below(bound) < 2 ** 30) lower += 1;
    expect(Math.abs(lower / DRAWS - 1 / 3)).toBeLessThan(0.015);
  });

  it.each([3, 1_000_003, 2_096_129, 2 ** 21])(
    'leaves out the words that would favour some numbers below %i',
    (bound) => {
      const random = createRandom(6);
      const words = createRandom(6);
      const least = 2n ** 32n % BigInt(bound);
      let leftOut = 0;
      for (let draw = 0; draw < DRAWS; draw++) {
        let product = BigInt(words.below(2 ** 32)) * BigInt(bound);
        for (; BigInt.asUintN(32, product) < least; leftOut++) product = BigInt(words.below(2 ** 32)) * BigInt(bound);
        expect(random.below(bound)).toBe(Number(product >> 32n));
      }
      if (bound === 2_096_129) expect(leftOut).toBeGreaterThan(0);
    },
  );

  it('spreads unit evenly over [0, 1)', () => {
    const random = createRandom(1);
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < DRAWS; i++) {
      const value = random.unit();
      expect(value >= 0 && value < 1).toBe(true);
      const bin = Math.floor(value * bins.length);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const wanted = DRAWS / bins.length;
    const chiSquare = bins.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0);
    // 19 degrees of freedom: 43.8 is passed by one right generator in a thousand.
    expect(chiSquare).toBeLessThan(43.8);
  });

  it('draws whole numbers below the bound, each about as often', () => {
    const random = createRandom(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < DRAWS; i++) {
      const value = random.below(7);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const count of counts.values()) expect(Math.abs(count - DRAWS / 7)).toBeLessThan(250);
    expect(random.below(1)).toBe(0);
  });

  it('draws exponentials with mean 1 and variance 1, never below 0 and never infinite', () => {
    const random = createRandom(3);
    const drawn = Array.from({ length: DRAWS }, () => random.exponential());
    const mean = drawn.reduce((sum, value) => sum + value, 0) / DRAWS;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS;
    expect(Math.abs(mean - 1)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.1);
    expect(drawn.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
  });

  it('starts differently for seeds that differ in one bit, low or high', () => {
    const starts = new Set<number>();
    const seeds = [0, ...Array.from({ length: 53 }, (_, bit) => 2 ** bit), 2 ** 53 - 1];
    for (const seed of seeds) starts.add(createRandom(seed).unit());
    expect(starts.size).toBe(seeds.length);
  });
});

const differing: readonly { because: string; a: Labels; b: Labels }[] = [
  { because: 'another seed', a: [1, 'x'], b: [2, 'x'] },
  { because: 'a seed that differs above 32 bits', a: [1, 'x'], b: [1 + 2 ** 32, 'x'] },
  { because: 'a boundary between labels moved', a: [1, 'ab', 'c'], b: [1, 'a', 'bc'] },
  { because: 'an empty label more', a: [1, 'a'], b: [1, 'a', ''] },
  { because: 'a number is not its text', a: [1, 7], b: [1, '7'] },
  { because: 'a number is no character of this code', a: [1, 0x61], b: [1, 'a'] },
  { because: 'numbers that differ above 32 bits', a: [1, 5], b: [1, 5 + 2 ** 32] },
  { because: 'labels in another order', a: [1, 'a', 'b'], b: [1, 'b', 'a'] },
];

describe('deriveSeed', () => {
  it.each(differing)('tells apart: $because', ({ a, b }) => {
    expect(deriveSeed(...a)).not.toBe(deriveSeed(...b));
  });

  it('gives whole numbers below 2^53 without a collision among a hundred thousand neighbours', () => {
    const seeds = new Set<number>();
    for (let i = 0; i < 50_000; i++) seeds.add(deriveSeed(9, i, 'arrival', 0)).add(deriveSeed(9, 0, 'arrival', i + 1));
    expect(seeds.size).toBe(100_000);
    expect([...seeds].every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  });

  it('moves about half of the bits when one bit of a label moves', () => {
    let flipped = 0;
    const pairs = 2_000;
    for (let i = 0; i < pairs; i++) {
      const a = BigInt(deriveSeed(5, i * 2));
      const b = BigInt(deriveSeed(5, i * 2 + 1));
      flipped += (a ^ b).toString(2).replaceAll('0', '').length;
    }
    expect(Math.abs(flipped / pairs / 53 - 0.5)).toBeLessThan(0.02);
  });

  it('gives streams that do not resemble each other', () => {
    let product = 0;
    const pairs = 10_000;
    for (let i = 0; i < pairs; i++) {
      const a = createRandom(deriveSeed(5, i)).unit() - 0.5;
      const b = createRandom(deriveSeed(5, i + 1)).unit() - 0.5;
      product += a * b * 12;
    }
    expect(Math.abs(product / pairs)).toBeLessThan(0.04);
  });
});
