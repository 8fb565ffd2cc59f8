import { describe, expect, test } from 'vitest';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { studentPoint } from '../../../harness/report/repeats.js';
import { renderSuite } from '../../../harness/report/terminal.js';
import { anExpectation, aVerdict } from './verdict-samples.js';

const measuring = (measured: number | 'infinite' | null, pass: boolean | null = true) =>
  aVerdict({
    expectations: [
      anExpectation({ text: 'legit.goodput >= 90', metric: 'legit.goodput', unit: 'perSecond', measured, pass }),
    ],
  });

describe('several runs of one scenario', () => {
  test('are told together: mean, interval from how they differ, and in how many it held', () => {
    const suite = suiteDocument([
      measuring(98),
      measuring(100),
      measuring(102, false),
      aVerdict({ scenario: 'other' }),
    ]);
    expect(suite.repeats).toEqual([
      {
        scenario: 'order-flood-5x',
        text: 'legit.goodput >= 90',
        metric: 'legit.goodput',
        unit: 'perSecond',
        runs: 3,
        held: 2,
        mean: 100,
        interval: [expect.closeTo(100 - 4.9683, 3), expect.closeTo(100 + 4.9683, 3)],
      },
    ]);
    const line = 'order-flood-5x: legit.goodput >= 90: 100/s [95.03/s, 105/s] over 3 runs, held in 2';
    expect(renderSuite(suite, { color: false, width: 120 })).toContain(`runs: ${line}`);
    expect(renderMarkdown(suite).replaceAll('\\', '')).toContain(`- ${line}`);
  });

  test('that told nothing, never, or were not judged have no part in it', () => {
    const invalid = { ...measuring(7), verdict: 'invalid' as const };
    expect(suiteDocument([measuring(98), measuring(null), measuring('infinite'), invalid]).repeats).toEqual([]);
    expect(suiteDocument([measuring(98), measuring(99), measuring(null)]).repeats[0]?.runs).toBe(2);
    expect(suiteDocument([measuring(98)]).repeats).toEqual([]);
  });

  test.each([
    [1, 12.7062],
    [9, 2.2622],
    [10, 2.2281],
    [30, 2.0423],
    [1000, 1.9623],
  ])("have Student's point for %d degrees of freedom", (degrees, point) => {
    expect(studentPoint(degrees)).toBeCloseTo(point, 3);
  });
});
