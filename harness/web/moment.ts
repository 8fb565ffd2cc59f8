/** Moments of a run as a person reads them, milliseconds since the first phase. */
import { formatDurationMs } from '../report/quantity.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

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
