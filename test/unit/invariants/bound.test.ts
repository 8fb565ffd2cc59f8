import { describe, expect, test } from 'vitest';
import type { LimitNumbers } from '../../../harness/core/spec.js';
import { boundCells, boundFormula } from '../../../harness/invariants/bound.js';
import { claimsOf } from '../../../harness/invariants/claims.js';
import { type Entry, overdrawn } from '../../../harness/invariants/ledger.js';
import { modelOf } from '../../../harness/invariants/models/model.js';
import { servedTooSoon } from '../../../harness/invariants/service.js';

const STEPS = 7;
const window = { family: 'fixed-window', capacity: 2, windowUs: 3, credit: 'none', countsDenied: false } as const;

/** The lengths at which some history passes just as much as the bound, where there are any. */
const cases: readonly { readonly numbers: LimitNumbers; readonly tightAtUs: readonly number[] }[] = [
  {
    numbers: { family: 'token-bucket', capacity: 2, refillCells: 1, refillPeriodUs: 2 },
    tightAtUs: [0, 1, 2, 3, 4, 5, 6],
  },
  {
    numbers: { family: 'token-bucket', capacity: 3, refillCells: 2, refillPeriodUs: 3 },
    tightAtUs: [0, 1, 2, 3, 4, 5, 6],
  },
  {
    numbers: { family: 'leaky-queue', capacity: 1, queueCells: 2, refillCells: 1, refillPeriodUs: 2 },
    tightAtUs: [0, 1, 2, 3, 4, 5, 6],
  },
  { numbers: { ...window, anchor: 'calendar' }, tightAtUs: [0, 1, 2, 3, 4, 5, 6] },
  { numbers: { ...window, anchor: 'first-hit' }, tightAtUs: [0] },
  { numbers: { family: 'sliding-log', capacity: 2, windowUs: 3 }, tightAtUs: [0, 1, 2, 3, 4, 5, 6] },
  { numbers: { family: 'sliding-counter', capacity: 3, windowUs: 3 }, tightAtUs: [0, 1, 2, 3] },
];

/** Every history of 0 to 3 requests of one cell at each of seven instants, in any phase of a window. */
function* histories(): Generator<{ startUs: number; asks: number[] }> {
  for (let phase = 0; phase < 3; phase += 1) {
    for (let code = 0; code < 4 ** STEPS; code += 1) {
      yield { startUs: 300 + phase, asks: Array.from({ length: STEPS }, (_, step) => (code >> (2 * step)) & 3) };
    }
  }
}

describe('the bound of a promise', () => {
  test.each(cases)('is kept, and met where it can be, by $numbers', ({ numbers, tightAtUs }) => {
    const claims = claimsOf({ promises: [numbers] });
    const most = Array<number>(STEPS).fill(0);
    for (const { startUs, asks } of histories()) {
      const model = modelOf(numbers, false);
      const passed = asks.map((count, step) => {
        let admitted = 0;
        for (let ask = 0; ask < count; ask += 1) {
          if (model.readyAtUs(startUs + step, 1) > startUs + step) break;
          model.charge(startUs + step, 1);
          admitted += 1;
        }
        return admitted;
      });
      for (let from = 0; from < STEPS; from += 1) {
        let cells = 0;
        for (let to = from; to < STEPS; to += 1) {
          cells += passed[to] as number;
          most[to - from] = Math.max(most[to - from] as number, cells);
        }
      }
    }
    for (const [lengthUs, cells] of most.entries()) {
      expect(cells).toBeLessThanOrEqual(boundCells(numbers, lengthUs));
      if (tightAtUs.includes(lengthUs)) expect(cells).toBe(boundCells(numbers, lengthUs));
    }
    expect(boundFormula(numbers)).toContain(String(numbers.capacity));
    expect(claims.capacityCells).toBe(most[0]);
  });

  test('is exact where products are above 2^53', () => {
    const numbers = { family: 'token-bucket', capacity: 1, refillCells: 29_000, refillPeriodUs: 29_001 } as const;
    expect(boundCells(numbers, 2 ** 52)).toBe(Number(1n + (2n ** 52n * 29_000n) / 29_001n));
  });
});

const admitted = (atUs: number, cells = 1): Entry => ({ sentUs: atUs, answeredUs: atUs, cells, kind: 'admitted' });
const credit = (atUs: number, cells: number): Entry => ({
  sentUs: atUs,
  answeredUs: atUs,
  cells: -cells,
  kind: 'credit',
});
const denied = (atUs: number): Entry => ({ sentUs: atUs, answeredUs: atUs, cells: 1, kind: 'denied' });

describe('the ledger', () => {
  const firstHit = { ...window, capacity: 5, windowUs: 10, anchor: 'first-hit' } as const;
  const calendar = { ...firstHit, anchor: 'calendar' } as const;
  test.each<{ because: string; numbers: LimitNumbers; entries: Entry[]; fault: RegExp | null }>([
    { because: 'a window is full', numbers: firstHit, entries: [admitted(3, 5), admitted(13, 5)], fault: null },
    {
      because: 'a window is overfull',
      numbers: firstHit,
      entries: [admitted(3, 5), admitted(12)],
      fault: /^6 cells passed in the window of 10 us from 0 ms on/,
    },
    { because: 'some phase explains it', numbers: calendar, entries: [admitted(3, 5), admitted(4, 5)], fault: null },
    {
      because: 'no phase explains it',
      numbers: calendar,
      entries: [admitted(3, 5), admitted(4, 5), admitted(12)],
      fault: /6 cells|11 cells/,
    },
    {
      because: 'a denied request starts no window',
      numbers: firstHit,
      entries: [denied(1), admitted(3, 5), admitted(11, 1)],
      fault: /6 cells/,
    },
    {
      because: 'a denied request starts one where it counts',
      numbers: { ...firstHit, countsDenied: true },
      entries: [denied(1), admitted(3, 5), admitted(11, 5)],
      fault: null,
    },
    {
      because: 'cells came back',
      numbers: { ...firstHit, credit: 'to-zero' },
      entries: [admitted(0, 5), credit(1, 2), admitted(2, 2)],
      fault: null,
    },
    {
      because: 'no more come back than were used',
      numbers: { ...firstHit, credit: 'to-zero' },
      entries: [admitted(0, 1), credit(1, 4), admitted(2, 5), admitted(3, 1)],
      fault: /6 cells/,
    },
    {
      because: 'cells were earned on top',
      numbers: { ...firstHit, credit: 'below-zero' },
      entries: [admitted(0, 1), credit(1, 4), admitted(2, 5), admitted(3, 3)],
      fault: null,
    },
    {
      because: 'what was earned ends with the window',
      numbers: { ...firstHit, credit: 'below-zero' },
      entries: [admitted(0, 1), credit(1, 4), admitted(10, 5), admitted(11, 1)],
      fault: /6 cells/,
    },
    {
      because: 'so many are in flight',
      numbers: { family: 'concurrency', capacity: 2 },
      entries: [admitted(0, 2), { ...admitted(1, -1), kind: 'release' }, admitted(2), admitted(3)],
      fault: /^3 cells in flight, where at most 2 may be/,
    },
    {
      because: 'a trickle apart',
      numbers: { family: 'earned-budget', capacity: 2, trickleUs: 10 },
      entries: [admitted(0, 2), admitted(5, 9), admitted(15, 9)],
      fault: null,
    },
    {
      because: 'less than a trickle apart',
      numbers: { family: 'earned-budget', capacity: 2, trickleUs: 10 },
      entries: [admitted(0, 2), admitted(5, 9), admitted(14)],
      fault: /beyond the budget of 2 cells, 9 us after another one/,
    },
    {
      because: 'no trickle at all',
      numbers: { family: 'earned-budget', capacity: 2, trickleUs: null },
      entries: [admitted(0, 2), credit(1, 1), admitted(1), admitted(2)],
      fault: /^3 cells of a budget of 2/,
    },
  ])('knows that $because', ({ numbers, entries, fault }) => {
    const found = overdrawn(claimsOf({ promises: [numbers] }), entries);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });

  test('allows for nodes, for slack and for what is not known of the instant', () => {
    const numbers = { family: 'sliding-log', capacity: 2, windowUs: 10 } as const;
    const five = [admitted(0, 3), admitted(1, 2)];
    expect(overdrawn(claimsOf({ promises: [numbers], nodes: 2 }), five)).toMatch(
      /^5 cells passed within 1 us, where at most 4/,
    );
    expect(overdrawn(claimsOf({ promises: [numbers], nodes: 2, slackCells: 1 }), five)).toBeNull();
    const apart: Entry[] = [
      { sentUs: 0, answeredUs: 1, cells: 2, kind: 'admitted' },
      { sentUs: 7, answeredUs: 9, cells: 1, kind: 'admitted' },
    ];
    expect(overdrawn(claimsOf({ promises: [numbers] }), apart)).toBeNull();
    expect(
      overdrawn(claimsOf({ promises: [numbers] }), [apart[0] as Entry, { ...(apart[1] as Entry), answeredUs: 8 }]),
    ).not.toBeNull();
  });
});

describe('a queue', () => {
  const claims = claimsOf({
    promises: [{ family: 'leaky-queue', capacity: 2, queueCells: 4, refillCells: 1, refillPeriodUs: 10 }],
  });
  const served = (...atUs: number[]): { atUs: number; cells: number }[] => atUs.map((us) => ({ atUs: us, cells: 1 }));

  test('serves what the bucket holds at once, and then at the rate of its refill', () => {
    expect(servedTooSoon(claims, served(0, 0, 10, 20, 30))).toBeNull();
  });

  test('is told when it serves sooner than by one grain', () => {
    expect(servedTooSoon(claims, served(0, 0, 9, 19))).toBeNull();
    expect(servedTooSoon(claims, served(0, 0, 8))).toBe('3 cells are served within 8 us, where at most 2 can be');
  });

  test('may serve one large request at once, when its turn has come', () => {
    expect(servedTooSoon(claims, [{ atUs: 40, cells: 5 }])).toBeNull();
    expect(servedTooSoon(claims, [...served(0), { atUs: 8, cells: 5 }])).not.toBeNull();
  });
});
