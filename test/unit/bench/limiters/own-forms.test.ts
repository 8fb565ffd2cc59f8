import { describe, expect, test } from 'vitest';
import { engineRival } from '../../../../harness/bench/limiters/limiter-rivals.js';
import { BATCH_SIZE, batchesOf, openForms } from '../../../../harness/bench/limiters/own-forms.js';
import { race } from '../../../../harness/bench/limiters/rounds.js';
import { TS } from '../../../../harness/bench/limiters/row.js';
import { drawOrder, keyList } from '../../../../harness/bench/limiters/workload.js';
import { openEngine } from '../../../../harness/native/engine.js';

// The loop reads the clock, and cells must not come back between then and now.
const ORIGIN_US = Date.now() * 1000;
const keys = keyList(100);
const order = drawOrder(keys.length, 'uniform', 2 * BATCH_SIZE);
const pace = { rounds: 2, sampleMs: 0.5, singles: 10 };

/** What is raced on buckets of `capacity` cells that come back too late. */
function racersOf(capacity: number, isAdmitted: boolean) {
  const settings = { capacity, refillCells: 1, refillPeriodUs: 3_600_000_000, maxKeys: keys.length };
  const { gate } = engineRival(TS, openEngine('ts'), ORIGIN_US).open(settings);
  if (gate === undefined) throw new Error('no gate');
  if (!isAdmitted) for (const key of keys) gate.limit(ORIGIN_US, 0, '', key, '');
  return openForms(TS, gate, keys, isAdmitted)(order);
}

describe('interned callers and batches of them', () => {
  test.each([
    { capacity: 2 ** 20, isAdmitted: true },
    { capacity: 1, isAdmitted: false },
  ])('of buckets with $capacity cells are all admitted: $isAdmitted', async ({ capacity, isAdmitted }) => {
    const timings = await race(racersOf(capacity, isAdmitted), pace);
    expect(timings.map(({ name, p50Ns }) => [name, p50Ns !== undefined])).toEqual([
      ['floodproof ts, interned', true],
      ['floodproof ts, a batch of 1,024', false],
    ]);
  });

  test.each([0, 1])('stop the benchmark when cells run out: form %i', async (form) => {
    const racer = racersOf(5, true)[form];
    await expect(race(racer === undefined ? [] : [racer], pace)).rejects.toMatchObject({ code: 'FP_BENCH_DISAGREES' });
  });

  test.each([0, 1])('stop the benchmark when there is a cell left: form %i', async (form) => {
    const racer = racersOf(2, false)[form];
    await expect(race(racer === undefined ? [] : [racer], pace)).rejects.toMatchObject({ code: 'FP_BENCH_DISAGREES' });
  });

  test('batches are views of callers one after the other, whole ones only', () => {
    const batches = batchesOf(Uint32Array.of(1, 2, 3, 4, 5), 2);
    expect(batches).toEqual([Uint32Array.of(1, 2), Uint32Array.of(3, 4)]);
  });
});
