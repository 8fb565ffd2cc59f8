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
