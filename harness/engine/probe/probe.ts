/** Looks for the capacity of a target: a closed loop first, and from what it brings an open-loop search, within a time. */
import { FloodproofError } from '../../errors.js';
import type { Policy } from '../../scenario/plan.js';
import type { Capacity, ClosedStep, Trial } from './capacity.js';
import { closedLoop, STEP_MS } from './closed-loop.js';
import { trialMs } from './probe-plan.js';
import { nextRate, RATE_MAX, searchResult } from './rate-search.js';
import { playTrial, type TrialSetting } from './trial.js';

/** The closed loop may take this share of the time. */
const CLOSED_SHARE = 0.35;
/** The search begins at this share of what the closed loop brought: low enough to hold as a rule. */
const START_SHARE = 0.25;

export interface ProbeOptions extends TrialSetting {
  readonly p99BoundUs: number;
  /** Wall time for everything. At least one step and one trial are made. */
  readonly timeMs: number;
  readonly clientIp: Policy['clientIp'];
  readonly onStep: (step: ClosedStep) => void;
  readonly onTrial: (trial: Trial) => void;
}

/**
 * @returns what was found until `timeMs` or the stop.
 * @throws {FloodproofError} FP_TARGET_UNREACHABLE when nothing is answered, and what `play` throws.
 */
export async function probe(options: ProbeOptions): Promise<Capacity> {
  const { target, path, stop, p99BoundUs, tls = null } = options;
  const beganMs = performance.now();
  const leftMs = (share: number): number => options.timeMs * share - (performance.now() - beganMs);
  const steps = await closedLoop({
    target,
    tls,
    path,
    isOver: () => stop.aborted || leftMs(CLOSED_SHARE) < STEP_MS,
    onStep: options.onStep,
  });
  const best = Math.max(...steps.map(({ answeredPerSecond }) => answeredPerSecond));
  if (best === 0) {
    throw new FloodproofError('FP_TARGET_UNREACHABLE', `nothing was answered to GET ${path} at ${target.origin}`, {
      hint: 'name a path that the target answers at once with --path',
    });
  }
  const trials: Trial[] = [];
  const start = Math.min(RATE_MAX, Math.max(1, Math.round(best * START_SHARE)));
  while (!stop.aborted && (trials.length === 0 || leftMs(1) >= trialMs(p99BoundUs))) {
    const ratePerSecond = nextRate(trials, start);
    if (ratePerSecond === null) break;
    // The first one may go on past the time, or nothing would be told.
    const deadline = trials.length === 0 ? stop : AbortSignal.any([stop, AbortSignal.timeout(Math.ceil(leftMs(1)))]);
    const asked = { ratePerSecond, p99BoundUs, clientIp: options.clientIp };
    const trial = await playTrial({ ...options, stop: deadline }, asked, trials.length + 1);
    // One that was cut short says nothing.
    if (deadline.aborted) break;
    trials.push(trial);
    options.onTrial(trial);
  }
  const { held, missed, limitedBy } = searchResult(trials);
  return {
    closedLoopPerSecond: best,
    openLoopPerSecond: held?.ratePerSecond ?? null,
    p99Ms: held?.p99Ms ?? null,
    p99BoundMs: p99BoundUs / 1000,
    missedPerSecond: missed?.ratePerSecond ?? null,
    limitedBy,
    closedLoop: steps,
    trials,
  };
}
