/** Durations of files: "500ms", "20s", "5 min". Whole microseconds, exact. */
import { accepted, complained, type Parsed, show } from './faults.js';

const unitUs: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
  ['min', 60_000_000],
  ['h', 3_600_000_000],
  ['d', 86_400_000_000],
]);

/** What people write instead, and what to write. `m` alone is refused: it could be minutes or milliseconds. */
const misspelt: ReadonlyMap<string, string> = new Map([
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['msec', 'ms'],
  ['millis', 'ms'],
  ['milliseconds', 'ms'],
  ['usec', 'us'],
  ['µs', 'us'],
  ['mins', 'min'],
  ['minute', 'min'],
  ['minutes', 'min'],
  ['hr', 'h'],
  ['hrs', 'h'],
  ['hour', 'h'],
  ['hours', 'h'],
  ['day', 'd'],
  ['days', 'd'],
]);

export interface DurationRange {
  readonly minUs: number;
  readonly maxUs: number;
}

// At most 15 digits before the point and 6 behind it: the parts below stay exact in a double.
const pattern = /^(-?)(\d{1,15})(?:\.(\d{1,6}))? ?([a-zA-Zµ]+)$/;

function unitComplaint(written: string, amount: string, unit: string): Parsed<never> {
  const right = misspelt.get(unit.toLowerCase());
  if (unit === 'm' || unit === 'M') {
    const hint = `"m" could be minutes or milliseconds: write "${amount}min" or "${amount}ms"`;
    return complained('FP_DURATION_INVALID', `must be a duration, got ${written}`, hint);
  }
  const hint =
    right !== undefined
      ? `write "${amount}${right}"`
      : unitUs.has(unit.toLowerCase())
        ? `units are lower-case: write "${amount}${unit.toLowerCase()}"`
        : `there is no unit ${show(unit)}: use us, ms, s, min, h or d`;
  return complained('FP_DURATION_INVALID', `must be a duration, got ${written}`, hint);
}

/** @returns whole microseconds within `range`; never rounds: "0.5us" is refused. */
export function parseDuration(input: unknown, range: DurationRange): Parsed<number> {
  if (typeof input === 'number') {
    const hint = Number.isFinite(input) && input > 0 ? `write the unit, for example "${input}s"` : undefined;
    return complained('FP_DURATION_INVALID', `must be a duration with a unit, got ${input}`, hint);
  }
  const match = typeof input === 'string' ? pattern.exec(input.trim()) : null;
  if (match === null) return complained('FP_DURATION_INVALID', `must be a duration, got ${show(input)}`);
  const [, sign = '', whole = '', fraction = '', unit = ''] = match;
  const factor = unitUs.get(unit);
  if (factor === undefined) return unitComplaint(show(input), fraction === '' ? whole : `${whole}.${fraction}`, unit);
  const scale = 10 ** fraction.length;
  const us = Number(whole) * factor + (Number(fraction) * factor) / scale;
  const signed = sign === '-' ? -us : us;
  if (signed < range.minUs || signed > range.maxUs || !Number.isSafeInteger(us)) {
    const tooFine = us < Number.MAX_SAFE_INTEGER && !Number.isInteger(us);
    const wanted = tooFine ? 'whole microseconds' : `${formatDuration(range.minUs)} to ${formatDuration(range.maxUs)}`;
    return complained('FP_DURATION_RANGE', `must be ${wanted}, got ${show(input)}`);
  }
  return accepted(signed);
}

/** The largest unit that shows it whole: 90000000 is "90s", 60000000 "1min". Exact for whole microseconds. */
export function formatDuration(us: number): string {
  if (us === 0) return '0s';
  let shown = `${us}us`;
  for (const [unit, factor] of unitUs) if (us % factor === 0) shown = `${us / factor}${unit}`;
  return shown;
}
