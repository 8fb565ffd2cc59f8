import { describe, expect, it } from 'vitest';
import type { ObservationRow } from '../support/observation-rows.js';
import { arrivalsOf, playAgainst, scenarioOf } from './played.js';
import { startRecordingApi } from './recording-api.js';

const BIN_MS = 100;

/** How many came in each tenth of a second from the first on. */
function countsPerBin(timesMs: readonly number[]): number[] {
  const fromMs = Math.min(...timesMs);
  const counts: number[] = [];
  for (const timeMs of timesMs) {
    const bin = Math.floor((timeMs - fromMs) / BIN_MS);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Who wanted what and when, in an order that does not depend on who was faster. */
function schedule(rows: readonly ObservationRow[]): string[] {
  return arrivalsOf(rows)
    .map(({ intendedUs, identity, requestClass }) => `${intendedUs} ${identity} ${requestClass}`)
    .sort();
}

const steady =
  '{ name: steady, label: legit, population: 20, behaviour: retail-trader, ' +
  'with: { orderShare: 0%, accountShare: 0% }, arrivals: { process: constant, rate: 200/s } }';

describe('a constant rate of 200/s', () => {
  it('arrives as it is, whether the target answers at once or after 300 ms', async () => {
    const plan = scenarioOf({ phases: ['{ name: only, for: 2s }'], actors: [steady] });
    const quick = await startRecordingApi();
    const slow = await startRecordingApi(300);
    const overQuick = await playAgainst(quick.url, plan);
    const overSlow = await playAgainst(slow.url, plan);
    expect(schedule(overSlow.rows)).toEqual(schedule(overQuick.rows));
    for (const { received } of [quick, slow]) {
      expect(received).toHaveLength(400);
      // Twenty in each tenth of a second, but those in which this machine was busy with something else.
      const usual = median(countsPerBin(received.map(({ atMs }) => atMs)));
      expect(usual).toBeGreaterThanOrEqual(15);
      expect(usual).toBeLessThanOrEqual(25);
    }
    // 60 come while one waits, and nobody waits for an answer before the next is sent.
    expect(Math.max(...slow.received.map(({ open }) => open))).toBeGreaterThan(40);
  });
});

const crowd = [
  '{ name: traders, label: legit, population: 30, behaviour: retail-trader, arrivals: { process: poisson, rate: 150/s } }',
  '{ name: members, label: legit, population: 11, behaviour: login, arrivals: { process: ramp, from: 10/s, to: 60/s } }',
  '{ name: flooder, label: abuse, behaviour: order-flood, during: late, arrivals: { process: constant, rate: 50/s } }',
];
const crowded = scenarioOf({
  phases: ['{ name: early, for: 1s }', '{ name: late, for: 1s }'],
  actors: crowd,
});

describe('the schedule of a seed', () => {
  it('is the same for one worker and for several', async () => {
    const { url } = await startRecordingApi();
    const one = await playAgainst(url, crowded);
    const two = await playAgainst(url, crowded, { workers: 2 });
    const three = await playAgainst(url, crowded, { workers: 3 });
    expect(schedule(one.rows).length).toBeGreaterThan(300);
    expect(schedule(two.rows)).toEqual(schedule(one.rows));
    expect(schedule(three.rows)).toEqual(schedule(one.rows));
  });
});

describe('the record', () => {
  it('holds the times of a request in the order in which they happened', async () => {
    const { url } = await startRecordingApi(5);
    const { rows } = await playAgainst(url, crowded, { workers: 2 });
    const disordered = rows.filter(
      ({ intendedUs, dispatchedUs, sentUs, answeredUs, concludedUs }) =>
        !(
          intendedUs <= dispatchedUs &&
          dispatchedUs <= sentUs &&
          sentUs <= answeredUs &&
          answeredUs <= concludedUs &&
          [intendedUs, dispatchedUs, sentUs, answeredUs, concludedUs].every(Number.isInteger)
        ),
    );
    expect(disordered).toEqual([]);
    expect(rows.every(({ sentUs }) => sentUs > 0)).toBe(true);
  });

  it('of several workers is merged into one order, that of the ends', async () => {
    const { url } = await startRecordingApi();
    const { rows } = await playAgainst(url, crowded, { workers: 3 });
    const ends = rows.map(({ concludedUs }) => concludedUs);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  });
});
