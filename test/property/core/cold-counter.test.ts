/**
 * No key gets more than its limit, whatever the others do: every history of a few keys over a few microseconds on a
 * table that is too small for them, tried out in full, and longer ones at random.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitTable } from '../../../harness/core/limit-table.js';
import { Decision, type LimitNumbers, type LimitSpec } from '../../../harness/core/spec.js';
import {
  bucket,
  concurrency,
  earnedBudget,
  fixedWindow,
  leakyQueue,
  limit,
  slidingCounter,
  slidingLog,
} from '../../unit/core/specs.js';

interface Hit {
  readonly atUs: number;
  readonly cost: number;
}

/** Cells that a key may get in any closed interval of this length, by the largest cost of its requests. */
function boundOf(numbers: LimitNumbers, lengthUs: number, costMax: number): number {
  const { capacity } = numbers;
  switch (numbers.family) {
    case 'token-bucket':
      return capacity + (lengthUs * numbers.refillCells) / numbers.refillPeriodUs;
    case 'leaky-queue':
      return capacity + numbers.queueCells + (lengthUs * numbers.refillCells) / numbers.refillPeriodUs;
    case 'sliding-log':
      return capacity * (Math.floor(lengthUs / numbers.windowUs) + 1);
    case 'fixed-window':
    case 'sliding-counter':
      return capacity * (Math.ceil(lengthUs / numbers.windowUs) + 1);
    case 'earned-budget':
      return capacity + (numbers.trickleUs === null ? 0 : costMax * (Math.floor(lengthUs / numbers.trickleUs) + 1));
    case 'concurrency':
      return Number.POSITIVE_INFINITY;
  }
}

/** What one key got, earned and gave back. */
class Account {
  readonly hits: Hit[] = [];
  earned = 0;
  inFlight: number[] = [];

  /** The interval in which the key got too much, or null. */
  excess(numbers: LimitNumbers): string | null {
    const costMax = Math.max(0, ...this.hits.map(({ cost }) => cost));
    for (const [from, first] of this.hits.entries()) {
      let cells = 0;
      for (const hit of this.hits.slice(from)) {
        cells += hit.cost;
        const bound = boundOf(numbers, hit.atUs - first.atUs, costMax) + this.earned;
        if (cells > bound) return `${cells} cells from ${first.atUs} to ${hit.atUs}`;
      }
    }
    return null;
  }

  /** With windows of one phase for all, cells per window are bounded too. */
  fullWindow(numbers: LimitNumbers): string | null {
    const isCalendar = numbers.family === 'fixed-window' && numbers.anchor === 'calendar';
    if (!isCalendar && numbers.family !== 'sliding-counter') return null;
    const cells = new Map<number, number>();
    for (const { atUs, cost } of this.hits) {
      const window = Math.floor(atUs / numbers.windowUs);
      const sum = (cells.get(window) ?? 0) + cost;
      cells.set(window, sum);
      if (sum > numbers.capacity + this.earned) return `${sum} cells in window ${window}`;
    }
    return null;
  }
}

interface Step {
  readonly key: number;
  readonly gapUs: number;
  readonly cost: number;
  /** `other`: what this family knows beside requests: a credit, the end of a request, a request that others deny. */
  readonly kind: 'ask' | 'other';
}

/** Runs a history; how often a key was served cold, and a key that got too much, if there is one. */
function run(spec: LimitSpec, history: readonly Step[]): { coldCount: number; excess: string | null } {
  const { numbers } = spec;
  const table = new LimitTable(spec, 0);
  const accounts = new Map<number, Account>();
  let nowUs = 0;
  let coldCount = 0;
  for (const { key, gapUs, cost, kind } of history) {
    nowUs += gapUs;
    const account = accounts.get(key) ?? new Account();
    accounts.set(key, account);
    if (kind === 'other') {
      actOtherwise(table, numbers, { key, cost, nowUs, account });
      continue;
    }
    if (table.look(key + 1, 0, cost, nowUs) !== Decision.admitted) continue;
    if (table.isCold) coldCount += 1;
    table.charge(true);
    account.hits.push({ atUs: nowUs, cost });
    account.inFlight.push(cost);
    const held = account.inFlight.reduce((sum, cells) => sum + cells, 0);
    if (numbers.family === 'concurrency' && held > numbers.capacity) {
      return { coldCount, excess: `${held} cells in flight at ${nowUs}` };
    }
  }
  for (const account of accounts.values()) {
    const excess = account.excess(numbers) ?? account.fullWindow(numbers);
    if (excess !== null) return { coldCount, excess };
  }
  return { coldCount, excess: null };
}

function actOtherwise(
  table: LimitTable,
  numbers: LimitNumbers,
  { key, cost, nowUs, account }: { key: number; cost: number; nowUs: number; account: Account },
): void {
  if (numbers.family === 'concurrency') {
    const held = account.inFlight.shift();
    if (held !== undefined) table.release(key + 1, 0, held);
  } else if (table.countsDenied) {
    table.look(key + 1, 0, cost, nowUs);
    table.charge(false);
  } else if (table.credit(key + 1, 0, cost, nowUs)) {
    account.earned += cost;
  }
}

/** All histories of three keys with so many different gaps; the first step may as well be of the first key. */
function* allHistories(length: number, gapCount: number, kinds: readonly Step['kind'][]): Generator<Step[]> {
  const choices = 3 * gapCount * kinds.length;
  for (let number = 0; number < choices ** length; number += 1) {
    const history: Step[] = [];
    let rest = number;
    for (let index = 0; index < length; index += 1) {
      const choice = rest % choices;
      const gapUs = Math.floor(choice / 3) % gapCount;
      const kind = kinds[Math.floor(choice / 3 / gapCount)] ?? 'ask';
      history.push({ key: choice % 3, gapUs, cost: 1, kind });
      rest = Math.floor(rest / choices);
    }
    if (history[0]?.key === 0) yield history;
  }
}

const families: { name: string; numbers: LimitNumbers }[] = [
  { name: 'a bucket of 2 with 1 cell per 3 us', numbers: bucket(2, 1, 3) },
  { name: 'a bucket of 1 with 3 cells per 5 us', numbers: bucket(1, 3, 5) },
  { name: 'a calendar window of 1 per 4 us', numbers: fixedWindow(1, 4, 'calendar') },
  { name: 'a first-hit window of 1 per 3 us', numbers: fixedWindow(1, 3, 'first-hit') },
  { name: 'a first-hit window of 2 per 4 us', numbers: fixedWindow(2, 4, 'first-hit') },
  { name: 'a log of 2 per 3 us', numbers: slidingLog(2, 3) },
  { name: 'a sliding counter of 2 per 3 us', numbers: slidingCounter(2, 3) },
  { name: 'a queue of 1 and 1 with 1 cell per 2 us', numbers: leakyQueue(1, 1, 1, 2) },
  { name: 'a budget of 2 with a trickle in 3 us', numbers: earnedBudget(2, 3) },
  { name: 'a budget of 2 without a trickle', numbers: earnedBudget(2, null) },
];

const others: { name: string; numbers: LimitNumbers }[] = [
  { name: 'a budget of 1 with credit', numbers: earnedBudget(1, 3) },
  {
    name: 'a first-hit window of 1 that is credited',
    numbers: fixedWindow(1, 3, 'first-hit', { credit: 'below-zero' }),
  },
  { name: 'a calendar window of 1 that is credited', numbers: fixedWindow(1, 2, 'calendar', { credit: 'to-zero' }) },
  {
    name: 'a first-hit window of 1 that counts what is denied',
    numbers: fixedWindow(1, 3, 'first-hit', { countsDenied: true }),
  },
  { name: 'one request in flight', numbers: concurrency(1) },
];

describe('a key never gets more than its limit on a table that is too small', () => {
  test.each(families)('$name: in all histories of five requests', ({ numbers }) => {
    const spec = limit({ numbers, maxKeys: 1 });
    let coldCount = 0;
    for (const history of allHistories(5, 4, ['ask'])) {
      const result = run(spec, history);
      coldCount += result.coldCount;
      if (result.excess !== null) expect.fail(`${result.excess}: ${JSON.stringify(history)}`);
    }
    expect(coldCount).toBeGreaterThan(10_000);
  });

  test.each(others)('$name: in all histories of five steps', ({ numbers }) => {
    const spec = limit({ numbers, maxKeys: 1 });
    for (const history of allHistories(5, 2, ['ask', 'other'])) {
      const { excess } = run(spec, history);
      if (excess !== null) expect.fail(`${excess}: ${JSON.stringify(history)}`);
    }
  });

  test.each([...families, ...others])('$name: in long histories of many keys', ({ numbers }) => {
    const steps = fc.record({
      key: fc.nat({ max: 5 }),
      gapUs: fc.nat({ max: 3 }),
      cost: fc.integer({ min: 1, max: numbers.capacity }),
      kind: fc.constantFrom<Step['kind']>('ask', 'ask', 'other'),
    });
    const histories = fc.array(steps, { minLength: 10, maxLength: 60 });
    const property = fc.property(histories, fc.integer({ min: 1, max: 3 }), (history, maxKeys) => {
      expect(run(limit({ numbers, maxKeys }), history).excess).toBeNull();
    });
    fc.assert(property, { seed: 7, numRuns: 1500 });
  });
});
