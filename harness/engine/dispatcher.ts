/**
 * Plays one worker's share of a schedule on the wall clock: open loop, each arrival at its moment whatever the target
 * does; follow-ups at their outcome plus think time. Open requests are bounded by `openMax`, follow-ups by the answers of the
 * longest think time, connections by `connectionsPerIp` for each address that is used.
 */

import type { Answered, Behaviour, CaptureRing, Intent } from '../actors/actor.js';
import { Outcome } from '../actors/outcome.js';
import type { Arrival } from '../actors/schedule.js';
import type { World } from '../actors/world.js';
import type { ActorPlan, Plan } from '../scenario/plan.js';
import { planEndUs } from '../scenario/plan.js';
import type { AdaptedTarget } from '../targets/http/adapted/adapted-target.js';
import { Flight, type FlightOwner } from '../targets/http/flight.js';
import type { FlightSender } from '../targets/http/sender.js';
import { Alarm } from './alarm.js';
import type { HealthWatch } from './health.js';
import { MomentQueue } from './moment-queue.js';
import { OpenFlights } from './open-flights.js';
import type { Recorder } from './recorder.js';
import { WakeLead } from './wake-lead.js';
import type { RunClock } from './wall-clock.js';

/** After so many requests in one go the loop gets a turn, or answers would wait behind a backlog. */
const BURST_MAX = 128;
const SWEEP_MS = 50;

export interface DispatcherParts {
  readonly plan: Plan;
  readonly world: Pick<World, 'identity'>;
  /** By actor index. */
  readonly behaviours: readonly Behaviour[];
  /** By actor index: where signed requests of that actor are kept for a replayer; null = nobody listens. */
  readonly captures: readonly (CaptureRing | null)[];
  readonly schedule: Iterator<Arrival>;
  readonly sender: FlightSender;
  readonly recorder: Recorder;
  readonly health: HealthWatch;
  readonly openMax: number;
  /** First signature number of this worker. */
  readonly signatureBase: number;
  readonly clock: RunClock;
  /** Closed loop instead of the schedule's times: this many at once, for benchmarks. */
  readonly closedLoop: number | null;
  /** Who reads the answers of somebody's own API; null or left out = the actors' own. */
  readonly adapted?: AdaptedTarget | null;
  /** Whether the last milliseconds before a moment are waited for awake, which takes a core. */
  readonly staysAwake: boolean;
}

export class Dispatcher implements FlightOwner {
  readonly adapted: AdaptedTarget | null;
  private readonly parts: DispatcherParts;
  private readonly endUs: number;
  private readonly limitIndexes: ReadonlyMap<string, number>;
  private readonly followUps = new MomentQueue<Intent>();
  private readonly alarm: Alarm;
  private readonly flights = new OpenFlights();
  /** Those whose last byte waits for its moment: their deadline begins then. */
  private readonly held = new OpenFlights();
  private readonly releases = new MomentQueue<Flight>();
  private nextArrival: Arrival | null;
  private open = 0;
  private signatures = 0;
  private isPumping = false;
  private isStopped = false;
  private readonly lead = new WakeLead();
  /** What the alarm was last set for. */
  private wakeUs = Number.POSITIVE_INFINITY;
  /** Whether a look at what is due stands behind the events that have come in by now. */
  private isAwake = false;
  private finish: (() => void) | null = null;
  private abandon: ((error: Error) => void) | null = null;
  /** Why nothing is launched in time any more. */
  private failure: Error | null = null;

  constructor(parts: DispatcherParts) {
    this.parts = parts;
    this.adapted = parts.adapted ?? null;
    this.endUs = planEndUs(parts.plan);
    this.limitIndexes = new Map(parts.plan.policy.limits.map((limit, index) => [limit.name, index]));
    this.nextArrival = this.pull();
    this.alarm = new Alarm({ ring: () => this.wake(), onFailure: (error) => this.fail(error) });
  }

  async ready(): Promise<void> {
    await this.alarm.ready();
  }

  /** Resolves when every request of this share is concluded. */
  async run(): Promise<void> {
    const sweep = setInterval(() => this.sweep(), SWEEP_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        this.abandon = reject;
        if (this.failure !== null) reject(this.failure);
        if (this.parts.closedLoop === null) this.pump();
        else this.startClosedLoop(this.parts.closedLoop);
        this.checkFinished();
      });
    } finally {
      clearInterval(sweep);
      await this.alarm.close();
      await this.parts.sender.close();
    }
  }

  /** Stops the load at once; what is open is taken back and recorded as aborted. */
  stop(): void {
    this.isStopped = true;
    // Those that wait come first, or each connection that gets free would take up one of them.
    for (const flights of [this.held, this.flights]) {
      for (let flight = flights.latest; flight !== null; flight = flights.latest) this.giveUp(flight, Outcome.aborted);
    }
    this.checkFinished();
  }

  nowUs(): number {
    return this.parts.clock.nowUs();
  }

  limitIndex(name: string): number {
    return this.limitIndexes.get(name) ?? -1;
  }

  ownFault(code: string): void {
    this.parts.health.ownFault(code);
  }

  concluded(flight: Flight): void {
    const { parts } = this;
    const { intent } = flight;
    this.open--;
    (intent.lastByteUs === null || flight.isReleased ? this.flights : this.held).remove(flight);
    parts.recorder.record(flight);
    const actor = intent.identity.actor;
    if (flight.outcome === Outcome.admitted && flight.signature !== 0xffffffff && intent.replay === null) {
      const ring = parts.captures[actor];
      if (ring) parts.sender.capture(flight, ring);
    }
    if (!this.isStopped) this.follow(flight, parts.behaviours[actor] as Behaviour);
    if (parts.closedLoop !== null) this.launchNext();
    if (this.finish !== null) this.checkFinished();
  }

  private follow(flight: Flight, behaviour: Behaviour): void {
    const { outcome, status, reason, retryAfterMs, body } = flight;
    const answered: Answered = { outcome, status, reason, retryAfterMs, body };
    const followUp = behaviour.onOutcome(flight.intent, answered, flight.concludedUs);
    if (followUp === null) return;
    const dueUs = flight.concludedUs + followUp.afterUs;
    if (dueUs >= this.endUs) return;
    this.followUps.push(dueUs, followUp.intent);
    if (!this.isPumping) this.setAlarm();
  }

  /** Launches everything that is due. */
  private pump(): void {
    if (this.isPumping || this.isStopped) return;
    this.isPumping = true;
    let launched = 0;
    while (launched < BURST_MAX) {
      const nowUs = this.nowUs();
      const arrivalUs = this.nextArrival?.intendedUs ?? Number.POSITIVE_INFINITY;
      const followUpUs = this.followUps.nextUs;
      this.releaseDue(nowUs);
      if (Math.min(arrivalUs, followUpUs) > nowUs) break;
      if (followUpUs <= arrivalUs) this.launch(this.followUps.pop() as Intent, followUpUs);
      else this.arrive();
      launched++;
    }
    this.isPumping = false;
    if (launched === BURST_MAX) setImmediate(() => this.pump());
    else this.setAlarm();
    this.checkFinished();
  }

  /** Writes every last byte that is due, one right after the other: no answer is looked at in between. */
  private releaseDue(nowUs: number): void {
    while (this.releases.nextUs <= nowUs) {
      const flight = this.releases.pop() as Flight;
      if (flight.isConcluded) continue;
      this.held.remove(flight);
      this.flights.add(flight);
      flight.release();
    }
  }

  /** Wakes for what is due next, some time before it; that near to it stays awake, and looks after what comes in. */
  private setAlarm(): void {
    const arrivalUs = this.nextArrival?.intendedUs ?? Number.POSITIVE_INFINITY;
    const dueUs = Math.min(arrivalUs, this.followUps.nextUs, this.releases.nextUs);
    const wakeUs = this.parts.staysAwake ? dueUs - this.lead.us : dueUs;
    if (wakeUs > this.nowUs()) {
      this.wakeUs = wakeUs;
      this.alarm.set(this.parts.clock.toMonotonicUs(wakeUs));
    } else if (!this.isAwake) {
      this.isAwake = true;
      setImmediate(() => {
        this.isAwake = false;
        this.pump();
      });
    }
  }

  private wake(): void {
    this.lead.learn(this.nowUs() - this.wakeUs);
    this.pump();
  }

  private pull(): Arrival | null {
    const next = this.parts.schedule.next();
    return next.done ? null : next.value;
  }

  private arrive(): void {
    const arrival = this.nextArrival as Arrival;
    this.nextArrival = this.pull();
    const behaviour = this.parts.behaviours[arrival.actor] as Behaviour;
    const identity = this.parts.world.identity(arrival.identityIndex);
    const intent = behaviour.onArrival(identity, arrival.intendedUs, arrival.row);
    if (intent !== null) this.launch(intent, arrival.intendedUs);
  }

  private startClosedLoop(requests: number): void {
    const waitMs = Math.max(0, Math.ceil(-this.nowUs() / 1000));
    setTimeout(() => {
      for (let i = 0; i < requests; i++) this.launchNext();
    }, waitMs);
  }

  /** Closed loop: the next arrival now, whatever its time. */
  private launchNext(): void {
    while (this.nextArrival !== null && !this.isStopped) {
      const arrival = this.nextArrival;
      this.nextArrival = this.pull();
      const identity = this.parts.world.identity(arrival.identityIndex);
      const nowUs = this.nowUs();
      const intent = (this.parts.behaviours[arrival.actor] as Behaviour).onArrival(identity, nowUs, arrival.row);
      if (intent === null) continue;
      this.launch(intent, nowUs);
      return;
    }
  }

  private launch(intent: Intent, intendedUs: number): void {
    const { parts } = this;
    parts.health.asked(intendedUs);
    const signature =
      intent.replay?.signature ?? (intent.signed ? parts.signatureBase + this.signatures++ : 0xffffffff);
    const flight = new Flight(this, intent, intendedUs, signature);
    this.open++;
    if (this.open > parts.openMax) {
      // So many are open because the target is slow: its failure, not the generator's delay.
      parts.health.dispatched(intendedUs, this.nowUs());
      flight.stop(Outcome.unsent);
      return;
    }
    if (intent.lastByteUs === null) this.flights.add(flight);
    else {
      this.held.add(flight);
      this.releases.push(intent.lastByteUs, flight);
      if (!this.isPumping) this.setAlarm();
    }
    parts.sender.send(flight);
    parts.health.dispatched(intendedUs, flight.dispatchedUs);
  }

  /**
   * Ends what is past its deadline. All deadlines are equally long, so they end in the order of dispatch, or of the release
   * of what was held back: the order of the list.
   */
  private sweep(): void {
    const limitUs = this.nowUs() - this.parts.plan.request.timeoutUs;
    for (let flight = this.flights.earliest; flight !== null; flight = this.flights.earliest) {
      if (Math.max(flight.dispatchedUs, flight.intent.lastByteUs ?? 0) > limitUs) break;
      this.giveUp(flight, Outcome.timeout);
    }
    this.checkFinished();
  }

  private giveUp(flight: Flight, outcome: Outcome): void {
    if (flight.isStarted) flight.stop(outcome);
    else this.parts.sender.abandon(flight, outcome);
  }

  private fail(error: Error): void {
    this.failure = error;
    // Before the stop, which would end the run as if all were well.
    this.abandon?.(error);
    this.stop();
  }

  private checkFinished(): void {
    if (this.finish === null || this.open > 0) return;
    const isPlayed = this.nextArrival === null && this.followUps.size === 0;
    if (!isPlayed && !this.isStopped) return;
    const finish = this.finish;
    this.finish = null;
    finish();
  }
}

/** The share of `openMax` that one worker may use. */
export function openShare(plan: Plan, workers: number): number {
  return Math.max(1, Math.floor(plan.request.openMax / workers));
}

/** Actors that somebody listens to, by index. */
export function listenedActors(actors: readonly ActorPlan[]): ReadonlySet<number> {
  const names = new Set(actors.map((actor) => actor.params.source).filter((source) => typeof source === 'string'));
  return new Set(actors.flatMap((actor, index) => (names.has(actor.name) ? [index] : [])));
}
