import type { Plan } from '../scenario/plan.js';
import { arrivalTimes } from './arrivals/arrivals.js';
import { identityOffsets } from './identities/offsets.js';
import { createRandom, deriveSeed } from './random.js';

/** One intended send time, fixed by the seed before the run. */
export interface Arrival {
  /** Whole microseconds since the start of the warm-up. */
  readonly intendedUs: number;
  /** Index into `plan.actors`. */
  readonly actor: number;
  /** Index into the run's identities. */
  readonly identityIndex: number;
}

export interface SchedulePart {
  readonly plan: Plan;
  readonly seed: number;
  /** 0 to workers - 1. */
  readonly worker: number;
  readonly workers: number;
}

/** An actor's arrivals with the next one at hand. */
interface Stream {
  readonly actor: number;
  readonly arrivals: Generator<Arrival, void, undefined>;
  next: Arrival;
}

/**
 * The arrivals of one worker, over all actors in order of time (equal times: in order of actors). Lazy: it holds one
 * arrival per actor.
 *
 * Every worker walks through the whole schedule and keeps the identities that are its own, so the parts together are
 * the same arrivals for any number of workers, and an identity never meets itself in another worker.
 */
export function* schedule(part: SchedulePart): Generator<Arrival, void, undefined> {
  const streams: Stream[] = [];
  for (let actor = 0; actor < part.plan.actors.length; actor++) {
    const arrivals = actorArrivals(part.plan, part.seed, actor);
    const first = arrivals.next();
    if (!first.done) streams.push({ actor, arrivals, next: first.value });
  }
  streams.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  for (let head = streams[0]; head !== undefined; head = streams[0]) {
    const arrival = head.next;
    const following = head.arrivals.next();
    if (following.done) streams.shift();
    else {
      head.next = following.value;
      settleHead(streams, head);
    }
    if (arrival.identityIndex % part.workers === part.worker) yield arrival;
  }
}

/** One actor's arrivals. Who arrives is drawn from a stream of its own, uniform over the actor's population. */
function* actorArrivals(plan: Plan, seed: number, actor: number): Generator<Arrival, void, undefined> {
  const row = plan.actors[actor];
  if (row === undefined) return;
  const offset = identityOffsets(plan)[actor] ?? 0;
  const choice = createRandom(deriveSeed(seed, 'choice', row.name));
  const times = arrivalTimes(row.arrivals, row.active, createRandom(deriveSeed(seed, 'arrivals', row.name)));
  for (const intendedUs of times) {
    yield { intendedUs, actor, identityIndex: offset + choice.below(row.population) };
  }
}

/** Moves the first stream back to its place. Actors are few, so walking along them beats a heap. */
function settleHead(streams: Stream[], head: Stream): void {
  let place = 0;
  for (let other = streams[1]; other !== undefined && isBefore(other, head); other = streams[place + 1]) {
    streams[place] = other;
    place += 1;
  }
  streams[place] = head;
}

function isBefore(a: Stream, b: Stream): boolean {
  return a.next.intendedUs !== b.next.intendedUs ? a.next.intendedUs < b.next.intendedUs : a.actor < b.actor;
}
