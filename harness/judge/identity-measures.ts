/** Metrics that look at identities one by one: false blocks, fairness, who was hurt. */
import { identityOffsets } from '../actors/identities/offsets.js';
import { Outcome } from '../actors/outcome.js';
import { type IdentityRatio, ratioInterval } from './interval.js';
import type { JudgedRun } from './judged-run.js';
import { between, exactly, type Measurement, untold, withIntervals } from './measurement.js';
import type { Selection } from './scope.js';
import { actorsOf } from './scope.js';
import { IdentityCount } from './tally.js';

/** An identity with fewer answers is no candidate for the worst. */
export const ANSWERS_MIN = 10;
/** Who got less of what was asked for than this is hurt. */
export const HURT_BELOW = 0.95;

const NO_HONEST_ANSWERS = 'no honest request of it was answered';

/** Indexes of all identities of these actors. */
export function* identitiesOf({ plan }: Pick<JudgedRun, 'plan'>, actors: readonly number[]): Iterable<number> {
  const offsets = identityOffsets(plan);
  for (const actor of actors) {
    for (let index = offsets[actor] ?? 0; index < (offsets[actor + 1] ?? 0); index++) yield index;
  }
}

export function honestOnly(run: JudgedRun, { actors }: Selection): readonly number[] {
  return actors.filter((actor) => run.plan.actors[actor]?.label === 'legit');
}

function* falseBlockRatios(run: JudgedRun, selection: Selection, countUnsure: boolean): Iterable<IdentityRatio> {
  const { tally } = run;
  for (const identity of identitiesOf(run, honestOnly(run, selection))) {
    const trials = tally.ofIdentity(identity, selection.phases, IdentityCount.answered);
    if (trials === 0) continue;
    const hits = tally.ofIdentity(identity, selection.phases, IdentityCount.falseBlocks);
    const unsure = countUnsure ? tally.ofIdentity(identity, selection.phases, IdentityCount.unsureBlocks) : 0;
    yield { hits: hits + unsure, trials };
  }
}

export function measureFalseBlockRate(run: JudgedRun, selection: Selection): Measurement {
  const { tally } = run;
  const honest = { ...selection, actors: honestOnly(run, selection) };
  const trials = tally.answered.sum(honest);
  if (trials === 0) return untold(NO_HONEST_ANSWERS);
  const hits = tally.falseBlocks.sum(honest);
  const unsure = tally.unsureFalseBlocks.sum(honest);
  const low = ratioInterval(falseBlockRatios(run, selection, false), run.seed);
  const high = unsure === 0 ? low : ratioInterval(falseBlockRatios(run, selection, true), run.seed);
  return withIntervals(between(hits / trials, hits / trials, (hits + unsure) / trials), low, high, NO_HONEST_ANSWERS);
}

export function measureWorstFalseBlockRate(run: JudgedRun, selection: Selection): Measurement {
  const { tally } = run;
  let low: number | null = null;
  let high = 0;
  for (const identity of identitiesOf(run, honestOnly(run, selection))) {
    const answered = tally.ofIdentity(identity, selection.phases, IdentityCount.answered);
    if (answered < ANSWERS_MIN) continue;
    const hits = tally.ofIdentity(identity, selection.phases, IdentityCount.falseBlocks);
    const unsure = tally.ofIdentity(identity, selection.phases, IdentityCount.unsureBlocks);
    low = Math.max(low ?? 0, hits / answered);
    high = Math.max(high, (hits + unsure) / answered);
  }
  return low === null ? untold(`no honest identity of it had ${ANSWERS_MIN} answers`) : between(low, low, high);
}

/** Of what an identity asked for the share that was admitted, and that share had every unclear answer been one. */
interface AdmittedShare {
  readonly least: number;
  readonly most: number;
}

/** Of each identity that asked for anything. */
function* admittedShares({ plan, tally }: JudgedRun, { actors, phases }: Selection): Iterable<AdmittedShare> {
  for (const identity of identitiesOf({ plan }, actors)) {
    const asked = tally.ofIdentity(identity, phases, IdentityCount.asked);
    if (asked === 0) continue;
    const admitted = tally.ofIdentity(identity, phases, IdentityCount.admitted);
    const unclear = tally.ofIdentity(identity, phases, IdentityCount.unclear);
    yield { least: admitted / asked, most: (admitted + unclear) / asked };
  }
}

/**
 * Jain's index, see R. Jain, D. Chiu, W. Hawe, DEC-TR-301 (1984). Which of the unclear answers would make it smallest is
 * not looked for: the sum and the sum of squares are each taken at their worst, which is never less than the truth.
 */
export function measureFairness(run: JudgedRun, selection: Selection): Measurement {
  let identities = 0;
  let sum = 0;
  let squares = 0;
  let sumMost = 0;
  let squaresMost = 0;
  for (const { least, most } of admittedShares(run, selection)) {
    identities++;
    sum += least;
    squares += least * least;
    sumMost += most;
    squaresMost += most * most;
  }
  if (squares === 0) return untold('nothing of it was admitted');
  const index = (sum * sum) / (identities * squares);
  if (sumMost === sum) return exactly(index);
  const high = Math.min(1, (sumMost * sumMost) / (identities * squares));
  return between(index, (sum * sum) / (identities * squaresMost), high);
}

export function measureBlastRadius(run: JudgedRun, selection: Selection): Measurement {
  let identities = 0;
  let hurt = 0;
  let perhapsHurt = 0;
  for (const { least, most } of admittedShares(run, selection)) {
    identities++;
    if (most < HURT_BELOW) hurt++;
    if (least < HURT_BELOW) perhapsHurt++;
  }
  if (identities === 0) return untold('it asked for nothing');
  return between(hurt / identities, hurt / identities, perhapsHurt / identities);
}

/** Honest requests falsely blocked for each request of abuse that was blocked in the same phases. */
export function measureCollateral(run: JudgedRun, selection: Selection): Measurement {
  const { tally } = run;
  const honest = { ...selection, actors: honestOnly(run, selection) };
  const abuse = { ...selection, actors: actorsOf(run.plan, 'abuse') };
  const blocked = [Outcome.throttled, Outcome.never, Outcome.banned, Outcome.refused, Outcome.denied].reduce(
    (sum, outcome) => sum + tally.count(outcome, abuse),
    0,
  );
  if (tally.answered.sum(honest) === 0) return untold(NO_HONEST_ANSWERS);
  if (blocked === 0) return untold('no request of abuse was blocked');
  const certain = tally.falseBlocks.sum(honest) / blocked;
  return between(certain, certain, certain + tally.unsureFalseBlocks.sum(honest) / blocked);
}

/** How long after the last abuse the last ban of an honest identity holds, as far as answers told of it. */
export function measureResidualBan(run: JudgedRun, selection: Selection): Measurement {
  const { plan, tally } = run;
  const ends = plan.actors.flatMap(({ label, active }) => (label === 'abuse' ? active.map(({ endUs }) => endUs) : []));
  if (ends.length === 0) return untold('the scenario has no abuse whose bans could remain');
  const honest = { ...selection, actors: honestOnly(run, selection) };
  if (tally.answered.sum(honest) === 0) return untold(NO_HONEST_ANSWERS);
  const endUs = Math.max(...ends);
  return exactly(Math.max(0, tally.bannedUntilUs.max(honest) - endUs));
}
