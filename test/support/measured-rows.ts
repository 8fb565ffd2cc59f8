/** Measures one metric over hand-made rows. */
import type { Plan } from '../../harness/scenario/plan.js';
import { judgeRows } from './judge-task.js';
import type { Observed } from './observation-builder.js';
import { anExpectation, aPlan, SECOND_US } from './plan-builder.js';

export const at = (seconds: number): number => Math.round(seconds * SECOND_US);

interface Asked {
  readonly phase?: string | null;
  readonly plan?: Partial<Plan>;
}

/** The result of `SUBJECT.METRIC <= 0`. */
export function resultOf(
  measured: string,
  rows: readonly Partial<Observed>[],
  { phase = null, plan = {} }: Asked = {},
) {
  const expectations = [anExpectation(measured, '<=', 0, { phase })];
  const [result] = judgeRows(aPlan({ expectations, ...plan }), rows).expectations;
  if (result === undefined) throw new Error('no result');
  return result;
}

export function measured(metric: string, rows: readonly Partial<Observed>[], asked: Asked = {}) {
  return resultOf(metric, rows, asked).measured;
}

/** One row after the other, 1 ms apart. */
export const times = (count: number, row: Partial<Observed>, from = 1.5): Partial<Observed>[] =>
  Array.from({ length: count }, (_, index) => ({ ...row, intendedUs: at(from) + index * 1000 }));
