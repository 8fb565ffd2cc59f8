/**
 * A run in virtual time: events one after the other, each at its whole microsecond, as fast as they can be worked out.
 * The plan, its schedule, the behaviours and the record are those of a run over HTTP; only the clock is not there.
 *
 * Arrivals come from the schedule, follow-ups at their outcome plus think time. At one instant what was put in first
 * happens first, and arrivals come last.
 */
import type { Answered, Behaviour, CaptureRing, Intent } from '../../actors/actor.js';
import { Outcome } from '../../actors/outcome.js';
import type { Arrival } from '../../actors/schedule.js';
import type { World } from '../../actors/world.js';
import { NONE } from '../../judge/observation.js';
import { type Plan, planEndUs } from '../../scenario/plan.js';
import type { CoreServer } from '../../targets/core/core-server.js';
import type { Client } from './client.js';
import { EventQueue } from './event-queue.js';
import { Event } from './events.js';
import { FlightTable, Stage } from './flight-table.js';
import type { Network } from './network.js';
import type { RowRecorder } from './row-recorder.js';
import { ServerSide } from './server-side.js';

export interface VirtualRunParts {
  readonly plan: Plan;
  readonly world: Pick<World, 'identity'>;
  readonly server: CoreServer;
  readonly client: Client;
  readonly network: Network;
  /** By actor index. */
  readonly behaviours: readonly Behaviour[];
  /** By actor index; null = nobody listens to it. */
  readonly captures: readonly (CaptureRing | null)[];
  readonly schedule: Iterator<Arrival>;
  readonly recorder: RowRecorder;
}

export class VirtualRun {
  /** Run time of what happened last. */
  nowUs = 0;
  private readonly parts: VirtualRunParts;
  private readonly table = new FlightTable();
  private readonly queue = new EventQueue();
  private readonly side: ServerSide;
  private readonly endUs: number;
  private readonly timeoutUs: number;
  private readonly openMax: number;
  private nextArrival: Arrival | null;
  private open = 0;
  private launches = 0;
  private signatures = 0;
  private isStopped = false;

  constructor(parts: VirtualRunParts) {
    this.parts = parts;
    const { plan, network, server, client } = parts;
    this.side = new ServerSide({ plan, table: this.table, queue: this.queue, network, server, client });
    this.endUs = planEndUs(plan);
    this.timeoutUs = plan.request.timeoutUs;
    this.openMax = plan.request.openMax;
    this.nextArrival = this.pull();
  }

  get decisionHash(): string {
    return this.side.hash.text;
  }

  /** The longest time between sending a request and its decision, whether or not anybody still waited for it. */
  get latestDecisionUs(): number {
    return this.side.latestDecisionUs;
  }

  /** Requests that were launched so far. */
  get launched(): number {
    return this.launches;
  }

  /**
   * Lets happen what is due up to `untilUs`, at most so many events.
   * @returns whether anything is still to come.
   */
  advance(untilUs: number, eventsMax: number): boolean {
    const { queue } = this;
    for (let left = eventsMax; left > 0; left--) {
      const eventUs = queue.nextUs;
      const arrivalUs = this.nextArrival === null ? Number.POSITIVE_INFINITY : this.nextArrival.intendedUs;
      const dueUs = Math.min(eventUs, arrivalUs);
      if (dueUs === Number.POSITIVE_INFINITY || this.isStopped) return false;
      if (dueUs > untilUs) return true;
      this.nowUs = dueUs;
      if (eventUs <= arrivalUs) {
        queue.pop();
        this.happen(queue.kind, queue.slot);
      } else {
        this.arrive();
      }
    }
    return true;
  }

  /** Ends the run: what is open is taken back and recorded as aborted. */
  stop(): void {
    this.isStopped = true;
    const { table } = this;
    for (let slot = 0; slot < table.used; slot++) {
      const stage = table.stage[slot];
      if (stage === Stage.free || stage === Stage.planned || table.isConcluded[slot] === 1) continue;
      this.conclude(slot, Outcome.aborted, 0);
    }
  }

  private happen(kind: number, slot: number): void {
    const { nowUs, side, table } = this;
    switch (kind) {
      case Event.launch:
        this.launch(slot);
        return;
      case Event.restart:
        side.restart(nowUs);
        return;
    }
    (table.pending[slot] as number)--;
    switch (kind) {
      case Event.reach:
        side.reach(nowUs, slot);
        break;
      case Event.serve:
        side.serve(nowUs, slot);
        break;
      case Event.turn:
        side.turn(nowUs, slot);
        break;
      case Event.release:
        side.release(nowUs, slot);
        break;
      case Event.charge:
        side.charge(nowUs, slot);
        break;
      case Event.answer:
        this.hear(slot);
        break;
      case Event.timeout:
        if (table.isConcluded[slot] === 0) this.conclude(slot, Outcome.timeout, 0);
        if (table.pending[slot] === 0) side.forget(slot);
        break;
    }
    table.release(slot);
  }

  private pull(): Arrival | null {
    const next = this.parts.schedule.next();
    return next.done ? null : next.value;
  }

  private arrive(): void {
    const { actor, identityIndex, intendedUs, row } = this.nextArrival as Arrival;
    this.nextArrival = this.pull();
    const identity = this.parts.world.identity(identityIndex);
    const intent = (this.parts.behaviours[actor] as Behaviour).onArrival(identity, intendedUs, row);
    if (intent !== null) this.launch(this.table.take(intent, intendedUs));
  }

  private launch(slot: number): void {
    const { table } = this;
    const intent = table.intents[slot] as Intent;
    const { replay, signed, lastByteUs } = intent;
    table.numbers[slot] = this.launches++;
    table.signature[slot] = replay === null ? (signed ? this.signatures++ : NONE) : replay.signature;
    table.stage[slot] = Stage.left;
    if (signed && replay === null)
      table.rising[slot] = this.parts.client.rising(intent, table.intendedUs[slot] as number);
    if (++this.open > this.openMax) {
      this.conclude(slot, Outcome.unsent, 0);
      table.release(slot);
      return;
    }
    // In the record 0 stands for "never sent", so what is due at the very start is sent a microsecond later.
    const startedUs = Math.max(1, this.nowUs);
    // There is nothing to hold back of a request without a body; the deadline begins when the last byte goes.
    const isHeldBack = lastByteUs !== null && intent.body !== null && intent.body !== '';
    const sentUs = isHeldBack ? Math.max(startedUs, lastByteUs) : startedUs;
    table.sentUs[slot] = sentUs;
    table.deadlineUs[slot] = sentUs + this.timeoutUs;
    this.side.send(slot);
  }

  /** An answer, or the end of the connection, is there. */
  private hear(slot: number): void {
    const { table } = this;
    if (table.isConcluded[slot] === 1) return;
    const outcome = table.outcome[slot] as Outcome;
    this.conclude(slot, outcome, outcome === Outcome.reset ? 0 : this.nowUs);
  }

  /** @param answeredUs - 0 = no answer came. */
  private conclude(slot: number, outcome: Outcome, answeredUs: number): void {
    const { table, parts, nowUs } = this;
    const intent = table.intents[slot] as Intent;
    this.open--;
    table.isConcluded[slot] = 1;
    table.outcome[slot] = outcome;
    // Its last byte was still held back: the server has never seen all of it.
    if ((table.sentUs[slot] as number) > nowUs) table.sentUs[slot] = 0;
    if (answeredUs === 0) {
      // Whatever the server has said has not come.
      table.status[slot] = 0;
      table.limit[slot] = -1;
      table.retryAfterMs[slot] = -1;
      table.reasons[slot] = '';
      table.bodies[slot] = null;
    }
    parts.recorder.record(table, slot, answeredUs, Math.max(1, nowUs));
    if (this.isStopped) return;
    const { actor } = intent.identity;
    const ring = parts.captures[actor];
    if (ring && outcome === Outcome.admitted) this.capture(ring, slot, intent);
    this.follow(slot, intent, parts.behaviours[actor] as Behaviour);
  }

  /** Shows a signed request that was taken to those who listen. */
  private capture(ring: CaptureRing, slot: number, intent: Intent): void {
    if (!intent.signed || intent.replay !== null || intent.claims !== null || intent.tamper !== null) return;
    const { table } = this;
    const request = {
      number: table.numbers[slot] as number,
      stampedUs: table.intendedUs[slot] as number,
      rising: table.rising[slot] as number,
      signature: table.signature[slot] as number,
    };
    ring.push(this.parts.client.capture(intent, request), this.nowUs);
  }

  private follow(slot: number, intent: Intent, behaviour: Behaviour): void {
    const { table, nowUs } = this;
    const answered: Answered = {
      outcome: table.outcome[slot] as Outcome,
      status: table.status[slot] as number,
      reason: table.reasons[slot] as string,
      retryAfterMs: table.retryAfterMs[slot] as number,
      body: table.bodies[slot],
    };
    const followUp = behaviour.onOutcome(intent, answered, nowUs);
    if (followUp === null) return;
    const dueUs = nowUs + followUp.afterUs;
    if (dueUs >= this.endUs) return;
    this.queue.push(dueUs, Event.launch, table.take(followUp.intent, dueUs));
  }
}
