/** One trial of the search: plays a rate for a moment, open loop, and says whether it held. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Outcome } from '../../actors/outcome.js';
import { LATENCY_US_MAX, LatencyHistogram } from '../../judge/latency-histogram.js';
import type { ObservationSource } from '../../judge/observation.js';
import { forEachRow, isAnswered } from '../../judge/row.js';
import { phaseAt } from '../../judge/scope.js';
import type { Plan } from '../../scenario/plan.js';
import { type PlayOptions, play } from '../play.js';
import type { Trial, TrialOutcome } from './capacity.js';
import { type ProbePlanOptions, probePlan } from './probe-plan.js';

/** More than this share of 429s, and a limit is what is measured. */
const THROTTLED_SHARE_MAX = 0.01;

export type TrialSetting = Pick<
  PlayOptions,
  'target' | 'transport' | 'engine' | 'workers' | 'stop' | 'folder' | 'tls'
> & {
  readonly path: string;
};

/** @throws {FloodproofError} what `play` throws. */
export async function playTrial(setting: TrialSetting, options: ProbePlanOptions, seed: number): Promise<Trial> {
  const plan = probePlan(options);
  const folder = join(setting.folder, `trial-${seed}`);
  try {
    const played = await play({
      ...setting,
      folder,
      plan,
      seed,
      arrivalsMax: null,
      closedLoop: null,
      onProgress: () => undefined,
    });
    const { faults, ownDelayMsP99 } = played.generator;
    const counts = countTrial(plan, played.observations);
    const outcome = outcomeOf(counts, { p99BoundUs: options.p99BoundUs, isLate: faults.length > 0 });
    return { ratePerSecond: options.ratePerSecond, outcome, ...counts, ownDelayMsP99 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type TrialCounts = Pick<Trial, 'asked' | 'answered' | 'throttled' | 'p99Ms'>;

/** A request without an answer is later than any that has one. */
export function countTrial(plan: Pick<Plan, 'phases'>, observations: ObservationSource): TrialCounts {
  const latency = new LatencyHistogram();
  const counts = { asked: 0, answered: 0, throttled: 0 };
  const visit = (row: Parameters<Parameters<typeof forEachRow>[1]>[0]): void => {
    if (phaseAt(plan.phases, row.intendedUs) < 0) return;
    counts.asked++;
    if (isAnswered(row)) counts.answered++;
    if (row.outcome >= Outcome.throttled && row.outcome <= Outcome.banned) counts.throttled++;
    latency.record(isAnswered(row) ? row.answeredUs - row.intendedUs : LATENCY_US_MAX);
  };
  forEachRow(observations, visit, false);
  const p99Us = latency.percentileUs(99);
  return { ...counts, p99Ms: p99Us === null || p99Us >= LATENCY_US_MAX ? null : p99Us / 1000 };
}

export function outcomeOf(
  { asked, throttled, p99Ms }: TrialCounts,
  { p99BoundUs, isLate }: { p99BoundUs: number; isLate: boolean },
): TrialOutcome {
  if (throttled > asked * THROTTLED_SHARE_MAX) return 'limited';
  if (isLate) return 'generator';
  return p99Ms !== null && p99Ms * 1000 <= p99BoundUs ? 'held' : 'slow';
}
