/** The figures that were to be reached, each with what it is held against. Only those whose rows were measured. */
import type { Spread } from '../spread.js';
import { BATCHED, formName, INTERNED } from './own-forms.js';
import { type BenchRow, type Figure, FLOOR, NATIVE, TS } from './row.js';
import { keysText, numberText, type Table } from './tables.js';

const MILLION = 1_000_000;
const FUSED_KEYS = 10_000;
const RATE_LIMITER_FLEXIBLE = 'rate-limiter-flexible memory';

type Wanted = Partial<Pick<BenchRow, 'group' | 'path' | 'variant' | 'keys' | 'skew' | 'threads' | 'rival'>>;

export function figuresOf(rows: readonly BenchRow[]): Figure[] {
  return [...fused(rows), ...batch(rows), ...limit(rows), ...memory(rows), ...threads(rows)];
}

function fused(rows: readonly BenchRow[]): Figure[] {
  const place = placeOf(rows, { group: 'fused', path: 'admit', keys: FUSED_KEYS });
  const ours = place.find(({ rival }) => rival === NATIVE);
  const what = `whole request in one call, ${keysText(FUSED_KEYS)}`;
  const today = fastest(place.filter(({ rival }) => rival.startsWith('createHmac')));
  const ts = place.find(({ rival }) => rival === TS);
  return [
    ...atMost(what, ours, 350, floorText(place)),
    ...atLeast(`${what}: today's fastest path / it`, ours, today, 8),
    ...atLeast(`${what}: TypeScript / it`, ours, ts, 3),
  ];
}

function batch(rows: readonly BenchRow[]): Figure[] {
  const place = placeOf(rows, { group: 'batch', path: 'admit', variant: 'whole request', keys: FUSED_KEYS });
  const packed = place.find(({ rival }) => rival === formName(NATIVE, BATCHED));
  const onTheSpot = place.find(({ rival }) => rival === `${formName(NATIVE, BATCHED)}, packed on the spot`);
  const against = onTheSpot === undefined ? '' : `packed on the spot: ${nsText(onTheSpot)}`;
  return atMost(`whole request, ${BATCHED} packed before, ${keysText(FUSED_KEYS)}`, packed, 230, against);
}

function limit(rows: readonly BenchRow[]): Figure[] {
  const place = placeOf(rows, { group: 'limit', path: 'admit', keys: MILLION, skew: 'uniform' });
  const of = (name: string): BenchRow | undefined => place.find(({ rival }) => rival === name);
  const ours = of(NATIVE);
  const peers = place.filter(({ rival }) => rival !== FLOOR && !rival.startsWith('floodproof '));
  const what = `limit alone, ${keysText(MILLION)}`;
  return [
    ...atMost(`${what}, ${BATCHED}, interned`, of(formName(NATIVE, BATCHED)), 20, ''),
    ...atMost(`${what}, one call, text`, ours, 420, floorText(place)),
    ...atLeast(`${what}, one call, text: best of the others / it`, ours, fastest(peers), 2.5),
    ...atLeast(`${what}, one call, text: ${RATE_LIMITER_FLEXIBLE} / it`, ours, of(RATE_LIMITER_FLEXIBLE), 4),
    ...atMost(`${what}, one call, interned`, of(formName(NATIVE, INTERNED)), 170, floorText(place)),
  ];
}

function memory(rows: readonly BenchRow[]): Figure[] {
  return [MILLION, 10 * MILLION].flatMap((keys) => {
    const place = placeOf(rows, { group: 'memory', keys });
    const bytes = place.find(({ rival }) => rival === NATIVE)?.bytesPerKey?.resident;
    if (bytes === undefined) return [];
    const others = place
      .filter(({ rival }) => !rival.startsWith(NATIVE))
      .map(({ rival, bytesPerKey }) => `${rival} ${numberText(bytesPerKey?.heap)}`);
    return [
      {
        what: `bytes for a key, ${keysText(keys)}`,
        unit: 'bytes' as const,
        measured: { median: bytes, min: bytes, max: bytes },
        reach: 'at most 20',
        against: `heap: ${others.join(', ')}`,
        // To a tenth of a byte, which is what is shown: a process can not be weighed more finely.
        isReached: Math.round(bytes * 10) / 10 <= 20,
      },
    ];
  });
}

function threads(rows: readonly BenchRow[]): Figure[] {
  const two = rows.filter((row) => row.group === 'threads' && row.threads === 2 && row.skew === 'uniform');
  const gains = two.flatMap((row) => {
    const one = rows.find((other) => isSameButThreads(other, row) && other.threads === 1);
    const where = row.variant === '' ? keysText(row.keys) : row.variant;
    return one === undefined
      ? []
      : ratio(`two threads / one, ${row.rival}, ${where}`, row, one, 'as near 2 as it gets');
  });
  const exact = two.flatMap(({ rival, keys, variant, admissions }) => {
    if (admissions === undefined || variant === '') return [];
    const { counted, capacity } = admissions;
    return [
      {
        what: `cells of one hot key given to two threads, ${rival}`,
        unit: 'cells' as const,
        measured: { median: counted, min: counted, max: counted },
        reach: `exactly ${capacity * keys}`,
        against: '',
        isReached: counted === capacity * keys,
      },
    ];
  });
  return [...gains, ...exact];
}

function isSameButThreads(one: BenchRow, other: BenchRow): boolean {
  return (
    one.group === other.group &&
    one.rival === other.rival &&
    one.keys === other.keys &&
    one.variant === other.variant &&
    one.skew === other.skew
  );
}

function atMost(what: string, row: BenchRow | undefined, goalNs: number, against: string): Figure[] {
  if (row === undefined) return [];
  const isReached = row.nsPerOp.median <= goalNs;
  return [{ what, unit: 'ns', measured: row.nsPerOp, reach: `at most ${goalNs}`, against, isReached }];
}

function atLeast(what: string, ours: BenchRow | undefined, other: BenchRow | undefined, goal: number): Figure[] {
  if (ours === undefined || other === undefined) return [];
  return ratio(what, ours, other, `at least ${goal}`).map((figure) => ({
    ...figure,
    isReached: figure.measured.median >= goal,
  }));
}

/** How many times the time of ours the other takes. Its range is the widest that the two spreads allow. */
function ratio(what: string, ours: BenchRow, other: BenchRow, reach: string): Figure[] {
  const measured: Spread = {
    median: other.nsPerOp.median / ours.nsPerOp.median,
    min: other.nsPerOp.min / ours.nsPerOp.max,
    max: other.nsPerOp.max / ours.nsPerOp.min,
  };
  return [{ what, unit: 'times', measured, reach, against: `${nameOf(other)}: ${nsText(other)}`, isReached: null }];
}

function nameOf({ rival, threads }: BenchRow): string {
  return threads === 1 ? rival : `${rival}, ${threads} threads`;
}

function placeOf(rows: readonly BenchRow[], wanted: Wanted): BenchRow[] {
  const entries = Object.entries(wanted) as [keyof Wanted, unknown][];
  return rows.filter((row) => entries.every(([name, value]) => row[name] === value));
}

function fastest(rows: readonly BenchRow[]): BenchRow | undefined {
  return rows.toSorted((a, b) => a.nsPerOp.median - b.nsPerOp.median)[0];
}

function floorText(place: readonly BenchRow[]): string {
  const floor = place.find(({ rival }) => rival === FLOOR);
  return floor === undefined ? '' : `${FLOOR}: ${nsText(floor)}`;
}

function nsText({ nsPerOp }: BenchRow): string {
  return `${numberText(nsPerOp.median)} ns`;
}

export function figuresTable(figures: readonly Figure[]): Table {
  return {
    title: 'What was to be reached',
    head: ['', 'measured', 'reach', 'reached', 'against'],
    lines: figures.map(({ what, unit, measured, reach, against, isReached }) => [
      what,
      measuredText(unit, measured),
      reach,
      isReached === null ? '' : isReached ? 'yes' : 'no',
      against,
    ]),
  };
}

export function measuredText(unit: Figure['unit'], { median, min, max }: Spread): string {
  const digits = { ns: 0, times: 2, bytes: 1, cells: 0 }[unit];
  const [middle, least, most] = [median, min, max].map((value) =>
    value.toFixed(unit === 'ns' && value < 100 ? 1 : digits),
  );
  return least === most ? `${middle} ${unit}` : `${middle} (${least} to ${most}) ${unit}`;
}
