/** Turns what the workers saw of themselves into the generator's part of the verdict, and says whether the run is valid. */
import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { GeneratorResult } from '../judge/verdict.js';
import type { Plan } from '../scenario/plan.js';
import type { HealthSecond } from './health.js';

export interface MachineSecond {
  readonly second: number;
  readonly stolenCpuShare: number;
}

export interface GeneratorRecord {
  /** Rows of all workers. */
  readonly seconds: readonly HealthSecond[];
  readonly machine: readonly MachineSecond[];
  /** One encoded histogram of own dispatch delays a worker. */
  readonly ownDelays: readonly string[];
  /** Measured requests: due, written, answered. */
  readonly asked: number;
  readonly sent: number;
  readonly answered: number;
  readonly targetWaitMsP99: number;
}

type WorstSecond = NonNullable<GeneratorResult['worstSecond']>;

function ownDelayMsP99(encoded: readonly string[]): number {
  const [first, ...others] = encoded.map((text) => decodeFromCompressedBase64(text) as Histogram);
  if (first === undefined) return 0;
  for (const other of others) first.add(other);
  return first.totalCount === 0 ? 0 : first.getValueAtPercentile(99) / 1000;
}

/** Bounds are judged per worker and second: one late worker is not averaged away by the others. */
function findWorstSecond(record: GeneratorRecord, warmupSeconds: number): WorstSecond | null {
  const stolen = new Map(record.machine.map((row) => [row.second, row.stolenCpuShare]));
  let worst: HealthSecond | null = null;
  for (const row of record.seconds) {
    if (row.second < warmupSeconds || row.asked === 0) continue;
    if (worst === null || row.ownDelayUsP99 > worst.ownDelayUsP99) worst = row;
  }
  if (worst === null) return null;
  return {
    second: worst.second - warmupSeconds,
    ownDelayMsP99: worst.ownDelayUsP99 / 1000,
    eventLoopLagMsMax: worst.eventLoopLagUsMax / 1000,
    gcMs: worst.gcUs / 1000,
    stolenCpuShare: stolen.get(worst.second) ?? 0,
  };
}

function ownFaultsOf(seconds: readonly HealthSecond[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { ownFaults } of seconds) {
    for (const [code, count] of Object.entries(ownFaults)) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return counts;
}

const remedy = 'ask for fewer requests per second, add --workers, or use a quieter machine';

export function accountForGenerator(plan: Plan, record: GeneratorRecord): GeneratorResult {
  const warmupSeconds = Math.floor(plan.warmupUs / 1e6);
  const measured = record.seconds.filter((row) => row.second >= warmupSeconds);
  // Whole seconds: when the warm-up ends within one, that one counts.
  const due = measured.reduce((sum, row) => sum + row.asked, 0);
  const dispatched = measured.reduce((sum, row) => sum + row.dispatched, 0);
  const delayMs = ownDelayMsP99(record.ownDelays);
  const worstSecond = findWorstSecond(record, warmupSeconds);
  const { ownDelayP99Us, ownDelayP99WorstSecondUs, sentShare } = plan.generator;
  const faults: string[] = [];
  if (delayMs * 1000 > ownDelayP99Us) {
    faults.push(
      `the generator handed requests over ${delayMs.toFixed(1)} ms late (p99 of the run, bound ${ownDelayP99Us / 1000} ms): ${remedy}`,
    );
  }
  if (worstSecond !== null && worstSecond.ownDelayMsP99 * 1000 > ownDelayP99WorstSecondUs) {
    faults.push(
      `in second ${worstSecond.second} the generator was ${worstSecond.ownDelayMsP99.toFixed(1)} ms late ` +
        `(p99, bound ${ownDelayP99WorstSecondUs / 1000} ms; event loop lag ${worstSecond.eventLoopLagMsMax.toFixed(0)} ms, ` +
        `garbage collection ${worstSecond.gcMs.toFixed(0)} ms, CPU stolen ${(worstSecond.stolenCpuShare * 100).toFixed(0)} %): ${remedy}`,
    );
  }
  if (due > 0 && dispatched / due < sentShare) {
    faults.push(
      `only ${dispatched} of ${due} due requests were handed over within a second (bound ${sentShare * 100} %): ${remedy}`,
    );
  }
  for (const [code, count] of ownFaultsOf(record.seconds)) {
    faults.push(
      `${count} requests could not be sent because of this machine (${code}): raise the limit of open files ` +
        '("ulimit -n"), or use fewer identities or a smaller request.connectionsPerIp',
    );
  }
  return {
    asked: record.asked,
    sent: record.sent,
    answered: record.answered,
    ownDelayMsP99: delayMs,
    targetWaitMsP99: record.targetWaitMsP99,
    worstSecond,
    faults,
  };
}
