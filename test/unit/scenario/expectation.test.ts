import { describe, expect, it } from 'vitest';
import { type ExpectationScope, parseExpectation } from '../../../harness/scenario/expectation.js';
import type { Expectation } from '../../../harness/scenario/plan.js';

const scope: ExpectationScope = {
  phases: ['calm', 'attack', 'max'],
  actors: [
    { name: 'customers', label: 'legit' },
    { name: 'order-flooder', label: 'abuse' },
  ],
};

function read(text: string): Omit<Expectation, 'text'> {
  const reading = parseExpectation(text, scope);
  if (!reading.ok) throw new Error(reading.complaint.message);
  const { text: written, ...rest } = reading.expectation;
  expect(written).toBe(text.trim());
  return rest;
}

const leak = { subject: 'abuse', metric: 'leak', phase: null, operator: '<=', wholeInterval: false } as const;

describe('parseExpectation', () => {
  it.each<[string, Omit<Expectation, 'text'>]>([
    ['abuse.leak <= 0', { ...leak, wanted: { kind: 'number', value: 0 } }],
    ['  abuse.leak<=0  ', { ...leak, wanted: { kind: 'number', value: 0 } }],
    [
      'legit.falseBlockRate <= 0.1%',
      { ...leak, subject: 'legit', metric: 'falseBlockRate', wanted: { kind: 'number', value: 0.001 } },
    ],
    [
      'legit.falseBlockRate <= 0.001 (95%)',
      {
        ...leak,
        subject: 'legit',
        metric: 'falseBlockRate',
        wanted: { kind: 'number', value: 0.001 },
        wholeInterval: true,
      },
    ],
    [
      'legit.falseBlockRate.worst < 1%',
      {
        ...leak,
        subject: 'legit',
        metric: 'falseBlockRate.worst',
        operator: '<',
        wanted: { kind: 'number', value: 0.01 },
      },
    ],
    [
      'abuse.timeToFirstBlock <= 5s',
      { ...leak, metric: 'timeToFirstBlock', wanted: { kind: 'number', value: 5_000_000 } },
    ],
    [
      'order-flooder.timeToContain <= 5 min',
      { ...leak, subject: 'order-flooder', metric: 'timeToContain', wanted: { kind: 'number', value: 300_000_000 } },
    ],
    [
      'legit.latency.p99 <= max(2x calm, 50ms)',
      {
        ...leak,
        subject: 'legit',
        metric: 'latency.p99',
        wanted: {
          kind: 'max',
          values: [
            { kind: 'relative', factor: 2, phase: 'calm' },
            { kind: 'number', value: 50_000 },
          ],
        },
      },
    ],
    [
      'customers.admitted > 100',
      { ...leak, subject: 'customers', metric: 'admitted', operator: '>', wanted: { kind: 'number', value: 100 } },
    ],
    [
      'legit.goodput in attack >= 0.95x calm',
      {
        ...leak,
        subject: 'legit',
        metric: 'goodput',
        phase: 'attack',
        operator: '>=',
        wanted: { kind: 'relative', factor: 0.95, phase: 'calm' },
      },
    ],
    [
      'all.admittedRate in max == 100/s',
      {
        ...leak,
        subject: 'all',
        metric: 'admittedRate',
        phase: 'max',
        operator: '==',
        wanted: { kind: 'number', value: 100 },
      },
    ],
    [
      'all.errors <= min(1, max(2, 0.5x calm))',
      {
        ...leak,
        subject: 'all',
        metric: 'errors',
        wanted: {
          kind: 'min',
          values: [
            { kind: 'number', value: 1 },
            {
              kind: 'max',
              values: [
                { kind: 'number', value: 2 },
                { kind: 'relative', factor: 0.5, phase: 'calm' },
              ],
            },
          ],
        },
      },
    ],
  ])('reads %j', (text, expectation) => {
    expect(read(text)).toEqual(expectation);
  });

  it.each([
    { text: 'abuse.leak', code: 'FP_EXPECTATION_INVALID', offset: 10, because: 'the operator is missing' },
    { text: 'abuse.leak <=', code: 'FP_EXPECTATION_INVALID', offset: 13, because: 'the value is missing' },
    { text: 'abuse.leak => 0', code: 'FP_EXPECTATION_INVALID', offset: 11, because: 'there is no such operator' },
    { text: 'abuse.leak <= -1', code: 'FP_EXPECTATION_INVALID', offset: 14, because: 'no metric is negative' },
    { text: 'abuse.leak <= 0 0', code: 'FP_EXPECTATION_INVALID', offset: 16, because: 'it has an end' },
    { text: 'abuse.leak <= 0 (90%)', code: 'FP_EXPECTATION_INVALID', offset: 17, because: 'there is one interval' },
    { text: 'abuse.leak <= 0x calm', code: 'FP_EXPECTATION_INVALID', offset: 14, because: 'a factor is above 0' },
    { text: 'abuse.leak <= max(1', code: 'FP_EXPECTATION_INVALID', offset: 19, because: 'the bracket is open' },
    {
      text: 'abuse.leak <= max(max(max(max(max(1)))))',
      code: 'FP_EXPECTATION_INVALID',
      offset: 30,
      because: 'nesting has an end',
    },
    { text: 'abuse <= 0', code: 'FP_METRIC_UNKNOWN', offset: 5, because: 'the metric is missing' },
    { text: 'abuse.leek <= 0', code: 'FP_METRIC_UNKNOWN', offset: 6, because: 'there is no such metric' },
    { text: 'flooder.leak <= 0', code: 'FP_REFERENCE_UNKNOWN', offset: 0, because: 'there is no such actor' },
    { text: 'legit.leak in storm <= 0', code: 'FP_REFERENCE_UNKNOWN', offset: 14, because: 'there is no such phase' },
    { text: 'legit.errors <= 2x storm', code: 'FP_REFERENCE_UNKNOWN', offset: 19, because: 'there is no such phase' },
    { text: 'legit.latency.p99 <= 50', code: 'FP_UNIT_MISMATCH', offset: 21, because: 'a duration has a unit' },
    { text: 'legit.latency.p99 <= 5%', code: 'FP_UNIT_MISMATCH', offset: 21, because: 'a duration is no ratio' },
    { text: 'legit.latency.p99 <= 5m', code: 'FP_UNIT_MISMATCH', offset: 21, because: 'm is ambiguous' },
    { text: 'legit.errors <= 5ms', code: 'FP_UNIT_MISMATCH', offset: 16, because: 'a number is no duration' },
    { text: 'legit.errors <= 5%', code: 'FP_UNIT_MISMATCH', offset: 16, because: 'a number is no ratio' },
    { text: 'abuse.leak <= 5/s', code: 'FP_UNIT_MISMATCH', offset: 14, because: 'cells are no rate' },
    { text: 'legit.errorRate <= 5s', code: 'FP_UNIT_MISMATCH', offset: 19, because: 'a ratio is no duration' },
  ])('refuses $text at its place: $because', ({ text, code, offset }) => {
    expect(parseExpectation(text, scope)).toMatchObject({ ok: false, complaint: { code }, offset });
  });

  it('proposes the near ones, or lists what there is', () => {
    const hintOf = (text: string) => {
      const reading = parseExpectation(text, scope);
      return reading.ok ? '' : reading.complaint.hint;
    };
    expect(hintOf('abuse.leek <= 0')).toBe('did you mean "leak"?');
    expect(hintOf('legit.latency <= 5s')).toBe('did you mean "latency.p50" or "latency.p99" or "latency.p999"?');
    expect(hintOf('customer.leak <= 0')).toBe('did you mean "customers"?');
    expect(hintOf('legit.leak in atack <= 0')).toBe('did you mean "attack"?');
    expect(hintOf('legit.leak in storm <= 0')).toBe('known here: calm, attack, max');
    expect(hintOf('legit.latency.p99 <= 50')).toBe('write the unit, for example "50ms"');
  });

  it('is not about a label that no actor has', () => {
    const honest: ExpectationScope = { phases: ['calm'], actors: [{ name: 'customers', label: 'legit' }] };
    expect(parseExpectation('abuse.leak <= 0', honest)).toMatchObject({
      ok: false,
      complaint: { code: 'FP_REFERENCE_UNKNOWN', message: 'is about abuse, but no actor has that label' },
    });
    expect(parseExpectation('all.leak <= 0', honest).ok).toBe(true);
  });

  it('reads a hostile text without going back over it', () => {
    expect(parseExpectation(`${'a'.repeat(500_000)}.${'1'.repeat(500_000)}`, scope).ok).toBe(false);
    expect(parseExpectation(' '.repeat(1_000_000), scope).ok).toBe(false);
  });
});
