/**
 * What a run could have seen: the smallest leak and the smallest change of the honest customers' latency. A green result
 * of a run that could see nothing says nothing.
 */

import type { JudgedRun } from './judged-run.js';
import { resampledInflation } from './latency-measures.js';
import { isConvicted, type LeakSubject } from './leak-oracle.js';
import { actorsOf } from './scope.js';

/** Two-sided 5 % (1.96) and seen four times out of five (0.84), in standard errors. */
const DEVIATIONS = 1.959964 + 0.841621;

/**
 * How many cells too many would have been convicted: at the moment when the bound was nearest, over the counters that
 * throttled somebody; over all of them when none did, since then nothing was under pressure.
 *
 * @param isPressed - whether a counter throttled or banned anybody.
 * @param missesPressed - whether there may be such counters that are not among the subjects: if none is, it can't be told.
 */
export function smallestProvableLeak(
  subjects: readonly LeakSubject[],
  isPressed: (subject: LeakSubject) => boolean,
  missesPressed: boolean,
): number | null {
  const told = subjects.filter(({ counter, worst }) => counter >= 0 && worst !== null);
  const pressed = told.filter(isPressed);
  if (pressed.length === 0 && missesPressed) return null;
  const nearest = (pressed.length > 0 ? pressed : told).reduce(
    (most, one) => Math.max(most, one.worst?.excessCells ?? Number.NEGATIVE_INFINITY),
    Number.NEGATIVE_INFINITY,
  );
  return nearest === Number.NEGATIVE_INFINITY ? null : Math.max(1, 1 - nearest);
}

/** For the order of leaks: the worst first. */
export function convictedOf(subjects: readonly LeakSubject[]): readonly LeakSubject[] {
  const excessOf = ({ worst }: LeakSubject): number => worst?.excessCells ?? Number.NEGATIVE_INFINITY;
  return subjects.filter(isConvicted).sort((a, b) => excessOf(b) - excessOf(a));
}

/** Phases in which any abuse is active. */
function attackedPhases({ plan }: JudgedRun): readonly number[] {
  const spans = plan.actors.flatMap(({ label, active }) => (label === 'abuse' ? active : []));
  return plan.phases.flatMap(({ startUs, endUs }, phase) =>
    phase > 0 && spans.some((span) => span.startUs < endUs && span.endUs > startUs) ? [phase] : [],
  );
}

/**
 * The smallest growth of the honest p99 from the first phase to those with abuse that this run would have told from none
 * in four cases of five, as a share of it (0.1 = by a tenth).
 *
 * The logarithm of the ratio of the two percentiles is taken as normal, with the spread of its resamples: a growth of 2.8
 * standard errors is outside of the 95 % interval about none with a chance of 80 %.
 *
 * @returns null when there is no phase with abuse behind the first one, or too few honest identities answered in both.
 */
export function smallestLatencyChange(run: JudgedRun): number | null {
  const phases = attackedPhases(run);
  if (phases.length === 0) return null;
  const ratios = resampledInflation(run, { actors: actorsOf(run.plan, 'legit'), phases });
  if (ratios === null || ratios.length < 2) return null;
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  const variance = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (logs.length - 1);
  return Math.exp(DEVIATIONS * Math.sqrt(variance)) - 1;
}
