/** What the figures say, in sentences: where native code pays, and where the crossing into it eats the gain. */
import { measuredText } from './figures.js';
import { BATCHED, formName, INTERNED } from './own-forms.js';
import { type BenchRow, type Figure, FLOOR, NATIVE, pathText, placesOf, rowName, TS } from './row.js';
import { keysText, ratioOf } from './tables.js';

/** Whether one is faster in every round than the other in any. */
export function isBeyondSpread(one: BenchRow, other: BenchRow): boolean {
  return one.nsPerOp.max < other.nsPerOp.min || other.nsPerOp.max < one.nsPerOp.min;
}

/** Medians that are nearer to each other are level when their rounds overlap too. */
const LEVEL_RATIO = 1.1;

export function findingsOf(rows: readonly BenchRow[], figures: readonly Figure[]): string[] {
  const uniform = rows.filter(({ skew }) => skew === 'uniform');
  return [
    ...enginePairs(uniform),
    ...fusion(uniform),
    ...batches(uniform),
    ...bestOfOthers(uniform),
    ...numbers(uniform),
    ...memory(uniform),
    ...threads(rows),
    ...missed(figures),
  ];
}

const deeds: Readonly<Record<string, string>> = {
  limit: 'One limit decision',
  verify: 'One signature check',
  fused: 'A whole request in one call',
};

function placeText(row: BenchRow): string {
  return `${deeds[row.group] ?? row.group}, ${pathText(row)}, ${keysText(row.keys)}`;
}

function enginePairs(rows: readonly BenchRow[]): string[] {
  return placesOf(rows).flatMap((place) => {
    const native = place.find(({ rival }) => rival === NATIVE);
    const ts = place.find(({ rival }) => rival === TS);
    if (native === undefined || ts === undefined || native.group === 'memory') return [];
    const figures = `${ns(native)} against ${ns(ts)}`;
    if (!isBeyondSpread(native, ts)) return [`${placeText(native)}: ${untold(native, ts)} (${figures}).`];
    const ratio = ratioOf(ts, native);
    return ratio > 1
      ? [`${placeText(native)}: native is ${ratio.toFixed(1)} times as fast as TypeScript (${figures}).`]
      : [
          `${placeText(native)}: the crossing costs more than it gains, TypeScript is ` +
            `${(1 / ratio).toFixed(1)} times as fast as native (${figures}).`,
        ];
  });
}

/** What is to be said of native and TypeScript whose rounds overlap. */
function untold(native: BenchRow, ts: BenchRow): string {
  return isLevel(native, ts)
    ? 'native and TypeScript are level, the crossing eats the gain'
    : 'rounds spread too far to tell native from TypeScript';
}

function isLevel(one: BenchRow, other: BenchRow): boolean {
  return Math.abs(Math.log(ratioOf(one, other))) <= Math.log(LEVEL_RATIO);
}

/** One call with everything in it against two calls. */
function fusion(rows: readonly BenchRow[]): string[] {
  return placesOf(rows).flatMap((place) => {
    const fused = place.find(({ group, rival }) => group === 'fused' && rival === NATIVE);
    const apart = place.find(({ rival }) => rival.endsWith(', two calls'));
    if (fused === undefined || apart === undefined || fused.variant === 'forged') return [];
    const where = `${pathText(fused)}, ${keysText(fused.keys)}`;
    if (!isBeyondSpread(fused, apart)) {
      const words = isLevel(fused, apart) ? 'gains nothing' : 'gains nothing that could be told from the spread';
      return [`Fusing verifier and limit into one call ${words}, ${where}.`];
    }
    const savedNs = apart.nsPerOp.median - fused.nsPerOp.median;
    return [
      `Fusing verifier and limit into one call ${savedNs > 0 ? 'saves' : 'costs'} ${Math.abs(savedNs).toFixed(0)} ns, ${where}.`,
    ];
  });
}

function batches(rows: readonly BenchRow[]): string[] {
  return placesOf(rows.filter(({ group }) => group === 'batch')).flatMap((place) => {
    const largest = Math.max(...place.map(({ rival }) => sizeOf(rival))).toLocaleString('en');
    const of = (end: string): BenchRow | undefined =>
      place.find(({ rival }) => rival.startsWith(NATIVE) && rival.endsWith(end));
    const [calls, batch, packed] = [
      of(`, ${largest} calls`),
      of(`, a batch of ${largest}`),
      of(`, a batch of ${largest}, packed on the spot`),
    ];
    if (calls === undefined || batch === undefined || packed === undefined) return [];
    const pays = packed.nsPerOp.median <= calls.nsPerOp.median;
    return [
      `${batchText(batch, calls)}; ` +
        `${pays ? 'packed on the spot it still pays' : 'packing it in JavaScript first eats the gain'} (${ns(packed)}).`,
    ];
  });
}

/** How many a batch has, 0 when the row is of none or of one that is packed on the spot. */
function sizeOf(rival: string): number {
  return Number(/, a batch of ([\d,]+)$/.exec(rival)?.[1]?.replaceAll(',', '') ?? 0);
}

function batchText(batch: BenchRow, calls: BenchRow): string {
  const size = sizeOf(batch.rival).toLocaleString('en');
  const where = `${pathText(batch)}, ${keysText(batch.keys)}`;
  const start = `A native batch of ${size} takes ${ns(batch)} a request, single calls ${ns(calls)} (${where})`;
  if (isBeyondSpread(batch, calls) || !isLevel(batch, calls)) {
    const words = isBeyondSpread(batch, calls) ? '' : ', though their rounds overlap';
    return `${start}${words}`;
  }
  return `${start}: the batch gains nothing`;
}

/** The fastest package that is not ours. */
function bestOfOthers(rows: readonly BenchRow[]): string[] {
  return placesOf(rows.filter(({ group }) => group !== 'batch' && group !== 'memory')).flatMap((place) => {
    const others = place.filter(({ rival }) => rival !== FLOOR && !rival.startsWith('floodproof '));
    const best = others.toSorted((a, b) => a.nsPerOp.median - b.nsPerOp.median)[0];
    const ours = [NATIVE, TS]
      .map((name) => place.find(({ rival }) => rival === name))
      .filter((row) => row !== undefined);
    if (best === undefined || ours.length === 0) return [];
    const ratios = ours.map(
      (row) =>
        `${ratioOf(best, row).toFixed(1)} times the time of ${row.rival}${isBeyondSpread(best, row) ? '' : ' (within the spread)'}`,
    );
    return [`${placeText(best)}: the best of the others is ${best.rival} with ${ns(best)}, ${ratios.join(', ')}.`];
  });
}

/** What it gains to name callers by numbers, and to ask for many of them at once. */
function numbers(rows: readonly BenchRow[]): string[] {
  return placesOf(rows.filter(({ group }) => group === 'limit')).flatMap((place) =>
    [NATIVE, TS].flatMap((engine) => {
      const of = (name: string): BenchRow | undefined => place.find(({ rival }) => rival === name);
      const [text, interned, batched] = [engine, formName(engine, INTERNED), formName(engine, BATCHED)].map(of);
      if (text === undefined || interned === undefined || batched === undefined) return [];
      return [
        `${placeText(text)}, ${engine}: ${ns(text)} by text, ${ns(interned)} by the number of an interned caller, ` +
          `${ns(batched)} each in ${BATCHED}.`,
      ];
    }),
  );
}

function memory(rows: readonly BenchRow[]): string[] {
  return placesOf(rows.filter(({ group }) => group === 'memory')).map((place) => {
    const sizes = place
      .map(({ rival, bytesPerKey }) => ({ rival, bytes: bytesPerKey?.resident ?? Number.NaN, kept: bytesPerKey }))
      .toSorted((a, b) => a.bytes - b.bytes)
      .map(
        ({ rival, bytes, kept }) =>
          `${rival} ${bytes.toFixed(0)}${kept?.isTextKept === false ? ' (no text kept)' : ''}`,
      );
    return (
      `Bytes of the process for each of ${keysText(place[0]?.keys ?? 0)}, with the key's text where the limiter keeps ` +
      `it: ${sizes.join(', ')}.`
    );
  });
}

function threads(rows: readonly BenchRow[]): string[] {
  const two = rows.filter(({ group, threads: count }) => group === 'threads' && count > 1);
  return two.flatMap((row) => {
    const one = rows.find(
      (other) => other.threads === 1 && rowName({ ...other, threads: row.threads }) === rowName(row),
    );
    if (one === undefined) return [];
    const where = row.variant === '' ? `${keysText(row.keys)} ${row.skew}` : row.variant;
    const start = `Two threads on one table, ${where}, ${row.rival}`;
    if (!isBeyondSpread(one, row)) return [`${start}: nothing that could be told from the spread.`];
    const gain = ratioOf(one, row);
    return gain > 1
      ? [`${start}: ${gain.toFixed(2)} times the decisions of one.`]
      : [`${start}: they wait for each other, ${(1 / gain).toFixed(2)} times the time of one for each decision.`];
  });
}

function missed(figures: readonly Figure[]): string[] {
  return figures
    .filter(({ isReached }) => isReached === false)
    .map(
      ({ what, reach, unit, measured }) =>
        `Not reached: ${what}: ${measuredText(unit, measured)}, ${reach} was wanted.`,
    );
}

function ns({ nsPerOp: { median } }: BenchRow): string {
  return `${median.toFixed(0)} ns`;
}
