import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketNumbers } from '../../../harness/judge/bucket-numbers.js';
import { CertainDebt } from '../../../harness/judge/certain-debt.js';
import { aTokenBucket } from '../../support/plan-builder.js';

const numbers = { name: 'orders', cellUnits: 7, usUnits: 3, capacityCells: 5 };

describe('bucketNumbers', () => {
  it('reduces the rate to its smallest whole numbers', () => {
    const { cellUnits, usUnits } = bucketNumbers(
      aTokenBucket({ refillCells: 160_000, refillPeriodUs: 86_400_000_000 }),
    );
    expect([cellUnits, usUnits]).toEqual([540_000, 1]);
  });
});

describe('CertainDebt', () => {
  it('gives the same debt, start and cells whether its past was collapsed or not', () => {
    const anyStep = fc.record({ delayUs: fc.nat(40), serviceUs: fc.nat(30), cells: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 60 }), (steps) => {
        const collapsed = new CertainDebt(numbers);
        const whole = new CertainDebt(numbers);
        let nowUs = 30;
        for (const { delayUs, serviceUs, cells } of steps) {
          nowUs += delayUs;
          const sentUs = nowUs - serviceUs;
          collapsed.collapse(nowUs - 30);
          collapsed.insert(sentUs, cells);
          whole.insert(sentUs, cells);
          expect(collapsed.at(nowUs)).toBe(whole.at(nowUs));
          expect(7 * collapsed.foundCells - 3 * (nowUs - collapsed.foundStartUs)).toBe(whole.at(nowUs));
        }
        collapsed.collapse(nowUs + 1);
        expect(collapsed.entries).toBe(0);
        expect(collapsed.at(nowUs + 1)).toBe(whole.at(nowUs + 1));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('stops with FP_ORACLE_RANGE before a sum can lose its last digit', () => {
    const debt = new CertainDebt({ name: 'daily', cellUnits: 86_400_000_000, usUnits: 1, capacityCells: 1 });
    debt.insert(1, 104_000);
    expect(() => debt.insert(2, 1000)).toThrowError(
      expect.objectContaining({ code: 'FP_ORACLE_RANGE', message: expect.stringContaining('daily') }),
    );
  });
});
