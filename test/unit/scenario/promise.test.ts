import { describe, expect, it } from 'vitest';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { promisedCells, promiseFormula } from '../../../harness/scenario/promise.js';
import { goodPolicy, textReader } from '../../support/scenario-files.js';

const SECOND_US = 1_000_000;

function withLimit(numbers: string, settings = ''): { policy: Policy; limit: PolicyLimit } {
  const head = goodPolicy
    .slice(0, goodPolicy.indexOf('    family:'))
    .replace('[order.place]', '[order.place, order.amend]');
  const text = `${head}    ${numbers.split(/, (?=\w+:)(?![^{]*})/).join('\n    ')}\n${settings}`;
  const policy = loadPolicy(textReader({ 'p.yaml': text }), 'p.yaml');
  const [limit] = policy.limits;
  if (limit === undefined) throw new Error('the policy has no limit');
  return { policy, limit };
}

describe('promisedCells', () => {
  const bucket = 'family: token-bucket, capacity: 20, refill: 7 per 3s';

  it.each([
    { lengthUs: 0, cells: 20, because: 'a bucket may be full' },
    { lengthUs: 428_570, cells: 20, because: 'one microsecond of grain does not make the next cell' },
    { lengthUs: 428_571, cells: 21, because: 'a cell comes back after 3/7 s, grain included' },
    { lengthUs: 3 * SECOND_US, cells: 27, because: 'seven come back in three seconds' },
  ])('of a token bucket is $cells in $lengthUs us: $because', ({ lengthUs, cells }) => {
    const { policy, limit } = withLimit(bucket);
    expect(promisedCells(policy, limit, lengthUs)).toBe(cells);
    expect(promiseFormula(limit)).toBe('20 + 7 per 3s x w');
  });

  it.each([
    { lengthUs: 0, cells: 10, because: 'an instant may lie on the edge of two windows' },
    { lengthUs: SECOND_US - 1, cells: 10, because: 'with the grain it is one window long, which touches two' },
    { lengthUs: SECOND_US, cells: 15, because: 'with the grain it is longer than a window, and touches three' },
  ])('of a fixed window is $cells in $lengthUs us: $because', ({ lengthUs, cells }) => {
    const { policy, limit } = withLimit('family: fixed-window, capacity: 5, window: 1s');
    expect(promisedCells(policy, limit, lengthUs)).toBe(cells);
    expect(promiseFormula(limit)).toBe('5 x (ceil(w / 1s) + 1)');
  });

  it.each([
    { lengthUs: 0, cells: 5, because: 'less than a window holds one window full' },
    { lengthUs: SECOND_US - 2, cells: 5, because: 'with the grain it is shorter than a window' },
    { lengthUs: SECOND_US - 1, cells: 10, because: 'with the grain it is a window, whose both ends count' },
  ])('of a sliding log is $cells in $lengthUs us: $because', ({ lengthUs, cells }) => {
    const { policy, limit } = withLimit('family: sliding-log, capacity: 5, window: 1s');
    expect(promisedCells(policy, limit, lengthUs)).toBe(cells);
    expect(promiseFormula(limit)).toBe('5 x (floor(w / 1s) + 1)');
  });

  it.each([
    { numbers: 'family: decaying-counter, capacity: 20, decay: 7 per 3s', cells: 27, formula: '20 + 7 per 3s x w' },
    {
      numbers: 'family: leaky-queue, capacity: 20, queue: 5, refill: 7 per 3s',
      cells: 32,
      formula: '25 + 7 per 3s x w',
    },
    {
      numbers: 'family: fill-counter, capacity: 20, window: 2s, fills: { order.place: 5 }',
      cells: 60,
      formula: '20 x (ceil(w / 2s) + 1) + what fills give back',
    },
    {
      numbers: 'family: ratio-monitor, capacity: 20, window: 2s, earns: { order.place: 5 }',
      cells: 60,
      formula: '20 x (ceil(w / 2s) + 1) + what fills earn',
    },
    { numbers: 'family: sliding-counter, capacity: 5, window: 2s', cells: 12, formula: '5 + 5 x w / 2s' },
    {
      numbers: 'family: earned-budget, capacity: 5, trickle: 2s, earns: { order.place: 5 }',
      cells: 7,
      formula: '5 + what fills earn + (floor(w / 2s) + 1) requests',
    },
    {
      numbers: 'family: earned-budget, capacity: 5, earns: { order.place: 5 }',
      cells: 5,
      formula: '5 + what fills earn',
    },
    { numbers: 'family: concurrency, capacity: 5', cells: null, formula: '5 at any instant' },
  ])('of $numbers is $cells in three seconds: $formula', ({ numbers, cells, formula }) => {
    const { policy, limit } = withLimit(numbers);
    expect(promisedCells(policy, limit, 3 * SECOND_US - 1)).toBe(cells);
    expect(promiseFormula(limit)).toBe(formula);
  });

  it('lets requests trickle whatever they cost at most', () => {
    const costly =
      'cost: 3\n    age: { order.amend: [{ under: 1s, cells: 2 }, { under: 2s, cells: 4 }, { under: 3s, cells: 1 }] }';
    const { policy, limit } = withLimit(
      `family: earned-budget, capacity: 5, trickle: 2s, earns: { order.place: 5 }, ${costly}`,
    );
    expect(promisedCells(policy, limit, 2 * SECOND_US - 2)).toBe(5 + 7);
    expect(promisedCells(policy, limit, 2 * SECOND_US - 1)).toBe(5 + 2 * 7);
  });

  it('grows with the grain, the nodes and the slack', () => {
    const { policy, limit } = withLimit(bucket, 'resolution: 3s\nnodes: 2\nslack: 4\n');
    expect(promisedCells(policy, limit, 0)).toBe(2 * 27 + 4);
  });
});

/** Admissions of one cell each at instants of small histories: does the rule of a sliding counter admit them all? */
function admittedBySlidingCounter(instants: readonly number[], capacity: number, windowUs: number): boolean {
  const used = new Map<number, number>();
  return instants.every((nowUs) => {
    const window = Math.floor(nowUs / windowUs);
    const previous = used.get(window - 1) ?? 0;
    const current = used.get(window) ?? 0;
    used.set(window, current + 1);
    return previous * (windowUs - (nowUs % windowUs)) + (current + 1) * windowUs <= capacity * windowUs;
  });
}

/** All ways to choose `count` instants up to `lastUs`, not falling. */
function* histories(count: number, firstUs: number, lastUs: number): Generator<readonly number[]> {
  if (count === 0) yield [];
  else {
    for (let atUs = firstUs; atUs <= lastUs; atUs++) {
      for (const rest of histories(count - 1, atUs, lastUs)) yield [atUs, ...rest];
    }
  }
}

describe('the bound of a sliding counter', () => {
  it.each([
    { capacity: 1, windowUs: 1 },
    { capacity: 1, windowUs: 3 },
    { capacity: 2, windowUs: 2 },
    { capacity: 2, windowUs: 3 },
    { capacity: 3, windowUs: 2 },
    { capacity: 3, windowUs: 3 },
  ])('is kept, and reached, by every history of $capacity in $windowUs us', ({ capacity, windowUs }) => {
    const { policy, limit } = withLimit(
      `family: sliding-counter, capacity: ${capacity}, window: ${windowUs}us`,
      'resolution: 1us\n',
    );
    // These histories have a clock without a grain, so they last a microsecond longer than what is seen of them.
    const boundOf = (lengthUs: number): number =>
      lengthUs === 0 ? capacity : (promisedCells(policy, limit, lengthUs - 1) ?? 0);
    const most = new Map<number, number>();
    for (let count = 1; count <= 6; count++) {
      for (const instants of histories(count, 0, 3 * windowUs)) {
        if (!admittedBySlidingCounter(instants, capacity, windowUs)) continue;
        const lengthUs = (instants.at(-1) ?? 0) - (instants[0] ?? 0);
        most.set(lengthUs, Math.max(most.get(lengthUs) ?? 0, count));
      }
    }
    for (const [lengthUs, count] of most) expect(count).toBeLessThanOrEqual(boundOf(lengthUs));
    // What fills the last microsecond of a window reaches it, until the next window is over.
    for (let lengthUs = 0; lengthUs <= windowUs; lengthUs++) {
      const reached = [...most].filter(([shorterUs]) => shorterUs <= lengthUs).map(([, count]) => count);
      expect(Math.max(...reached)).toBe(Math.min(6, boundOf(lengthUs)));
    }
  });
});
