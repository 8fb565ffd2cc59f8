import { describe, expect, test } from 'vitest';
import { createGate, encodeRecord } from '../../../harness/core/index.js';
import { Answer, Decision, type Gate } from '../../../harness/core/spec.js';
import { bucket, fixedWindow, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, never } = Decision;
const INT32_MAX = 2 ** 31 - 1;
const roomy = bucket(1000, 1, 1);

/** Cells that the request took. */
function costOf(gate: Gate, elements?: number, ageUs?: number): number {
  expect(gate.limit(0, 0, 'a', '', '', elements, ageUs)).toBe(admitted);
  return 1000 - (gate.answer[Answer.remaining] ?? 0);
}

describe('the cost of a request', () => {
  const ages = [
    { underUs: 10, cells: 5 },
    { underUs: 20, cells: 0 },
    { underUs: 30, cells: 3 },
  ];
  const rows = [
    { elements: undefined, ageUs: undefined, cost: 7, because: 'one element, and an age of 0, which costs most' },
    { elements: 1, ageUs: 9, cost: 7, because: '9 is under 10' },
    { elements: 1, ageUs: 10, cost: 2, because: '10 is not under 10, but under 20' },
    { elements: 1, ageUs: 20, cost: 5, because: '20 is under 30' },
    { elements: 1, ageUs: 30, cost: 2, because: '30 is under none' },
    { elements: 1, ageUs: 2 ** 53 - 1, cost: 2, because: 'the largest age is under none' },
    { elements: 3, ageUs: 30, cost: 6, because: 'each element costs 2' },
    { elements: 3, ageUs: 0, cost: 11, because: 'the age costs once, not for each element' },
  ];
  test.each(rows)('of $elements elements of age $ageUs is $cost: $because', ({ elements, ageUs, cost }) => {
    expect(costOf(gateOf(limit({ numbers: roomy, costs: [2], ageCosts: [ages] })), elements, ageUs)).toBe(cost);
  });

  test('is told to an interned caller and in a record too', () => {
    const one = limit({ numbers: roomy, costs: [2], ageCosts: [ages] });
    const [numbered, packed] = [gateOf(one), gateOf(one)];
    numbered.limitCaller(0, 0, numbered.internCaller('a', '', ''), 3, 20);
    const texts = { ip: 'a', account: '', keyId: '', message: '', signature: '' };
    packed.decideRecord(
      encodeRecord({ nowUs: 0, classId: 0, timestampUs: 0, windowUs: 0, ...texts, elements: 3, ageUs: 20 }),
    );
    expect(numbered.answer[Answer.remaining]).toBe(1000 - 9);
    expect([...packed.answer]).toEqual([...numbered.answer]);
  });

  test("is each class's own", () => {
    const gate = createGate(
      spec({ classes: ['one', 'other'], limits: [limit({ numbers: roomy, costs: [1, 2], ageCosts: [[], ages] })] }),
      hashSecret,
    );
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.remaining]).toBe(999);
    gate.limit(0, 1, 'a', '', '');
    expect(gate.answer[Answer.remaining]).toBe(992);
  });

  test('above all that a counter keeps is never, and counts as much as one can', () => {
    const largest = fixedWindow(INT32_MAX, 10, 'calendar');
    const gate = (costs: number[], cells: number): Gate =>
      gateOf(limit({ numbers: largest, costs, ageCosts: [[{ underUs: 5, cells }]] }));
    expect(gate([INT32_MAX - 1], 1).limit(0, 0, 'a', '', '')).toBe(admitted);
    expect(gate([INT32_MAX], 1).limit(0, 0, 'a', '', '')).toBe(never);
    expect(gate([INT32_MAX], INT32_MAX).limit(0, 0, 'a', '', '', 65_535)).toBe(never);
    const counting = gateOf(limit({ numbers: { ...largest, countsDenied: true }, costs: [INT32_MAX] }));
    expect(counting.limit(0, 0, 'a', '', '', 65_535)).toBe(never);
    expect([counting.answer[Answer.remaining], counting.answer[Answer.resetAtUs]]).toEqual([0, 10]);
  });

  test.each([0, -1, 1.5, Number.NaN, 65_536, null as unknown as number])('can not be of %s elements', (elements) => {
    const gate = gateOf(limit({}));
    const caller = gate.internCaller('a', '', '');
    const wanted = expect.objectContaining({ code: 'FP_ELEMENTS_INVALID' });
    expect(() => gate.limit(0, 0, 'a', '', '', elements)).toThrow(wanted);
    expect(() => gate.decide(0, 0, 'a', '', '', 0, 0, '', '', elements)).toThrow(wanted);
    expect(() => gate.limitCaller(0, 0, caller, elements)).toThrow(wanted);
    expect(gate.limit(0, 0, 'a', '', '', 65_535)).toBe(never);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(admitted);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('can not be of the age %d', (ageUs) => {
    const gate = gateOf(limit({}));
    const wanted = expect.objectContaining({ code: 'FP_TIME_INVALID' });
    expect(() => gate.limit(0, 0, 'a', '', '', 1, ageUs)).toThrow(wanted);
    expect(() => gate.decide(0, 0, 'a', '', '', 0, 0, '', '', 1, ageUs)).toThrow(wanted);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(admitted);
  });
});
