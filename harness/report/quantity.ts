/**
 * Numbers as a person reads them. Text never says more than the number does: a ratio above 0 is never shown as 0 %, one
 * beside 1 never as 100 %. No locale is read, so the text is the same on every machine.
 */
import type { MetricUnit } from '../scenario/metrics.js';

const SIGNIFICANT_DIGITS = 4;

/** Thousands separated by commas; a fraction below 1,000 is kept to four significant digits, above it is rounded off. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return grouped(Math.abs(value) >= 1_000 ? plain(Math.round(value)) : trimmed(value, SIGNIFICANT_DIGITS));
}

/** `250 us`, `12.35 ms`, `1.5 s`, `2 min 5 s`, `3 h 20 min`. The unit is chosen after rounding: 999.96 ms is `1 s`. */
export function formatDurationUs(us: number, digits: number = SIGNIFICANT_DIGITS): string {
  if (!Number.isFinite(us)) return 'never';
  const sign = us < 0 ? '-' : '';
  const size = Math.abs(us);
  if (size === 0) return '0 ms';
  if (rounded(size, digits) < 1_000) return `${sign}${trimmed(size, digits)} us`;
  if (rounded(size / 1_000, digits) < 1_000) return `${sign}${trimmed(size / 1_000, digits)} ms`;
  if (rounded(size / 1_000_000, digits) < 60) return `${sign}${trimmed(size / 1_000_000, digits)} s`;
  const seconds = Math.round(size / 1_000_000);
  if (seconds < 3_600) return `${sign}${pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')}`;
  const minutes = Math.round(size / 60_000_000);
  return `${sign}${pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')}`;
}

/** @param digits - significant digits, 3 or more. */
export function formatDurationMs(ms: number, digits: number = SIGNIFICANT_DIGITS): string {
  return formatDurationUs(ms * 1_000, digits);
}

/** A moment of a run, to the microsecond: `25,123.456 ms`. */
export function formatMoment(ms: number): string {
  return Number.isFinite(ms) ? `${grouped(ms.toFixed(3).replace(/\.?0+$/, ''))} ms` : 'never';
}

/** `0.1 %`, `99.97 %`. As many digits as it takes to tell the value from 0 % and from 100 %. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'never';
  const percent = ratio * 100;
  let text = trimmed(percent, SIGNIFICANT_DIGITS);
  for (let digits = SIGNIFICANT_DIGITS + 1; text === '100' && ratio !== 1 && digits <= 15; digits++) {
    text = trimmed(percent, digits);
  }
  return `${text} %`;
}

export function formatPerSecond(value: number): string {
  return Number.isFinite(value) ? `${formatCount(value)}/s` : 'never';
}

/**
 * A measured value with its unit.
 *
 * @param value - in the metric's own unit; `infinite` = never happened, null = cannot be told.
 * @param unit - a `MetricUnit`; another word is set behind the number as it is.
 */
export function formatMeasured(value: number | 'infinite' | null, unit: string): string {
  if (value === null) return 'cannot be told';
  if (value === 'infinite') return 'never';
  const format = Object.hasOwn(formats, unit) ? formats[unit as MetricUnit] : undefined;
  return format === undefined ? `${formatCount(value)} ${unit}`.trimEnd() : format(value);
}

/** `[0 %, 0.31 %]`; empty when there is no interval. */
export function formatInterval(interval: readonly [number, number] | null, unit: string): string {
  if (interval === null) return '';
  return `[${formatMeasured(interval[0], unit)}, ${formatMeasured(interval[1], unit)}]`;
}

/** `1 cell`, `2 cells`. */
export function formatCells(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return `${formatCount(value)} ${value === 1 ? 'cell' : 'cells'}`;
}

const formats: Readonly<Record<MetricUnit, (value: number) => string>> = {
  count: formatCount,
  cells: formatCells,
  ratio: formatRatio,
  us: formatDurationUs,
  perSecond: formatPerSecond,
};

function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** Digits of a whole number, without an exponent however large it is. */
function plain(value: number): string {
  return BigInt(value).toString();
}

function trimmed(value: number, digits: number): string {
  const near = rounded(value, digits);
  if (Number.isInteger(near)) return plain(near);
  const decimals = Math.min(100, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(near)))));
  return near.toFixed(decimals).replace(/\.?0+$/, '');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
