/** `leak` and `leakRatio` of a subject. */
import type { JudgedRun } from './judged-run.js';
import type { LeakSubject, WorstInterval } from './leak-oracle.js';
import { between, type Measurement, untold } from './measurement.js';
import { selectionOf } from './scope.js';

/** A counter belongs to every subject of whom it certainly admitted at least one request. */
function subjectsOf(run: JudgedRun, all: readonly LeakSubject[], subject: string): readonly LeakSubject[] {
  const { actors } = selectionOf(run.plan, subject, null);
  return all.filter((counter) => counter.actors.some((actor) => actors.includes(actor)));
}

/** Why there is nothing to hold against a bound; null when there is. */
function nothingCharged(run: JudgedRun, subject: string, phase: string | null): string | null {
  const selection = selectionOf(run.plan, subject, phase);
  if (run.tally.sent.sum(selection) === 0) return 'it sent nothing';
  const isLimited = selection.actors.some((actor) => run.limitedActors.has(actor));
  if (!isLimited) return 'no limit of the policy matches what it sent';
  const isProvable = selection.actors.some((actor) => run.provableActors.has(actor));
  return isProvable ? null : 'of the limits that match what it sent no leak can be proved from outside';
}

interface NearestInterval {
  readonly counter: LeakSubject;
  readonly interval: WorstInterval;
}

/**
 * Of each of a subject's counters the interval that came nearest to its bound or is furthest above it: of those that
 * end in the phase, or at any time, the warm-up included, when no phase is named.
 */
function nearestOf(
  run: JudgedRun,
  all: readonly LeakSubject[],
  subject: string,
  phase: string | null,
): readonly NearestInterval[] {
  const phaseIndex = run.plan.phases.findIndex(({ name }) => name === phase);
  return subjectsOf(run, all, subject).flatMap((counter) => {
    const interval = phase === null ? counter.worst : (counter.worstByPhase?.get(phaseIndex) ?? null);
    return interval === null ? [] : [{ counter, interval }];
  });
}

/** The broken intervals of a subject's counters. */
export function leaksOf(run: JudgedRun, subject: string, phase: string | null): readonly NearestInterval[] {
  return nearestOf(run, run.leakSubjects, subject, phase).filter(({ interval }) => interval.excessCells > 0);
}

function excessSum(found: readonly NearestInterval[]): number {
  return found.reduce((sum, { interval }) => sum + Math.max(0, interval.excessCells), 0);
}

export function measureLeak(run: JudgedRun, subject: string, phase: string | null): Measurement {
  const why = nothingCharged(run, subject, phase);
  if (why !== null) return untold(why);
  const cells = excessSum(leaksOf(run, subject, phase));
  const answered = run.tally.answered.sum(selectionOf(run.plan, subject, phase));
  if (cells === 0 && answered === 0) return untold('nothing of it was answered');
  const most = Math.max(cells, excessSum(nearestOf(run, run.perhapsLeakSubjects, subject, phase)));
  return between(cells, cells, most);
}

/** null = none. */
function worstRatio(found: readonly NearestInterval[]): number | null {
  return found.reduce<number | null>((worst, { interval: { admittedCells, excessCells } }) => {
    return Math.max(worst ?? 0, admittedCells / (admittedCells - excessCells));
  }, null);
}

/** Whether anything of it charged a limit within the phase; no phase = at any time, the warm-up included. */
function hasCharged({ plan, charges }: JudgedRun, subject: string, phase: string | null): boolean {
  const { actors, phases } = selectionOf(plan, subject, phase);
  return charges.sum({ actors, phases: phase === null ? [...phases, plan.phases.length] : phases }) > 0;
}

export function measureLeakRatio(run: JudgedRun, subject: string, phase: string | null): Measurement {
  const why = nothingCharged(run, subject, phase);
  if (why !== null) return untold(why);
  const ratio = worstRatio(nearestOf(run, run.leakSubjects, subject, phase));
  if (ratio === null && !(run.followsSome && hasCharged(run, subject, phase))) {
    return untold('nothing of it was certainly admitted under a limit');
  }
  const least = ratio ?? 0;
  const most = worstRatio(nearestOf(run, run.perhapsLeakSubjects, subject, phase)) ?? 0;
  // Counters that are not followed have not leaked: of them it is known that the ratio is at most 1.
  return between(least, least, Math.max(least, most, run.followsSome ? 1 : 0));
}
