import { describe, expect, it } from 'vitest';
import { arrivalTimes } from '../../../harness/actors/arrivals/arrivals.js';
import { createRandom } from '../../../harness/actors/random.js';
import { expectedArrivals } from '../../../harness/scenario/expected-arrivals.js';
import type { ActorPlan, Arrivals } from '../../../harness/scenario/plan.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

const S = 1_000_000;
const SEEDS = 200;
/** Two spans of the run, 30 s and 50 s long. */
const active = [
  { startUs: 10 * S, endUs: 40 * S },
  { startUs: 100 * S, endUs: 150 * S },
];
const plan = loadScenario(textReader({ 's.yaml': goodScenario, 'policy.yaml': goodPolicy }), 's.yaml');

function actorWith(arrivals: Arrivals): ActorPlan {
  const [first] = plan.actors;
  if (first === undefined) throw new Error('the plan has no actors');
  return { ...first, arrivals, active };
}

/** Arrivals that are really made in [fromUs, toUs), on average over many seeds. */
function played(arrivals: Arrivals, fromUs: number, toUs: number): number {
  let count = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const atUs of arrivalTimes(arrivals, active, { random: createRandom(seed) })) {
      if (atUs >= fromUs && atUs < toUs) count += 1;
    }
  }
  return count / SEEDS;
}

/** `apart`: how far the mean over the seeds may be off, for processes of chance. */
const processes: readonly { readonly arrivals: Arrivals; readonly apart: number }[] = [
  { arrivals: { process: 'constant', ratePerSecond: 10 }, apart: 1 },
  { arrivals: { process: 'ramp', fromPerSecond: 1, toPerSecond: 17 }, apart: 1 },
  {
    arrivals: {
      process: 'step',
      steps: [
        { fromUs: 0, ratePerSecond: 20 },
        { fromUs: 20 * S, ratePerSecond: 0 },
        { fromUs: 50 * S, ratePerSecond: 10 },
      ],
    },
    apart: 2,
  },
  { arrivals: { process: 'herd', size: 30, firstUs: 5 * S, everyUs: 10 * S, withinUs: 0 }, apart: 0.001 },
  { arrivals: { process: 'herd', size: 30, firstUs: 35 * S, everyUs: null, withinUs: 1 * S }, apart: 0.001 },
  { arrivals: { process: 'poisson', ratePerSecond: 10 }, apart: 10 },
  { arrivals: { process: 'on-off', ratePerSecond: 40, onUsMean: 1 * S, offUsMean: 3 * S }, apart: 40 },
  {
    arrivals: { process: 'mmpp', calmPerSecond: 5, burstPerSecond: 25, calmUsMean: 3 * S, burstUsMean: 1 * S },
    apart: 30,
  },
  { arrivals: { process: 'hawkes', ratePerSecond: 10, branching: 0.5, decayPerSecond: 2 }, apart: 20 },
  {
    arrivals: { process: 'diurnal', ratePerSecond: 10, peakToTrough: 4, periodUs: 70 * S, peakAtUs: 20 * S },
    apart: 12,
  },
];

describe('expectedArrivals', () => {
  it.each(processes)('is what $arrivals.process makes on average, in each part of the run', ({ arrivals, apart }) => {
    const actor = actorWith(arrivals);
    const parts = [
      [0, 10 * S],
      [10 * S, 25 * S],
      [25 * S, 120 * S],
      [0, 200 * S],
    ] as const;
    for (const [fromUs, toUs] of parts) {
      const expected = expectedArrivals(actor, fromUs, toUs) ?? Number.NaN;
      expect(Math.abs(played(arrivals, fromUs, toUs) - expected)).toBeLessThanOrEqual(apart);
    }
    expect(expectedArrivals(actor, 0, 200 * S)).toBeGreaterThan(5 * apart);
  });

  it('is not known of a recording', () => {
    const arrivals: Arrivals = { process: 'trace', trace: 0, speed: 1, keepShare: 1, isLooped: false };
    expect(expectedArrivals(actorWith(arrivals), 0, 200 * S)).toBeNull();
  });
});
