import { describe, expect, it } from 'vitest';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { promisedCells, promiseFormula } from '../../../harness/scenario/promise.js';
import { goodPolicy, textReader } from '../../support/scenario-files.js';

const SECOND_US = 1_000_000;

function withLimit(numbers: string, settings = ''): { policy: Policy; limit: PolicyLimit } {
  const head = goodPolicy.slice(0, goodPolicy.indexOf('    family:'));
  const text = `${head}    ${numbers.split(', ').join('\n    ')}\n${settings}`;
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

  it('grows with the grain, the nodes and the slack', () => {
    const { policy, limit } = withLimit(bucket, 'resolution: 3s\nnodes: 2\nslack: 4\n');
    expect(promisedCells(policy, limit, 0)).toBe(2 * 27 + 4);
  });
});
