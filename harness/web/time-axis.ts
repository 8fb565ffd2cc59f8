/** The time axis that all charts of a run share. */

import type { PageRun, SeriesDocument } from '../report/page-data.js';
import { formatDurationMs } from '../report/quantity.js';
import { visible } from '../report/text.js';
import type { Axis } from './chart/line.js';
import type { Zoom } from './zoom.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Ticks stand at round times, not at round thousands of milliseconds. */
const distancesMs = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12, 24, 48, 96].map((hours) => hours * HOUR),
];

/** `12.5 s`; a moment before the first phase is below zero. */
export function momentText(ms: number): string {
  return formatDurationMs(Math.round(ms * 1_000) / 1_000);
}

/** Short, for the edge of a chart: `500 ms`, `12 s`, `1:05`, `2:00:30`. */
export function tickText(ms: number): string {
  if (ms === 0) return '0 s';
  if (Math.abs(ms) < MINUTE) return momentText(ms);
  const seconds = Math.round(Math.abs(ms) / SECOND);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const text = minutes < 60 ? `${minutes}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return `${ms < 0 ? '-' : ''}${text}:${two(seconds % 60)}`;
}

export function timeAxisOf(run: PageRun, series: SeriesDocument, zoom: Zoom): Axis {
  const { fromMs, binMs, bins, firstBin, phases } = series;
  const first = fromMs + firstBin * binMs;
  const at = Array.from({ length: bins }, (_, bin) => first + (bin + 0.5) * binMs);
  const seen = Math.max(first + bins * binMs, phases.at(-1)?.toMs ?? 0);
  const whole: readonly [number, number] = [Math.min(first, -run.warmupMs), Math.max(seen, run.totalMs - run.warmupMs)];
  const warmup = run.warmupMs > 0 ? [{ name: 'warm-up', from: -run.warmupMs, to: 0 }] : [];
  return {
    name: 'time',
    at,
    whole,
    step: binMs,
    zoom,
    format: momentText,
    tick: tickText,
    distances: distancesMs,
    bands: [...warmup, ...phases.map(({ name, fromMs: from, toMs: to }) => ({ name: visible(name), from, to }))],
    cursorKey: 'time',
  };
}

/** The same axis over other places: seconds of the generator, answers of a leak. */
export function axisOver(axis: Axis, at: readonly number[], step: number | null): Axis {
  return { ...axis, at, step };
}

/** Requests per second out of requests per bin. */
export function perSecond(counts: readonly number[], binMs: number): number[] {
  return counts.map((count) => (count * 1_000) / binMs);
}

/** Highest value and its place; null when there is none above 0. */
export function peakOf(
  values: readonly (number | null)[],
  at: readonly number[],
): { value: number; at: number } | null {
  let peak: { value: number; at: number } | null = null;
  for (const [index, value] of values.entries()) {
    if (value !== null && value > (peak?.value ?? 0)) peak = { value, at: at[index] ?? 0 };
  }
  return peak;
}

export function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
