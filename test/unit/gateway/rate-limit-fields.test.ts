import { parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import type { FixedWindowNumbers, LimitNumbers, LimitSpec, TokenBucketNumbers } from '../../../harness/core/spec.js';
import { compileRateLimitFields, rateLimitField } from '../../../harness/gateway/rate-limit-fields.js';

const bucket: TokenBucketNumbers = { family: 'token-bucket', capacity: 20, refillCells: 10, refillPeriodUs: 1_000_000 };
const window: FixedWindowNumbers = {
  family: 'fixed-window',
  capacity: 6000,
  windowUs: 60_000_000,
  anchor: 'calendar',
  credit: 'none',
  countsDenied: false,
};

function limitOf(name: string, numbers: LimitNumbers, costs: readonly number[]): LimitSpec {
  const ageCosts = costs.map(() => []);
  return { name, by: ['ip'], ipPrefix: null, numbers, costs, ageCosts, isShadow: false, ban: null, maxKeys: 10 };
}

function parsed(field: string): unknown[] {
  return parseList(field).map(([item, parameters]) => [item, Object.fromEntries(parameters)]);
}

describe('RateLimit-Policy', () => {
  it('names every limit that matches the class, with quota and window', () => {
    const limits = [limitOf('orders', bucket, [1, 0]), limitOf('weight-ip', window, [5, 1])];
    const { policies } = compileRateLimitFields(limits, 2);
    expect(parsed(policies[0] ?? '')).toEqual([
      ['orders', { q: 20, w: 2 }],
      ['weight-ip', { q: 6000, w: 60 }],
    ]);
    expect(parsed(policies[1] ?? '')).toEqual([['weight-ip', { q: 6000, w: 60 }]]);
  });

  it('is empty for a class that no limit matches', () => {
    expect(compileRateLimitFields([limitOf('orders', bucket, [1, 0])], 2).policies[1]).toBe('');
  });

  it.each<{ numbers: LimitNumbers; w: number; because: string }>([
    { numbers: bucket, w: 2, because: '20 cells at 10 a second' },
    { numbers: { ...bucket, capacity: 1 }, w: 1, because: 'a tenth of a second is rounded up' },
    { numbers: { ...bucket, capacity: 21 }, w: 3, because: '2.1 s is rounded up' },
    {
      numbers: { ...bucket, refillCells: 7, refillPeriodUs: 3_000_000, capacity: 7 },
      w: 3,
      because: '7 cells at 7 per 3 s',
    },
    { numbers: { ...window, windowUs: 1_500_000 }, w: 2, because: '1.5 s is rounded up' },
    { numbers: { ...window, windowUs: 1 }, w: 1, because: 'a microsecond is rounded up' },
  ])('says w=$w: $because', ({ numbers, w }) => {
    const { policies } = compileRateLimitFields([limitOf('a', numbers, [1])], 1);
    expect(parsed(policies[0] ?? '')).toEqual([['a', { q: numbers.capacity, w }]]);
  });

  it.each<{ numbers: LimitNumbers; parameters: Record<string, number | string>; because: string }>([
    {
      numbers: { family: 'leaky-queue', capacity: 10, queueCells: 5, refillCells: 10, refillPeriodUs: 1_000_000 },
      parameters: { q: 15, w: 2 },
      because: 'what waits is admitted too',
    },
    {
      numbers: { family: 'sliding-log', capacity: 10, windowUs: 1_500_000 },
      parameters: { q: 10, w: 2 },
      because: 'a log has a window',
    },
    {
      numbers: { family: 'sliding-counter', capacity: 10, windowUs: 3_000_000 },
      parameters: { q: 10, w: 3 },
      because: 'so has its approximation',
    },
    {
      numbers: { family: 'earned-budget', capacity: 10, trickleUs: 10_000_000 },
      parameters: { q: 10 },
      because: 'no time gives a budget back',
    },
    {
      numbers: { family: 'concurrency', capacity: 10 },
      parameters: { q: 10, qu: 'concurrent-requests' },
      because: 'what is in flight is of its own unit',
    },
  ])('says $parameters of $numbers.family: $because', ({ numbers, parameters }) => {
    const { policies } = compileRateLimitFields([limitOf('a', numbers, [1])], 1);
    expect(parsed(policies[0] ?? '')).toEqual([['a', parameters]]);
  });

  it('does not name a limit that refuses nobody', () => {
    const limits = [{ ...limitOf('trial', bucket, [1]), isShadow: true }, limitOf('orders', bucket, [1])];
    const { policies, names } = compileRateLimitFields(limits, 1);
    expect(parsed(policies[0] ?? '')).toEqual([['orders', { q: 20, w: 2 }]]);
    expect(names[1]).toBe('"orders"');
  });

  it.each([
    ['quo"te', 'quo"te'],
    ['back\\slash', 'back\\slash'],
    ['comma, semi;q=9', 'comma, semi;q=9'],
    ['naïve\n', 'na?ve?'],
  ])('keeps the name %j within its string', (name, shown) => {
    const { policies, names } = compileRateLimitFields([limitOf(name, bucket, [1])], 1);
    expect(parsed(policies[0] ?? '')).toEqual([[shown, { q: 20, w: 2 }]]);
    expect(parsed(rateLimitField(names[0] ?? '', 3, 1))).toEqual([[shown, { r: 3, t: 1 }]]);
  });
});

describe('RateLimit', () => {
  it('says what is left and when there is more', () => {
    expect(parsed(rateLimitField('"orders"', 0, 2))).toEqual([['orders', { r: 0, t: 2 }]]);
  });

  it('leaves the time out when it is not known', () => {
    expect(parsed(rateLimitField('"orders"', 7, 0))).toEqual([['orders', { r: 7 }]]);
  });
});
