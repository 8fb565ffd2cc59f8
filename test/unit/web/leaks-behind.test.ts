import { expect, test } from 'vitest';
import type { ExpectationResult, Leak, VerdictDocument } from '../../../harness/report/page-data.js';
import { leaksBehind } from '../../../harness/web/leaks-behind.js';
import { sampleSeries, sampleVerdict } from '../../support/page-sample.js';

const verdict = sampleVerdict(sampleSeries());
const [leak] = verdict.leaks;
const [expectation] = verdict.expectations;

function judged(
  metrics: readonly (readonly [metric: string, pass: boolean | null])[],
  senders: readonly string[],
): VerdictDocument {
  if (leak === undefined || expectation === undefined) throw new Error('the sample has no leak');
  return {
    ...verdict,
    expectations: metrics.map(([metric, pass]): ExpectationResult => ({ ...expectation, metric, pass })),
    leaks: senders.map(
      (actor): Leak => ({ ...leak, requests: leak.requests.map((request) => ({ ...request, actor })) }),
    ),
  };
}

test('a leak stands once, under the first failed expectation about leaks of those who sent it', () => {
  const rows = judged(
    [
      ['abuse.throttled', false],
      ['abuse.leak', true],
      ['legit.leak', false],
      ['abuse.leak in attack', false],
      ['all.leakRatio', null],
    ],
    ['order-flooder', 'retail-traders', 'order-flooder'],
  );
  expect(leaksBehind(rows)).toEqual([[], [], [1], [0, 2], []]);
});

test('a leak of somebody that no failed expectation is about stands under none', () => {
  expect(leaksBehind(judged([['legit.leak', false]], ['order-flooder']))).toEqual([[]]);
  expect(leaksBehind(judged([['order-flooder.leak', false]], ['order-flooder']))).toEqual([[0]]);
  expect(leaksBehind(judged([['all.leak', false]], ['order-flooder', 'retail-traders']))).toEqual([[0, 1]]);
});
