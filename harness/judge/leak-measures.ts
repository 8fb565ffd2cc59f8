/** `leak` and `leakRatio` of a subject. */
import type { JudgedRun } from './judged-run.js';
import type { LeakSubject, WorstInterval } from './leak-oracle.js';
import { exactly, type Measurement, untold } from './measurement.js';
import { phaseAt, selectionOf } from './scope.js';

/** A counter belongs to every subject of whom it certainly admitted at least one request. */
function subjectsOf(run: JudgedRun, subject: string): readonly LeakSubject[] {
  const { actors } = selectionOf(run.plan, subject, null);
  return run.leakSubjects.filter((counter) => counter.actors.some((actor) => actors.includes(actor)));
}

/** Why there is nothing to hold against a bound; null when there is. */
function nothingCharged(run: JudgedRun, subject: string, phase: string | null): string | null {
  const selection = selectionOf(run.plan, subject, phase);
  if (run.tally.sent.sum(selection) === 0) return 'it sent nothing';
  const isLimited = selection.actors.some((actor) => run.limitedActors.has(actor));
  return isLimited ? null : 'no limit of the policy matches what it sent';
}

/**
 * The broken intervals of a subject's counters: the worst one of each that ends in the phase, or at any time, the
 * warm-up included, when no phase is named.
 */
export function leaksOf(
  run: JudgedRun,
  subject: string,
  phase: string | null,
): readonly { readonly counter: LeakSubject; readonly interval: WorstInterval }[] {
  const phaseIndex = run.plan.phases.findIndex(({ name }) => name === phase);
  return subjectsOf(run, subject).flatMap((counter) => {
    if (counter.worst === null || counter.worstByPhase === null) return [];
    const interval = phase === null ? counter.worst : counter.worstByPhase.get(phaseIndex);
    return interval === undefined || interval.excessCells <= 0 ? [] : [{ counter, interval }];
  });
}

export function measureLeak(run: JudgedRun, subject: string, phase: string | null): Measurement {
  const why = nothingCharged(run, subject, phase);
  if (why !== null) return untold(why);
  return exactly(leaksOf(run, subject, phase).reduce((sum, { interval }) => sum + interval.excessCells, 0));
}

export function measureLeakRatio(run: JudgedRun, subject: string, phase: string | null): Measurement {
  const why = nothingCharged(run, subject, phase);
  if (why !== null) return untold(why);
  const { phases } = run.plan;
  const phaseIndex = phases.findIndex(({ name }) => name === phase);
  let worst: number | null = null;
  for (const counter of subjectsOf(run, subject)) {
    const broken = counter.worstByPhase?.get(phaseIndex);
    const nearest = counter.worst;
    const interval = phase === null ? nearest : (broken ?? nearest);
    if (interval === null || (phase !== null && phaseAt(phases, interval.toUs) !== phaseIndex)) continue;
    const ratio = interval.admittedCells / (interval.admittedCells - interval.excessCells);
    worst = Math.max(worst ?? 0, ratio);
  }
  return worst === null ? untold('nothing of it was certainly admitted under a limit') : exactly(worst);
}
