import { describe, expect, it } from 'vitest';
import type { LimitBy } from '../../../harness/core/spec.js';
import type { CounterNames } from '../../../harness/judge/counter-space.js';
import { Counters } from '../../../harness/judge/counters.js';
import { CreditLedger } from '../../../harness/judge/credit-ledger.js';
import { NONE } from '../../../harness/judge/observation.js';
import type { Row } from '../../../harness/judge/row.js';
import type { PolicyLimit } from '../../../harness/scenario/plan.js';
import { observed } from '../../support/observation-builder.js';
import { aFillCounter, aPolicy, aTokenBucket, costs } from '../../support/plan-builder.js';

const ips = [
  '10.1.2.3',
  '10.1.2.200',
  '10.1.3.3',
  '2001:db8::1',
  '2001:db8::2',
  '2001:db9::1',
  '::ffff:10.1.2.7',
  'nobody',
];

const names: CounterNames = {
  ipName: (index) => ips[index] ?? `#${index}`,
  keyName: (index) => ['key-a', 'key-b'][index] ?? `key ${index}`,
  accountName: (index) => ['fund/desk-1', 'fund/desk-2', 'fund', 'other', 'other/fund'][index] ?? `account-${index}`,
};

function countersOf(overrides: Partial<PolicyLimit>): Counters {
  return new Counters(aPolicy([{ ...aTokenBucket(), ...overrides } as PolicyLimit]), names);
}

/** Which of the rows share a counter: the first row of each one's counter. */
function groups(counters: Counters, rows: readonly Partial<Row>[]): readonly number[] {
  const all = rows.map((row) => counters.counterOf(observed(row as object), 0));
  return all.map((counter) => (counter < 0 ? -1 : all.indexOf(counter)));
}

describe('the counter of a row', () => {
  it('is one for all addresses of a prefix, of IPv4 and of IPv6', () => {
    const rows = ips.map((_, ip) => ({ ip }));
    expect(groups(countersOf({ by: ['ip'], ipPrefix: null }), rows)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(groups(countersOf({ by: ['ip'], ipPrefix: { v4: 24, v6: 64 } }), rows)).toEqual([0, 0, 2, 3, 3, 5, 0, 7]);
    expect(groups(countersOf({ by: ['ip'], ipPrefix: { v4: 25, v6: 127 } }), rows)).toEqual([0, 1, 2, 3, 4, 5, 0, 7]);
    expect(groups(countersOf({ by: ['ip'], ipPrefix: { v4: 23, v6: 31 } }), rows)).toEqual([0, 0, 0, 3, 3, 3, 0, 7]);
  });

  it('is the address itself where each is another one of IPv4 that counts in full', () => {
    const apart = { ...names, hasOneIpv4Each: true };
    const of = (ipPrefix: { v4: number; v6: number }) =>
      new Counters(aPolicy([aTokenBucket({ by: ['ip'], ipPrefix })]), apart).counterOf(observed({ ip: 6 }), 0);
    expect(of({ v4: 32, v6: 64 })).toBe(6);
    expect(of({ v4: 24, v6: 64 })).toBe(0);
  });

  it('is one for all accounts of a master, which is the account up to its first slash', () => {
    const accounts = [0, 1, 2, 3, 4].map((account) => ({ account }));
    expect(groups(countersOf({ by: ['master'] }), accounts)).toEqual([0, 0, 0, 3, 3]);
    expect(groups(countersOf({ by: ['account'] }), accounts)).toEqual([0, 1, 2, 3, 4]);
  });

  it('is one for each combination of several parts, and for all requests when there is none', () => {
    const rows = [
      { account: 0, requestClass: 3 },
      { account: 0, requestClass: 5 },
      { account: 1, requestClass: 3 },
      { account: 0, requestClass: 3 },
    ];
    expect(groups(countersOf({ by: ['account', 'class'] }), rows)).toEqual([0, 1, 2, 0]);
    const crossed = [...rows, { account: 1, requestClass: 2 }, { account: 2, requestClass: 1 }];
    expect(groups(countersOf({ by: ['account', 'class'] }), crossed)).toEqual([0, 1, 2, 0, 4, 5]);
    expect(groups(countersOf({ by: ['master', 'class'] }), rows)).toEqual([0, 1, 0, 0]);
    expect(groups(countersOf({ by: ['class'] }), rows)).toEqual([0, 1, 0, 0]);
    expect(groups(countersOf({ by: [] }), rows)).toEqual([0, 0, 0, 0]);
  });

  it('is none for a row that lacks a part', () => {
    const rows = [{ key: NONE }, { account: NONE }, {}];
    expect(groups(countersOf({ by: ['ip', 'key'] }), rows)).toEqual([-1, 1, 1]);
    expect(groups(countersOf({ by: ['master'] }), rows)).toEqual([0, -1, 0]);
  });

  it.each([
    [['ip'], null, '10.1.2.3'],
    [['ip'], { v4: 24, v6: 64 }, '10.1.2.0/24'],
    [['master'], null, 'fund'],
    [['account'], null, 'fund/desk-1'],
    [['key', 'class'], null, 'key-a order.place'],
    [['ip', 'master'], { v4: 8, v6: 64 }, '10.0.0.0/8 fund'],
    [[], null, '*'],
  ] as const)('by %j is called %s %s', (by, ipPrefix, name) => {
    const counters = countersOf({ by: by as LimitBy, ipPrefix });
    expect(counters.name(0, counters.counterOf(observed({}), 0))).toBe(name);
    expect(counters.name(0, -1)).toBe('*');
  });
});

describe('the limits of a class', () => {
  it('are those that count it and are enforced; others may be credited by it', () => {
    const limits = [
      aTokenBucket({ isShadow: true }),
      aFillCounter({ costs: costs({ 'order.place': 0 }), creditsMax: costs({ 'order.place': 2 }, 0) }),
      aTokenBucket({ costs: costs({}, 0) }),
      aTokenBucket(),
    ];
    const counters = new Counters(aPolicy(limits), names);
    const indexes = (all: readonly { index: number }[]) => all.map(({ index }) => index);
    expect(indexes(counters.ofClass(3))).toEqual([3]);
    expect(indexes(counters.ofClass(5))).toEqual([1, 3]);
    expect(indexes(counters.creditedByClass(3))).toEqual([1]);
    expect(indexes(counters.creditedByClass(5))).toEqual([]);
    expect(indexes(counters.touchedBy(3))).toEqual([1, 3]);
    expect(indexes(counters.suspects(observed({ limit: 0 })))).toEqual([3]);
    expect(counters.namedBy(observed({ limit: 0 }))).toBe(null);
    expect(counters.namedBy(observed({ limit: 3 }))).toBe(limits[3]);
  });
});

describe('CreditLedger', () => {
  it('counts what can have been given by a moment, in steps that are never too late', () => {
    const ledger = new CreditLedger();
    ledger.give(1, 7, 250_000, 3);
    ledger.give(1, 7, 90_000, 1);
    expect([99_999, 100_000, 199_999, 200_000, 5_000_000].map((us) => ledger.until(1, 7, us))).toEqual([1, 1, 1, 4, 4]);
    ledger.give(1, 7, 299_999, 2);
    expect(ledger.until(1, 7, 200_000)).toBe(6);
    expect([ledger.until(1, 8, 200_000), ledger.until(0, 7, 200_000)]).toEqual([0, 0]);
  });

  it('knows of nothing before the first step', () => {
    const ledger = new CreditLedger();
    ledger.give(0, 0, 500_000, 3);
    expect([ledger.until(0, 0, 499_999), ledger.until(0, 0, 500_000)]).toEqual([0, 3]);
  });
});
