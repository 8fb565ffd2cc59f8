import { describe, expect, it } from 'vitest';
import { BLOCKS, ClusterTally } from '../../../harness/compare/cluster-tally.js';
import { shapes } from '../../../harness/compare/shape.js';
import { type Part, shiftOf } from '../../../harness/compare/shift.js';
import { forEachRow } from '../../../harness/judge/row.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { aPlan, SECOND_US } from '../../support/plan-builder.js';

const PEOPLE = 20;
const base = aPlan();
const plan = aPlan({
  phases: [{ name: 'calm', startUs: SECOND_US, endUs: SECOND_US + BLOCKS * SECOND_US }],
  actors: base.actors.slice(0, 1).map((actor) => ({ ...actor, population: PEOPLE })),
});

function partOf(rows: readonly Partial<Observed>[], seed = 1): Part {
  const tally = new ClusterTally(plan);
  forEachRow(sourceOf(rows.map(observed)), tally.watch(seed).onRow, false);
  return { tally, selection: { actors: [0], phases: [0] }, seconds: BLOCKS };
}

/** Of each identity so many requests in each block of time. */
function even(countOf: (identity: number) => number, us: (identity: number, number: number) => number): Part {
  return partOf(
    Array.from({ length: BLOCKS }, (_, block) =>
      Array.from({ length: PEOPLE }, (_one, identity) =>
        Array.from({ length: countOf(identity) }, (_two, number) => {
          const sentUs = SECOND_US + block * SECOND_US + 1000 * number;
          return { identity, sentUs, answeredUs: sentUs + us(identity, number) };
        }),
      ),
    ).flat(2),
  );
}

const steady = (): number => 20_000;

describe('shiftOf', () => {
  it("counts what lies above the faster side's percentile", () => {
    const [fast, slow] = [20_000, 30_000].map((us) =>
      even(
        () => 4,
        (identity, number) => us + identity * 40 + number,
      ),
    );
    for (const [baseline, run] of [
      [fast, slow],
      [slow, fast],
    ] as [Part, Part][]) {
      const shift = shiftOf(shapes['latency.p99'], { baseline, run, samePeople: false });
      expect(shift?.chance).toBeLessThan(1e-9);
    }
  });

  it('is never surer than independent requests allow, however alike clusters are', () => {
    const none = even(() => 1, steady);
    const failed = partOf(
      Array.from({ length: BLOCKS }, (_, block) => ({
        identity: block,
        sentUs: SECOND_US + block * SECOND_US,
        outcome: 5,
      })),
    );
    // Sixteen coins on one side.
    expect(shiftOf(shapes.errors, { baseline: none, run: failed, samePeople: true })?.chance).toBeGreaterThanOrEqual(
      2 ** -15,
    );
  });

  it('holds the same people against themselves, and others against their spread', () => {
    const [baseline, run] = [even((identity) => identity + 1, steady), even((identity) => identity + 2, steady)];
    const same = shiftOf(shapes.sent, { baseline, run, samePeople: true });
    expect(same?.chance).toBeLessThan(0.001);
    const others = shiftOf(shapes.sent, { baseline, run, samePeople: false });
    expect(others?.chance).toBeGreaterThan(0.2);
    expect(others?.baseline.interval?.[0]).toBeLessThan(others?.baseline.value ?? 0);
  });

  it('cannot be told of fewer than eight people over less than eight blocks', () => {
    const rows = Array.from({ length: 50 }, (_, number) => ({
      identity: number % 3,
      sentUs: SECOND_US + number * 1000,
    }));
    const slow = rows.map((row) => ({ ...row, answeredUs: row.sentUs + 90_000 }));
    const shift = shiftOf(shapes['latency.p50'], { baseline: partOf(rows), run: partOf(slow), samePeople: false });
    expect(shift).toMatchObject({ chance: null, why: expect.stringContaining('8 blocks of time') });
  });

  it('is not sure of a share that was never seen', () => {
    const part = even(() => 1, steady);
    const shift = shiftOf(shapes.errorRate, { baseline: part, run: part, samePeople: true });
    expect(shift?.chance).toBe(1);
    expect(shift?.run.interval?.[1]).toBeCloseTo(3.8415 / (PEOPLE + 3.8415), 4);
  });

  it('takes the growth of a percentile from its phases, and retries for each request that is none', () => {
    const part = even((identity) => (identity % 2) + 4, steady);
    expect(shiftOf(shapes['latencyInflation.p99'], { baseline: part, run: part, samePeople: true })).toMatchObject({
      baseline: { value: 1 },
      chance: 1,
    });
    const retries = partOf(
      Array.from({ length: 40 }, (_, number) => ({
        identity: number % PEOPLE,
        sentUs: SECOND_US + number * 300_000,
        kind: number % 2 === 0 ? 0 : 2,
      })),
    );
    expect(shiftOf(shapes.retryAmplification, { baseline: part, run: retries, samePeople: true })?.run.value).toBe(2);
  });
});
