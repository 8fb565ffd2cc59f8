/** One limit decision for one key: Floodproof's engines against the limiters of Node. */
import { FloodproofError } from '../../errors.js';
import {
  isAdmitted as admits,
  burstDisagreement,
  frozen,
  type LimiterSettings,
  type OpenLimiter,
  refillDisagreement,
  refilling,
} from './agreement.js';
import { engineRival, type LimiterRival, limiterPackages, loadPackages } from './limiter-rivals.js';
import { formRivals, openForms } from './own-forms.js';
import { loadOwnLimiter } from './own-limiter.js';
import { type Contestant, race, racerOf } from './rounds.js';
import { type BenchRow, FLOOR, NATIVE, TS } from './row.js';
import { type BenchSetting, enginesOf, type GroupResult, rowsOf } from './setting.js';
import { keysText } from './tables.js';
import { drawOrder, keyList } from './workload.js';

/** Above this many keys the others would not fit into the heap together. */
const KEYS_TOGETHER_MAX = 1_000_000;
const ORDER_LENGTH = 2 ** 20;

const paths = [
  // The bucket is far larger than the benchmark is long.
  { path: 'admit', isAdmitted: true, capacity: 2 ** 30, refillCells: 1, refillPeriodUs: 1_000_000 },
  // Its one cell is used up before anything is timed, and comes back in an hour.
  { path: 'deny', isAdmitted: false, capacity: 1, refillCells: 1, refillPeriodUs: 3_600_000_000 },
] as const;

export async function limiterRivals(
  setting: Pick<BenchSetting, 'native' | 'ts' | 'originUs' | 'ownLimiter'>,
): Promise<{ rivals: LimiterRival[]; absent: string[] }> {
  const { native, ts, originUs, ownLimiter } = setting;
  const packages = await loadPackages(limiterPackages);
  const own = ownLimiter === null ? [] : [await loadOwnLimiter(ownLimiter)];
  return {
    rivals: [
      ...enginesOf({ native, ts }).map(({ name, engine }) => engineRival(name, engine, originUs)),
      ...own,
      ...packages.rivals,
    ],
    absent: packages.absent,
  };
}

/**
 * @returns a sentence for each rival that does not count as a token bucket does though it is one.
 * @throws {FloodproofError} FP_BENCH_DISAGREES when a rival decides otherwise than all others.
 */
export async function assertLimitersAgree(rivals: readonly LimiterRival[], originUs: number): Promise<string[]> {
  const remarks: string[] = [];
  for (const rival of rivals) {
    const burst = await within(rival, frozen, (limiter) => burstDisagreement(limiter, originUs));
    if (burst !== null) {
      const message = `${rival.name} does not hold a limit of ${frozen.capacity} cells: ${burst}`;
      throw new FloodproofError('FP_BENCH_DISAGREES', message);
    }
    if (rival.kind !== 'bucket') continue;
    const refill = await within(rival, refilling, (limiter) => refillDisagreement(limiter, originUs));
    if (refill !== null)
      remarks.push(`${rival.name} does not refill as a token bucket does (${refill}); timed all the same`);
  }
  return remarks;
}

export async function measureLimit(setting: BenchSetting): Promise<GroupResult> {
  const { rivals, absent } = await limiterRivals(setting);
  const forms = rivals.filter(({ name }) => name === NATIVE || name === TS).flatMap(formRivals);
  const remarks = await assertLimitersAgree([...rivals, ...forms], setting.originUs);
  const rows: BenchRow[] = [];
  const keyCounts = setting.isQuick ? [1000] : [1000, 1_000_000, ...(setting.isLarge ? [10_000_000] : [])];
  for (const count of keyCounts) {
    const racing = count <= KEYS_TOGETHER_MAX ? rivals : rivals.filter(({ kind }) => kind === 'bucket');
    const left = rivals.filter((rival) => !racing.includes(rival));
    if (left.length > 0) {
      remarks.push(
        `${left.map(({ name }) => name).join(', ')}: left out at ${keysText(count)}, which would not fit beside the others`,
      );
    }
    const keys = keyList(count);
    for (const path of paths) rows.push(...(await measurePath(setting, racing, keys, path)));
  }
  return { rows, absent: [...absent, ...remarks] };
}

async function measurePath(
  setting: BenchSetting,
  rivals: readonly LimiterRival[],
  keys: readonly string[],
  path: (typeof paths)[number],
): Promise<BenchRow[]> {
  const { isAdmitted } = path;
  setting.say(`limit, ${path.path}, ${keysText(keys.length)}`);
  const opened = rivals.map((rival) => ({ rival, limiter: rival.open({ ...path, maxKeys: keys.length }) }));
  for (const { limiter } of opened) await decideAll(limiter, keys);
  const forms = opened.flatMap(({ rival, limiter }) =>
    limiter.gate === undefined ? [] : [openForms(rival.name, limiter.gate, keys, isAdmitted)],
  );
  const contestants: Contestant<string>[] = [
    { name: FLOOR, form: 'value', decide: (key) => key.length > 0 === isAdmitted },
    ...opened.map(({ rival: { name, kind }, limiter: { form, decide } }) => {
      return { name, form, decide, hasOwnClock: kind === 'other' };
    }),
  ];
  const rows: BenchRow[] = [];
  for (const skew of ['uniform', 'zipf'] as const) {
    const order = drawOrder(keys.length, skew, ORDER_LENGTH);
    const racers = [
      ...contestants.map((contestant) => racerOf(contestant, { items: keys, order, isAdmitted })),
      ...forms.flatMap((racersOn) => racersOn(order)),
    ];
    const timings = await race(racers, setting.pace);
    rows.push(...rowsOf({ group: 'limit', path: path.path, variant: '', keys: keys.length, skew }, timings));
  }
  for (const { limiter } of opened) limiter.close();
  return rows;
}

/** One decision for each key: where a cell is all there is, it is used up then. */
async function decideAll(limiter: OpenLimiter, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    if (limiter.form === 'value') limiter.decide(key, Date.now() * 1000);
    else await admits(limiter, key, Date.now() * 1000);
  }
}

async function within<T>(
  rival: LimiterRival,
  settings: LimiterSettings,
  check: (limiter: OpenLimiter) => Promise<T>,
): Promise<T> {
  const limiter = rival.open(settings);
  try {
    return await check(limiter);
  } finally {
    limiter.close();
  }
}
