import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { paramsOf } from '../../../harness/scenario/behaviours.js';
import {
  type ActorPlan,
  type PolicyLimit,
  planEndUs,
  type RequestClass,
  requestClasses,
} from '../../../harness/scenario/plan.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { releaseFiles } from '../../support/scenario-files.js';

/** A stream of Poisson arrivals of one identity, each taking so many cells at once. */
interface Stream {
  readonly perSecond: number;
  readonly cells: number;
}

type CellsOf = (name: RequestClass) => number;

/** What one identity takes: arrivals of their own, and what follows each of them at some later time. */
function streamsOf(actor: ActorPlan, cellsOf: CellsOf): { arrivals: readonly Stream[]; following: readonly Stream[] } {
  if (!('ratePerSecond' in actor.arrivals)) throw new Error('the honest load of a release scenario is steady');
  const perSecond = actor.arrivals.ratePerSecond / actor.population;
  switch (actor.behaviour) {
    case 'retail-trader': {
      const { orderShare, accountShare, cancelShare } = paramsOf(actor, 'retail-trader');
      return {
        arrivals: [
          { perSecond: perSecond * (1 - orderShare - accountShare), cells: cellsOf('ticker') },
          { perSecond: perSecond * accountShare, cells: cellsOf('account') },
          { perSecond: perSecond * orderShare, cells: cellsOf('order.place') },
        ],
        following: [{ perSecond: perSecond * orderShare * cancelShare, cells: cellsOf('order.cancel') }],
      };
    }
    case 'market-maker': {
      const { replacesMax } = paramsOf(actor, 'market-maker');
      const swap = cellsOf('order.cancel') + cellsOf('order.place');
      const replacement = Math.max(swap, cellsOf('order.amend'));
      const all = cellsOf('order.place') + replacesMax * replacement + cellsOf('order.cancel');
      return { arrivals: [{ perSecond, cells: all }], following: [] };
    }
    case 'login': {
      const { mistakeRate } = paramsOf(actor, 'login');
      const once = { perSecond: perSecond * (1 - mistakeRate), cells: cellsOf('login') };
      return { arrivals: [once, { perSecond: perSecond * mistakeRate, cells: 2 * cellsOf('login') }], following: [] };
    }
    default:
      throw new Error(`the headroom of ${actor.behaviour} is not worked out`);
  }
}

/** Chernoff: the probability that the streams take more than `capacity` in `seconds`, whenever the parts come. */
function exceedsInAll(streams: readonly Stream[], seconds: number, capacity: number): number {
  let least = 1;
  for (let u = 0.01; u < 20; u *= 1.05) {
    const growth = streams.reduce((sum, { perSecond, cells }) => sum + perSecond * Math.expm1(u * cells), 0);
    least = Math.min(least, Math.exp(seconds * growth - u * (capacity + 1)));
  }
  return least;
}

/** Cramer: the expected number of arrivals in `seconds` that find too few cells in the bucket. */
function overflows(streams: readonly Stream[], seconds: number, capacity: number, refillPerSecond: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let u = 0.001; u < 50; u *= 1.01) {
    const growth = streams.reduce((sum, { perSecond, cells }) => sum + perSecond * Math.expm1(u * cells), 0);
    // A supermartingale as long as the cells come back at least as fast as exp(u x level) grows.
    if (growth > refillPerSecond * u) break;
    best = streams.reduce((sum, { perSecond, cells }) => {
      return cells === 0 ? sum : sum + seconds * perSecond * Math.exp(-u * (capacity - cells));
    }, 0);
  }
  return best;
}

/** Expected throttles of one identity by one limit in a run, bounded from above. */
function throttles(actor: ActorPlan, limit: PolicyLimit, seconds: number): number {
  const { arrivals, following } = streamsOf(actor, (name) => limit.costs[requestClasses.indexOf(name)] ?? 0);
  const all = [...arrivals, ...following];
  if (all.every(({ cells }) => cells === 0)) return 0;
  const requests = all.reduce((sum, { perSecond }) => sum + perSecond * seconds, 0);
  const inAll = exceedsInAll(all, seconds, limit.capacity) * Math.max(1, requests);
  if (limit.family !== 'token-bucket') return inAll;
  const refill = (limit.refillCells * 1_000_000) / limit.refillPeriodUs;
  if (following.length === 0) return Math.min(inAll, overflows(arrivals, seconds, limit.capacity, refill));
  // The bucket overflows only if one of two smaller buckets does, one for the arrivals and one for what follows.
  const parted = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map((share) => {
    const rest = 1 - share;
    const ofArrivals = overflows(arrivals, seconds, limit.capacity * share, refill * share);
    return ofArrivals + overflows(following, seconds, limit.capacity * rest, refill * rest);
  });
  return Math.min(inAll, ...parted);
}

describe('the honest load of the release scenarios', () => {
  it.each(releaseFiles())('is throttled with a probability below 1 in 1,000,000 in a run of %s', (file) => {
    const plan = loadScenario(fileReader, file);
    const seconds = planEndUs(plan) / 1_000_000;
    let expected = 0;
    for (const actor of plan.actors.filter(({ label }) => label === 'legit')) {
      for (const limit of plan.policy.limits) expected += actor.population * throttles(actor, limit, seconds);
    }
    expect(expected).toBeLessThan(1e-6);
    expect(expected).toBeGreaterThan(0);
  });

  it('would be throttled if the customers were a tenth of their number', () => {
    const plan = loadScenario(fileReader, 'scenarios/release/calm-baseline.yaml');
    const [customers] = plan.actors;
    const crowded = plan.policy.limits.map((limit) => {
      return customers === undefined ? 0 : throttles({ ...customers, population: 6 }, limit, 8);
    });
    expect(Math.max(...crowded)).toBeGreaterThan(0.01);
  });
});
