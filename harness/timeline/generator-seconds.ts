/**
 * What the generator saw of itself, second by second: the worst of its threads. At most 300 rows: of a longer run one
 * row tells of several seconds, and has the worst of each.
 */
import type { Plan } from '../scenario/plan.js';
import type { GeneratorSecond } from './series.js';

/** One thread in one second since the start of the warm-up. */
export interface ThreadSecond {
  readonly second: number;
  readonly ownDelayUsP99: number;
  readonly eventLoopLagUsMax: number;
  readonly gcUs: number;
}

export interface MachineSecond {
  readonly second: number;
  readonly stolenCpuShare: number;
}

const ROWS_MAX = 300;

type Worst = { -readonly [Field in keyof GeneratorSecond]: GeneratorSecond[Field] };

/** Seconds are counted from the first phase; where the warm-up ends within a second, that one is second 0. */
export function generatorSeconds(
  plan: Plan,
  threads: readonly ThreadSecond[],
  machine: readonly MachineSecond[],
): readonly GeneratorSecond[] {
  const warmupSeconds = Math.floor(plan.warmupUs / 1e6);
  const seconds = [...threads, ...machine].map(({ second }) => second);
  const span = seconds.reduce((most, second) => Math.max(most, second), 0) + 1;
  const stretch = Math.ceil(span / ROWS_MAX);
  const rows = new Map<number, Worst>();
  const rowOf = (second: number): Worst => {
    const first = Math.floor(second / stretch) * stretch;
    const known = rows.get(first);
    if (known !== undefined) return known;
    const row = { second: first - warmupSeconds, ownDelayMsP99: 0, eventLoopLagMsMax: 0, gcMs: 0, stolenCpuShare: 0 };
    rows.set(first, row);
    return row;
  };
  for (const { second, ownDelayUsP99, eventLoopLagUsMax, gcUs } of threads) {
    const row = rowOf(second);
    row.ownDelayMsP99 = Math.max(row.ownDelayMsP99, rounded(ownDelayUsP99 / 1000));
    row.eventLoopLagMsMax = Math.max(row.eventLoopLagMsMax, rounded(eventLoopLagUsMax / 1000));
    row.gcMs = Math.max(row.gcMs, rounded(gcUs / 1000));
  }
  for (const { second, stolenCpuShare } of machine) {
    // The machine is also looked at before the first second and after the last one of the load.
    if (second < 0) continue;
    const row = rowOf(second);
    row.stolenCpuShare = Math.max(row.stolenCpuShare, rounded(stolenCpuShare));
  }
  return [...rows.keys()].sort((a, b) => a - b).map((first) => rows.get(first) as GeneratorSecond);
}

/** To three digits after the point. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
