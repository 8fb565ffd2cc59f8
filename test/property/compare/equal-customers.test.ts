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

const PAIRS = 200;

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
    { metric: 'latency.p99', customers: 40, requestsEach: 40 },
    { metric: 'latency.p99', customers: 100, requestsEach: 20 },
    { metric: 'errorRate', customers: 100, requestsEach: 20 },
    { metric: 'goodput', customers: 100, requestsEach: 20 },
  ] as const)('is not passed more often by $metric of $customers equal customers', ({ metric, ...options }) => {
    const { below5, below1 } = told(shapes[metric], { ...options, spread: 0.5, errorShare: 0.02 });
    if (process.env.SHOW) console.log(metric, options, below5, below1);
    // What chance alone would pass once in a hundred such tests (binomial, 200 pairs).
    expect(below5).toBeLessThanOrEqual(18);
    expect(below1).toBeLessThanOrEqual(6);
  });

  it('is small for customers who wait a fifth longer, once there are enough of them', () => {
    const options = { customers: 400, requestsEach: 10, spread: 0.3 };
    const { below1 } = told(shapes['latency.p50'], options, 1.2);
    if (process.env.SHOW) console.log('power', below1);
    expect(below1).toBeGreaterThan(PAIRS * 0.9);
  });
});
