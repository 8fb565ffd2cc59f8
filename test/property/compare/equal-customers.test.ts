/**
 * Two runs of equal customers differ as far as a comparison says that they do, or less often: customers differ much from
 * each other (latencies of a log-normal scale with a sigma of 0.5, requests by an exponential law), so that requests alone
 * would say far too often that something changed.
 */
import { describe, expect, it } from 'vitest';
import { ClusterTally } from '../../../harness/compare/cluster-tally.js';
import { type Shape, shapes } from '../../../harness/compare/shape.js';
import { type Part, shiftOf } from '../../../harness/compare/shift.js';
import { forEachRow } from '../../../harness/judge/row.js';
import { measuredUs, selectionOf } from '../../../harness/judge/scope.js';
import { type CustomerOptions, customersRun } from '../../support/compared-runs.js';

/** More of them are asked for by the environment: they tell more, and take longer. */
const PAIRS = Number(process.env.FLOODPROOF_PAIRS ?? 40);

/** What chance passes about once in a thousand times. */
function most(share: number): number {
  const mean = share * PAIRS;
  return mean + 3 * Math.sqrt(mean) + 1;
}

function partOf(options: CustomerOptions): Part {
  const { plan, rows, seed } = customersRun(options);
  const tally = new ClusterTally(plan);
  if (rows !== null) forEachRow(rows, tally.watch(seed).onRow, false);
  const selection = selectionOf(plan, 'customers', null);
  return { tally, selection, seconds: measuredUs(plan, selection) / 1e6 };
}

/** How often the chance of a move is said to be below each level. */
function told(shape: Shape, options: Omit<CustomerOptions, 'seed'>, factor = 1): { below5: number; below1: number } {
  let [below5, below1] = [0, 0];
  for (let pair = 0; pair < PAIRS; pair++) {
    const baseline = partOf({ ...options, seed: 2 * pair + 1 });
    const run = partOf({ ...options, factor, seed: 2 * pair + 2 });
    const chance = shiftOf(shape, { baseline, run, samePeople: false })?.chance ?? 1;
    if (chance < 0.05) below5++;
    if (chance < 0.01) below1++;
  }
  return { below5, below1 };
}

describe('a chance that a comparison states', () => {
  it.each([
    { metric: 'latency.p50', customers: 40, requestsEach: 20 },
    { metric: 'latency.p99', customers: 100, requestsEach: 12 },
    { metric: 'errorRate', customers: 100, requestsEach: 12 },
  ] as const)('is not passed more often by $metric of $customers equal customers', ({ metric, ...options }) => {
    const { below5, below1 } = told(shapes[metric], { ...options, spread: 0.5, errorShare: 0.02 });
    expect(below5).toBeLessThanOrEqual(most(0.05));
    expect(below1).toBeLessThanOrEqual(most(0.01));
  });

  it('is small for customers who wait a fifth longer, once there are enough of them', () => {
    const options = { customers: 200, requestsEach: 8, spread: 0.2 };
    const { below1 } = told(shapes['latency.p50'], options, 1.2);
    expect(below1).toBeGreaterThan(PAIRS * 0.9);
  });
});
