import { describe, expect, test } from 'vitest';
import { type Contestant, percentile, timeByTurns } from '../../../../harness/bench/limiters/rounds.js';

const pace = { rounds: 3, sampleMs: 0.1, singles: 50 };
const order = Uint32Array.from([0, 1, 1, 0]);
const items = ['a', 'b'];

const forms: readonly Contestant<string>[] = [
  { name: 'value', form: 'value', decide: (item) => item !== '' },
  { name: 'promise', form: 'promise', decide: (item) => Promise.resolve(item !== '') },
  { name: 'rejection', form: 'rejection', decide: () => Promise.resolve(undefined) },
];

describe('timing by turns', () => {
  test('gives each rival its figures, whatever the form of its answers', async () => {
    const timings = await timeByTurns(forms, { items, order, isAdmitted: true }, pace);
    expect(timings.map(({ name }) => name)).toEqual(['value', 'promise', 'rejection']);
    for (const { nsPerOp, p50Ns, p99Ns } of timings) {
      for (const figure of [nsPerOp.min, nsPerOp.median, nsPerOp.max, p50Ns, p99Ns]) expect(figure).toBeGreaterThan(0);
    }
  });

  test('hands every rival the items in the order of the workload, and the time of now in microseconds', async () => {
    const seen: string[] = [];
    const beganUs = Date.now() * 1000;
    const times = new Set<boolean>();
    const decide = (item: string, nowUs: number): boolean => {
      seen.push(item);
      times.add(nowUs >= beganUs && nowUs <= Date.now() * 1000);
      return true;
    };
    await timeByTurns([{ name: 'x', form: 'value', decide }], { items, order, isAdmitted: true }, pace);
    expect(seen.join('')).toMatch(/^(?:abba)*(?:a|ab|abb)?$/);
    expect([...times]).toEqual([true]);
  });

  test('hands the time of the workload over where it has one, and none to who reads a clock of its own', async () => {
    const seen: number[] = [];
    const steps = { fromUs: 1000, stepUs: 7 };
    const decide = (_: string, nowUs: number): boolean => seen.push(nowUs) > 0;
    await timeByTurns([{ name: 'x', form: 'value', decide }], { items, order, isAdmitted: true, steps }, pace);
    expect(seen).toEqual(seen.map((_, index) => 1000 + 7 * index));
    seen.length = 0;
    const own: Contestant<string> = { name: 'x', form: 'value', decide, hasOwnClock: true };
    await timeByTurns([own], { items, order, isAdmitted: true }, pace);
    expect(new Set(seen)).toEqual(new Set([0]));
  });

  test('makes items ready before they are timed, each stretch once and none longer than the order', async () => {
    const stretches: [number, number][] = [];
    let calls = 0;
    const decide = (): boolean => {
      // Ready are exactly the items up to the end of the last stretch.
      expect(calls).toBeLessThan(stretches.at(-1)?.[1] ?? 0);
      calls += 1;
      return true;
    };
    const prepare = (from: number, to: number): void => {
      expect(calls).toBe(from);
      stretches.push([from, to]);
    };
    await timeByTurns([{ name: 'x', form: 'value', decide }], { items, order, isAdmitted: true, prepare }, pace);
    expect(stretches.at(-1)?.[1]).toBe(calls);
    for (const [from, to] of stretches) expect(to - from).toBeLessThanOrEqual(order.length);
  });

  test('has no single calls where one decides many, and divides by all', async () => {
    const decide = (): boolean => {
      const beganMs = performance.now();
      while (performance.now() - beganMs < 1);
      return true;
    };
    const workload = { items, order, isAdmitted: true, decisionsPerItem: 1000 };
    const [timing] = await timeByTurns([{ name: 'x', form: 'value', decide }], workload, pace);
    expect(Object.keys(timing ?? {})).toEqual(['name', 'nsPerOp']);
    // A millisecond for a thousand: at least a microsecond, and not the million nanoseconds of the item.
    expect(timing?.nsPerOp.min).toBeGreaterThanOrEqual(990);
    expect(timing?.nsPerOp.min).toBeLessThan(1_000_000);
  });

  test.each([
    { name: 'admits one', isAdmitted: false, decide: (item: string) => item === 'a' },
    { name: 'throttles one', isAdmitted: true, decide: (item: string) => item === 'a' },
  ])('stops when the path is not the one that is to be timed: a rival $name', async ({ name, isAdmitted, decide }) => {
    await expect(
      timeByTurns([{ name, form: 'value', decide }], { items, order, isAdmitted }, pace),
    ).rejects.toMatchObject({ code: 'FP_BENCH_DISAGREES', message: expect.stringContaining(name) });
  });
});

describe('a percentile', () => {
  test.each([
    { values: [1, 2, 3, 4], share: 0.5, wanted: 2 },
    { values: [1, 2, 3, 4, 5], share: 0.5, wanted: 3 },
    { values: [1, 2, 3, 4], share: 0.99, wanted: 4 },
    { values: [7], share: 0.01, wanted: 7 },
    { values: [], share: 0.5, wanted: Number.NaN },
  ])('of $share of $values is $wanted', ({ values, share, wanted }) => {
    expect(percentile(Float64Array.from(values), share)).toBe(wanted);
  });
});
