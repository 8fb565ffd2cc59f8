/** A measured value with what limits its certainty. */

export interface Measurement {
  /** In the metric's unit; Infinity = never happened; null = cannot be told. */
  readonly value: number | null;
  /** The smallest and largest that it can be, whichever way the unsure requests went. */
  readonly low: number;
  readonly high: number;
  /** 95 % interval at `low` and at `high`; null when the metric has none. */
  readonly intervals: { readonly low: readonly [number, number]; readonly high: readonly [number, number] } | null;
  /** Why a metric that has intervals has none here, a clause; '' else. */
  readonly intervalWhy: string;
  /** Why there is no value, a clause; '' when there is one. */
  readonly why: string;
}

export function exactly(value: number): Measurement {
  return { value, low: value, high: value, intervals: null, intervalWhy: '', why: '' };
}

/** @param value - the point estimate, which counts only what is certain. */
export function between(value: number, low: number, high: number): Measurement {
  return { value, low, high, intervals: null, intervalWhy: '', why: '' };
}

export function untold(why: string): Measurement {
  return { value: null, low: Number.NaN, high: Number.NaN, intervals: null, intervalWhy: '', why };
}

export function ratioOf(hits: number, trials: number, why: string): Measurement {
  return trials > 0 ? exactly(hits / trials) : untold(why);
}

/** The same with an interval at its lowest and at its highest; one that is null says why. */
export function withIntervals(
  measured: Measurement,
  low: readonly [number, number] | null,
  high: readonly [number, number] | null,
  why: string,
): Measurement {
  if (measured.value === null) return measured;
  if (low === null || high === null) return { ...measured, intervals: null, intervalWhy: why };
  return { ...measured, intervals: { low, high } };
}
