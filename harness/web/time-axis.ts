/** The time axis that all charts of a run share. */

import type { PageRun, SeriesDocument } from '../report/page-data.js';
import { visible } from '../report/text.js';
import type { Axis } from './chart/line.js';
import { momentText, tickText } from './moment.js';
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
