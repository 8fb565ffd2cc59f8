/** Orders are held against answers: what was refused has done nothing, what can't be told may have. */
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { createColumns, type ObservationSource } from '../../../../harness/judge/observation.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { unexplainedOrders } from '../../../../harness/zoo/gateways/order-audit.js';
import { failedExpectations, untilTold } from '../../../../harness/zoo/gateways/play-scene.js';

type Row = readonly [
  requestClass: (typeof requestClasses)[number],
  outcome: keyof typeof Outcome,
  status: number,
  account?: number,
];

function record(rows: readonly Row[]): ObservationSource {
  const columns = createColumns(rows.length);
  for (const [index, [requestClass, outcome, status, account = 0]] of rows.entries()) {
    columns.requestClass[index] = requestClasses.indexOf(requestClass);
    columns.outcome[index] = Outcome[outcome];
    columns.status[index] = status;
    columns.account[index] = account;
  }
  return () => [{ rows: rows.length, columns }];
}

const anna = { account: 'anna', accountIndex: 0 };
const bert = { account: 'bert', accountIndex: 1 };

/** How many open orders anna may have, of 0 to 9. */
function explained(rows: readonly Row[]): number[] {
  const counts = Array.from({ length: 10 }, (_, open) => open);
  return counts.filter((open) => unexplainedOrders([anna], record(rows), () => open).length === 0);
}

describe('the orders that an account may have open', () => {
  const placed: Row = ['order.place', 'admitted', 201];
  test.each<{ rows: readonly Row[]; open: readonly number[]; because: string }>([
    { rows: [], open: [0], because: 'nothing was asked' },
    { rows: [placed, placed], open: [2], because: 'two were placed' },
    { rows: [placed, ['order.place', 'throttled', 429]], open: [1], because: 'one was throttled' },
    { rows: [placed, ['order.place', 'never', 429]], open: [1], because: 'one can never be placed' },
    { rows: [placed, ['order.place', 'banned', 418]], open: [1], because: 'one was banned' },
    { rows: [placed, ['order.place', 'refused', 401]], open: [1], because: 'one was refused' },
    { rows: [placed, ['order.place', 'timeout', 0]], open: [1, 2], because: 'one was not answered' },
    { rows: [placed, ['order.place', 'serverError', 500]], open: [1, 2], because: 'one failed' },
    { rows: [placed, ['order.place', 'admitted', 409]], open: [1, 2], because: 'one was turned down by the business' },
    { rows: [placed, ['order.cancel', 'admitted', 200]], open: [0, 1], because: 'it may be cancelled, or another was' },
    { rows: [placed, ['order.cancel', 'throttled', 429]], open: [1], because: 'its cancel was throttled' },
    {
      rows: [placed, ['order.amend', 'admitted', 200], ['ticker', 'admitted', 200]],
      open: [1],
      because: 'others change none',
    },
    { rows: [placed, ['order.place', 'admitted', 201, 1]], open: [1], because: 'one is of another account' },
    { rows: [['order.cancel', 'admitted', 200]], open: [0], because: 'there was none to cancel' },
  ])('are $open when $because', ({ rows, open }) => {
    expect(explained(rows)).toEqual(open);
  });

  test('are told with the account, and only of those who have one', () => {
    const rows: readonly Row[] = [['order.place', 'throttled', 429, 1]];
    const nobody = { account: '', accountIndex: 0xffffffff };
    const open = new Map([['bert', 1]]);
    expect(unexplainedOrders([anna, bert, nobody], record(rows), (account) => open.get(account) ?? 0)).toEqual([
      'bert has 1 open orders; by what was answered it has 0 to 0',
    ]);
    expect(unexplainedOrders([bert], record(rows), () => undefined)).toEqual([]);
  });
});

describe('what is held against a server', () => {
  const expectations = [{ pass: true }, { pass: false }, { pass: null }];
  test('is every expectation that failed, of a run that did', () => {
    expect(failedExpectations({ verdict: 'fail', expectations })).toEqual([{ pass: false }]);
    for (const verdict of ['invalid', 'undecided', 'interrupted', 'pass'] as const) {
      expect(failedExpectations({ verdict, expectations })).toEqual([]);
    }
  });
});

describe('a run that was invalid', () => {
  async function triesUntil(verdicts: readonly ('invalid' | 'pass')[]): Promise<[tries: number, verdict: string]> {
    let tries = 0;
    const result = await untilTold(async () => ({ document: { verdict: verdicts[tries++] ?? 'invalid' } }));
    return [tries, result.document.verdict];
  }

  test('is played again until it tells something, four times at most', async () => {
    expect(await triesUntil(['pass'])).toEqual([1, 'pass']);
    expect(await triesUntil(['invalid', 'invalid', 'pass'])).toEqual([3, 'pass']);
    expect(await triesUntil([])).toEqual([4, 'invalid']);
  });
});
