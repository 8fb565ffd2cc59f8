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
  /** Where the arrival stands in the recording; only of an actor that asks what was recorded. */
  readonly row?: number;
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

/**
 * The arrivals of one worker, over all actors in order of time (equal times: in order of actors). Lazy: it holds one
 * arrival per actor.
 *
 * Every worker walks through the whole schedule and keeps the identities that are its own, so the parts together are
 * the same arrivals for any number of workers, and an identity never meets itself in another worker.
 */
export function schedule(part: SchedulePart): IterableIterator<Arrival, void, undefined> {
  return new Schedule(part);
}

/** No generator: handing an arrival through one takes as long as working it out. */
class Schedule implements IterableIterator<Arrival, void, undefined> {
  readonly #part: SchedulePart;
  /** Made when the first arrival is asked for. */
  #streams: Stream[] | null = null;

  constructor(part: SchedulePart) {
    this.#part = part;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Arrival, void> {
    const { worker, workers } = this.#part;
    this.#streams ??= openStreams(this.#part);
    const streams = this.#streams;
    for (let head = streams[0]; head !== undefined; head = streams[0]) {
      const { actor, nextUs, nextIdentity, nextRow } = head;
      if (!head.advance()) streams.shift();
      else if (streams.length > 1) settleHead(streams, head);
      if (workers === 1 || nextIdentity % workers === worker) {
        const arrival = { intendedUs: nextUs, actor, identityIndex: nextIdentity };
        return { done: false, value: nextRow < 0 ? arrival : { ...arrival, row: nextRow } };
      }
    }
    return { done: true, value: undefined };
  }
}

function openStreams(part: SchedulePart): Stream[] {
  const streams = part.plan.actors.map((row, actor) => new Stream(part, row, actor)).filter((one) => one.advance());
  return streams.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** An actor's arrivals with the next one at hand. Who arrives is drawn from a stream of its own. */
class Stream {
  readonly actor: number;
  nextUs = 0;
  nextIdentity = 0;
  /** -1 = nobody asks for it. */
  nextRow = -1;
  readonly #place: TracePlace = { row: 0 };
  readonly #isRecorded: boolean;
  readonly #times: Iterator<number, void, undefined>;
  readonly #firstIdentity: number;
  readonly #choose: () => number;

  constructor({ plan, seed, traces = [] }: SchedulePart, row: ActorPlan, actor: number) {
    this.actor = actor;
    this.#firstIdentity = identityOffsets(plan)[actor] ?? 0;
    this.#isRecorded = row.behaviour === 'recorded';
    const place = this.#place;
    this.#choose = createChoice(row, {
      random: createRandom(deriveSeed(seed, 'choice', row.name)),
      traces,
      place: isOneTrace(plan, row) ? place : null,
    });
    const random = createRandom(deriveSeed(seed, 'arrivals', row.name));
    this.#times = arrivalTimes(row.arrivals, row.active, { random, traces, place });
  }

  /** Goes on to the next arrival; false when there is none. */
  advance(): boolean {
    const next = this.#times.next();
    if (next.done) return false;
    this.nextUs = next.value;
    if (this.#isRecorded) this.nextRow = this.#place.row;
    this.nextIdentity = this.#firstIdentity + this.#choose();
    return true;
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
  return a.nextUs !== b.nextUs ? a.nextUs < b.nextUs : a.actor < b.actor;
}
