/** What there is to say of a trace. */
import type { TraceTimes } from '../actors/arrivals/trace.js';
import type { TraceSummary } from './loaded-trace.js';

/** Share of stamps equal to the one before, above which whole seconds are told of. */
const COARSE_SHARE = 0.01;

type Told = Pick<TraceSummary, 'file' | 'stampForm' | 'notes'>;

export function summaryOf({ offsetsUs, who }: TraceTimes, { file, stampForm, notes }: Told): TraceSummary {
  const stamps = offsetsUs.length;
  const durationUs = offsetsUs[stamps - 1] ?? 0;
  const counts = who === null ? null : countsOf(who);
  const grainUs = grainOf(offsetsUs);
  const isCoarse = grainUs >= 1_000_000 && repeated(offsetsUs) > COARSE_SHARE * stamps;
  return {
    file,
    stamps,
    durationUs,
    ratePerSecond: durationUs === 0 ? null : stamps / (durationUs / 1_000_000),
    gapCv: gapCv(offsetsUs),
    distinct: counts?.length ?? null,
    topShare: counts === null ? null : counts.reduce((most, count) => Math.max(most, count), 0) / stamps,
    stampForm,
    grainUs,
    notes: isCoarse
      ? [...notes, `${file}: its times are whole seconds, so bursts within a second are the grain of the file`]
      : notes,
  };
}

/** Coefficient of variation of the gaps; null where there are none or all are 0. */
function gapCv(timesUs: ArrayLike<number>): number | null {
  const gaps = timesUs.length - 1;
  const mean = gaps < 1 ? 0 : ((timesUs[gaps] as number) - (timesUs[0] as number)) / gaps;
  if (mean === 0) return null;
  let squares = 0;
  for (let i = 1; i <= gaps; i++) squares += ((timesUs[i] as number) - (timesUs[i - 1] as number) - mean) ** 2;
  return Math.sqrt(squares / gaps) / mean;
}

function repeated(offsetsUs: Float64Array): number {
  return offsetsUs.reduce((count, atUs, i) => count + (i > 0 && atUs === offsetsUs[i - 1] ? 1 : 0), 0);
}

/** By number of the caller, which go from 0 without a hole. */
function countsOf(who: Uint32Array): Uint32Array {
  const callers = who.reduce((highest, caller) => Math.max(highest, caller), 0) + 1;
  const counts = new Uint32Array(callers);
  for (const caller of who) counts[caller] = (counts[caller] as number) + 1;
  return counts;
}

function grainOf(offsetsUs: Float64Array): number {
  return [1_000_000, 1_000].find((grain) => offsetsUs.every((atUs) => atUs % grain === 0)) ?? 1;
}
