/** Plays one invariant against one limiter, many times, and makes what breaks it small. */
import fc from 'fast-check';
import type { Claims } from './claims.js';
import type { CheckFailure, Limiter, LimiterAdapter } from './contract.js';
import type { Invariant, Played } from './invariant.js';
import { openClock } from './limiter-clock.js';
import { closeLimiter, makeLimiter } from './limiter-life.js';
import { type Counts, Misbehaviour, Player } from './player.js';
import { type Complaint, Talk } from './talk.js';
import { timelineOf } from './timeline.js';

export interface CheckTask {
  readonly adapter: LimiterAdapter;
  readonly claims: Claims;
  readonly invariant: Invariant;
  readonly seed: number;
  readonly runs: number;
  readonly path: string | undefined;
  readonly counts: Counts & { runs: number };
  /** Whether the time is up; asked before each run. */
  readonly isOver: () => boolean;
  readonly onRun: () => void;
}

export interface CheckOutcome {
  /** The smallest history that breaks the promise; null: none of the runs does. */
  readonly failure: CheckFailure | null;
  /** Why there was nothing to ask; null: there was. */
  readonly unasked: string | null;
}

/** Histories that are tried to make one smaller; where time really passes each takes up to two seconds. */
const SHRINKS_MAX = { argument: 3_000, global: 3_000, real: 20 };

export async function runCheck(task: CheckTask): Promise<CheckOutcome> {
  const { adapter, claims, invariant, seed, path } = task;
  let worst: { message: string; timeline: readonly string[] } | null = null;
  let unasked: string | null = null;
  let asked = 0;
  let dropped: string | null = null;
  let shrinksLeft = SHRINKS_MAX[adapter.clock];
  let bug: { readonly error: unknown } | null = null;
  const property = fc.asyncProperty(invariant.cases(claims, adapter.clock), async (one) => {
    if (bug !== null || unasked !== null || shrinksLeft === 0 || (worst === null && task.isOver())) return true;
    if (worst !== null) shrinksLeft -= 1;
    const before = task.counts.operations;
    try {
      const { complaint, player, ...rest } = await playOnce(task, one);
      unasked = rest.unasked;
      if (rest.dropped !== null) dropped = rest.dropped;
      else if (task.counts.operations > before) asked += 1;
      task.counts.runs += 1;
      task.onRun();
      if (complaint === null) return true;
      worst = { message: complaint, timeline: timelineOf(player?.log ?? [], claims) };
      // Each smaller history would have to be waited for as long.
      if (rest.isStuck) shrinksLeft = 0;
      return false;
    } catch (error) {
      bug = { error };
      return true;
    }
  });
  const replayed = path === undefined ? {} : { path, endOnFailure: true };
  const details = await fc.check(property, { seed, numRuns: task.runs, ...replayed });
  const thrown = bug as { readonly error: unknown } | null;
  if (thrown !== null) throw thrown.error;
  const found = worst as { message: string; timeline: readonly string[] } | null;
  if (!details.failed || found === null) return { failure: null, unasked: unasked ?? (asked === 0 ? dropped : null) };
  const counterexample = details.counterexamplePath ?? '';
  const { name } = invariant;
  const failure = {
    invariant: name,
    formula: invariant.formula(claims),
    message: found.message,
    timeline: found.timeline,
    seed,
    path: counterexample,
    replay: `checkLimiter(adapter, contract, { invariant: '${name}', seed: ${seed}, path: '${counterexample}' })`,
  };
  return { failure, unasked: null };
}

interface Outcome {
  readonly complaint: Complaint;
  /** null: the limiter could not even be made. */
  readonly player: Player | null;
  readonly unasked: string | null;
  readonly dropped: string | null;
  /** It did not answer. */
  readonly isStuck: boolean;
}

async function playOnce({ adapter, claims, invariant, counts }: CheckTask, one: Played): Promise<Outcome> {
  const clock = openClock(adapter.clock, one.startUs);
  const limiters: Limiter[] = [];
  let outcome: Outcome | null = null;
  try {
    for (let count = 0; count < invariant.limiters; count += 1) limiters.push(await makeLimiter(adapter, clock));
    const player = new Player(limiters, clock, counts);
    const talk = new Talk(claims, adapter.clock, limiters, {
      startUs: one.startUs,
      needsInstants: invariant.needsInstants === true,
    });
    const played = player.play(invariant.play(one, talk), talk);
    const complaint = played instanceof Promise ? await played : played;
    outcome = { complaint, player, unasked: talk.unasked, dropped: talk.dropped, isStuck: player.isStuck };
    for (const limiter of limiters.splice(0)) await closeLimiter(limiter, clock);
    return outcome;
  } catch (error) {
    if (!(error instanceof Misbehaviour)) throw error;
    // What was seen before the limiter could not be closed counts more.
    if (outcome !== null && outcome.complaint !== null) return outcome;
    const player = outcome?.player ?? null;
    return { complaint: error.message, player, unasked: null, dropped: null, isStuck: error.isStuck };
  } finally {
    for (const limiter of limiters) await closeLimiter(limiter, clock).catch(() => undefined);
    clock.close();
  }
}
