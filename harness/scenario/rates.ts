/** Rates of files: exact cells per period for limits, plain numbers per second for arrivals. */
import { HORIZON_US } from '../core/spec.js';
import { parseDuration } from './durations.js';
import { accepted, complained, type Parsed, show } from './faults.js';

/** Exact: `cells` come back every `periodUs`. Not reduced. */
export interface CellRate {
  readonly cells: number;
  readonly periodUs: number;
}

/** 2^31 - 1: the largest number of cells anywhere. */
export const CELLS_MAX = 2_147_483_647;
/** Arrivals per second of one actor. */
const ARRIVALS_PER_SECOND_MAX = 1_000_000;
/** One arrival in 366 days: a run can't be longer. */
const ARRIVALS_PER_SECOND_MIN = 1 / (366 * 86_400);

// "60/s" or "7 per 3s"; the number may be written wrongly here so that the complaint can say how.
const pattern = /^(-?\d{1,15}(?:\.\d{1,9})?) ?(?:\/ ?([a-z]+)|per (.{1,30}))$/;

interface RawRate {
  readonly amount: number;
  readonly periodUs: number;
}

function parseRaw(input: unknown): Parsed<RawRate> {
  if (typeof input === 'number') {
    if (input <= 0) return complained('FP_RATE_NOT_POSITIVE', `must be above 0 cells, got ${input}`);
    const hint = Number.isFinite(input) ? `write the period, for example "${input} per 1s" or "${input}/s"` : undefined;
    return complained('FP_RATE_INVALID', `must be a rate with a period, got ${input}`, hint);
  }
  const match = typeof input === 'string' ? pattern.exec(input.trim()) : null;
  if (match === null) return complained('FP_RATE_INVALID', `must be a rate, got ${show(input)}`);
  const [, amount = '', unit, period] = match;
  const length = parseDuration(unit === undefined ? period : `1${unit}`, { minUs: 1, maxUs: HORIZON_US });
  if (!length.ok) {
    const hint =
      unit === undefined
        ? (length.complaint.hint ?? 'the period is a duration, for example "5 per 1s"')
        : `after "/" stands one unit (us, ms, s, min, h, d); write longer periods as "${amount} per 3s"`;
    return complained('FP_RATE_INVALID', `must be a rate, got ${show(input)}`, hint);
  }
  if (!(Number(amount) > 0)) return complained('FP_RATE_NOT_POSITIVE', `must be above 0 cells, got ${amount}`);
  return accepted({ amount: Number(amount), periodUs: length.value });
}

/** A limit's rate: whole cells in whole microseconds. */
export function parseCellRate(input: unknown): Parsed<CellRate> {
  const raw = parseRaw(input);
  if (!raw.ok) return raw;
  const { amount, periodUs } = raw.value;
  if (!Number.isInteger(amount)) {
    const hint = 'write whole cells over a longer period, for example "1 per 2s" instead of "0.5 per 1s"';
    return complained('FP_RATE_INVALID', `must be a whole number of cells, got ${amount}`, hint);
  }
  if (amount > CELLS_MAX) return complained('FP_RATE_RANGE', `must be at most ${CELLS_MAX} cells, got ${amount}`);
  return accepted({ cells: amount, periodUs });
}

/** An actor's rate: arrivals per second, any number in range. */
export function parseArrivalRate(input: unknown): Parsed<number> {
  const raw = parseRaw(input);
  if (!raw.ok) {
    if (raw.complaint.code !== 'FP_RATE_NOT_POSITIVE') return raw;
    const message = raw.complaint.message.replace('0 cells', '0/s');
    return complained(
      'FP_RATE_NOT_POSITIVE',
      message,
      'write for example "60/s"; an actor that sends nothing is left out',
    );
  }
  const perSecond = (raw.value.amount * 1_000_000) / raw.value.periodUs;
  return isArrivalRate(perSecond) ? accepted(perSecond) : outOfRange(show(input));
}

function isArrivalRate(perSecond: number): boolean {
  return perSecond <= ARRIVALS_PER_SECOND_MAX && perSecond >= ARRIVALS_PER_SECOND_MIN;
}

function outOfRange(shown: string): Parsed<never> {
  return complained('FP_RATE_RANGE', `must be 1 per 366d to ${ARRIVALS_PER_SECOND_MAX}/s, got ${shown}`);
}

/** A rate as it is written: of its own, or a share of the capacity, which may be known only when the file is loaded. */
export type WrittenRate = { readonly perSecond: number } | { readonly capacityShare: number };

const sharePattern = /^(\d{1,9}(?:\.\d{1,9})?) ?%(?: of capacity)?$/;

/** "60/s", or "60% of capacity" (above 0, at most 10000 %). */
export function parseWrittenRate(input: unknown): Parsed<WrittenRate> {
  const match = typeof input === 'string' ? sharePattern.exec(input.trim()) : null;
  if (match === null) {
    const plain = parseArrivalRate(input);
    return plain.ok ? accepted({ perSecond: plain.value }) : plain;
  }
  const percent = Number(match[1]);
  if (!String(input).trim().endsWith('capacity')) {
    return complained('FP_RATE_INVALID', `must be a rate, got ${show(input)}`, `write "${match[1]}% of capacity"`);
  }
  if (percent === 0) return complained('FP_RATE_NOT_POSITIVE', `must be above 0%, got ${show(input)}`);
  if (percent > 10_000) return complained('FP_RATE_RANGE', `must be at most 10000% of capacity, got ${show(input)}`);
  return accepted({ capacityShare: percent / 100 });
}

/** The same, or nothing at all for a while or at an end: "0/s". */
export function parseStepRate(input: unknown): Parsed<WrittenRate> {
  const isZero = typeof input === 'string' && /^0+(?:\.0+)? ?\/ ?(?:us|ms|s|min|h|d)$/.test(input.trim());
  return isZero ? accepted({ perSecond: 0 }) : parseWrittenRate(input);
}

/**
 * Arrivals per second that a written rate stands for.
 * @param capacityPerSecond - null = not known, which is a complaint for a share of it.
 */
export function resolveRate(rate: WrittenRate, capacityPerSecond: number | null): Parsed<number> {
  if ('perSecond' in rate) return accepted(rate.perSecond);
  const percent = Number((rate.capacityShare * 100).toPrecision(12));
  if (capacityPerSecond === null) {
    return complained('FP_CAPACITY_UNKNOWN', `is ${percent}% of a capacity that the file does not tell`);
  }
  const perSecond = rate.capacityShare * capacityPerSecond;
  const shown = `${percent}% of ${capacityPerSecond}/s`;
  return isArrivalRate(perSecond) ? accepted(perSecond) : outOfRange(shown);
}
