/** Numbers as the judge's sentences spell them. */
import type { MetricUnit } from '../scenario/metrics.js';

/** Four significant digits at most, no trailing zeros, no exponent. */
export function plainNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

/** `250 us`, `12.35 ms`, `1.5 s`. */
export function durationText(us: number): string {
  if (us === Number.POSITIVE_INFINITY) return 'never';
  if (us !== 0 && Math.abs(us) < 1_000) return `${plainNumber(us)} us`;
  if (Math.abs(us) < 1_000_000) return `${plainNumber(us / 1_000)} ms`;
  return `${plainNumber(us / 1_000_000)} s`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${plainNumber(count)} ${count === 1 ? one : many}`;
}

/** A value in its metric's unit: `0.1 %`, `50 ms`, `2 cells`, `120/s`, `3`. */
export function metricText(value: number, unit: MetricUnit): string {
  if (unit === 'us') return durationText(value);
  if (unit === 'ratio') return `${plainNumber(value * 100)} %`;
  if (unit === 'perSecond') return `${plainNumber(value)}/s`;
  return unit === 'cells' ? countText(value, 'cell') : plainNumber(value);
}

/** A moment of the run, milliseconds since the first phase: `1234.567 ms`. */
export function momentText(us: number, warmupUs: number): string {
  return `${(us - warmupUs) / 1000} ms`;
}
