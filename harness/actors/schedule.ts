import type { ActorPlan, Plan } from '../scenario/plan.js';
import { arrivalTimes } from './arrivals/arrivals.js';
import type { TracePlace, TraceTimes } from './arrivals/trace.js';
import { createChoice } from './arrivals/who.js';
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
  /** What was loaded of `plan.traces`, in their order; may be left out where there are none. */
  readonly traces?: readonly TraceTimes[];
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
    const arrivals = actorArrivals(part, actor);
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

/** One actor's arrivals. Who arrives is drawn from a stream of its own. */
function* actorArrivals({ plan, seed, traces = [] }: SchedulePart, actor: number): Generator<Arrival, void, undefined> {
  const row = plan.actors[actor];
  if (row === undefined) return;
  const offset = identityOffsets(plan)[actor] ?? 0;
  const place: TracePlace = { row: 0 };
  const choose = createChoice(row, {
    random: createRandom(deriveSeed(seed, 'choice', row.name)),
    traces,
    place: isOneTrace(plan, row) ? place : null,
  });
  const random = createRandom(deriveSeed(seed, 'arrivals', row.name));
  for (const intendedUs of arrivalTimes(row.arrivals, row.active, { random, traces, place })) {
    yield { intendedUs, actor, identityIndex: offset + choose() };
  }
}

/** Whether when and who are of one file, read by the same column of times: then each stamp keeps its own who. */
function isOneTrace(plan: Plan, { arrivals, who }: ActorPlan): boolean {
  if (arrivals.process !== 'trace' || who.choice !== 'trace') return false;
  const when = plan.traces[arrivals.trace];
  const names = plan.traces[who.trace];
  return when?.file === names?.file && when?.format === names?.format && when?.timeColumn === names?.timeColumn;
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
