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

  it('needs eight groups of identities where the people are others, as their habits would look like a change', () => {
    const three = (us: number): Part =>
      partOf(
        Array.from({ length: 200 }, (_, number) => {
          const sentUs = SECOND_US + number * 75_000;
          return { identity: number % 3, sentUs, answeredUs: sentUs + us + (number % 7) };
        }),
      );
    const [baseline, run] = [three(20_000), three(30_000)];
    for (const name of ['latency.p50', 'admittedShare'] as const) {
      expect(shiftOf(shapes[name], { baseline, run, samePeople: false })).toMatchObject({ chance: null });
    }
    expect(shiftOf(shapes['latency.p50'], { baseline, run, samePeople: true })?.chance).toBeLessThan(1e-9);
  });

  it('does not take one customer with most of the requests for many who are alike', () => {
    const busy = (us: number): Part =>
      even(
        (identity) => (identity === 0 ? 60 : 1),
        (identity, number) => (identity === 0 ? us : 20_000) + identity * 30 + number,
      );
    const [baseline, run] = [busy(20_000), busy(40_000)];
    expect(shiftOf(shapes['latency.p50'], { baseline, run, samePeople: false })?.chance).toBeNull();
    // One who has a third of them leaves the others a say.
    const third = (us: number): Part =>
      even(
        (identity) => (identity === 0 ? 10 : 1),
        (identity, number) => (identity === 0 ? us : 20_000) + identity * 30 + number,
      );
    const chance = shiftOf(shapes['latency.p50'], { baseline: third(20_000), run: third(40_000), samePeople: false });
    expect(chance?.chance).toBeGreaterThan(0.01);
  });

  it('counts a hitch that lasts longer than a block as often as it came', () => {
    const during = (isSlow: (block: number) => boolean): Part =>
      partOf(
        Array.from({ length: BLOCKS * PEOPLE * 3 }, (_, number) => {
          const block = Math.floor(number / (PEOPLE * 3));
          const sentUs = SECOND_US + block * SECOND_US + 1000 * (number % (PEOPLE * 3));
          return { identity: number % PEOPLE, sentUs, answeredUs: sentUs + 20_000, outcome: isSlow(block) ? 5 : 0 };
        }),
      );
    const none = during(() => false);
    const chanceOf = (run: Part): number =>
      shiftOf(shapes.errorRate, { baseline: none, run, samePeople: true })?.chance ?? 1;
    const [apart, inRow] = [chanceOf(during((block) => block % 2 === 0)), chanceOf(during((block) => block % 4 < 2))];
    expect(inRow).toBeGreaterThan(2 * apart);
  });

  it('has no interval of retries that could be all there is', () => {
    const retried = partOf(
      Array.from({ length: 160 }, (_, number) => ({
        identity: number % PEOPLE,
        sentUs: SECOND_US + number * 100_000,
        kind: number % 80 === 7 ? 0 : 2,
      })),
    );
    const shift = shiftOf(shapes.retryAmplification, { baseline: retried, run: retried, samePeople: true });
    expect(shift?.run.value).toBeCloseTo(80, 9);
    expect(shift?.run.interval).toBeNull();
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
