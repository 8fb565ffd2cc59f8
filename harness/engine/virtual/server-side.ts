/**
 * What happens to requests between client and server in virtual time: the way there and back, waiting for a server that
 * serves one after the other, decisions, turns in a queue, outages, restarts and connections that are ended.
 *
 * A server with a rate serves requests in the order in which they reach it, each for the same time; a decision falls when
 * its service begins, the answer is handed over when it ends. Without a rate everybody is served at once.
 */
import type { Intent } from '../../actors/actor.js';
import { Outcome } from '../../actors/outcome.js';
import { Decision } from '../../core/spec.js';
import type { Plan } from '../../scenario/plan.js';
import type { Asked } from '../../targets/core/business.js';
import type { CoreServer } from '../../targets/core/core-server.js';
import { Downtime } from '../../targets/core/downtime.js';
import { SentRequest } from '../../targets/core/sent-request.js';
import type { Decided } from '../../venue/defence.js';
import { LATE_CHARGE_US } from '../../venue/late-charges.js';
import type { Client } from './client.js';
import { DecisionHash } from './decision-hash.js';
import type { EventQueue } from './event-queue.js';
import { Event } from './events.js';
import { type FlightTable, Stage } from './flight-table.js';
import { LOST, type Network } from './network.js';
import { OpenRequests } from './open-requests.js';

const SERVICE_UNAVAILABLE = 503;
/** Admitted requests that wait for a turn at once, and how long one may wait: the bounds of the embedded gateway. */
const TURNS_MAX = 10_000;
const TURN_US_MAX = 60_000_000;

export interface ServerSideParts {
  readonly plan: Plan;
  readonly table: FlightTable;
  readonly queue: EventQueue;
  readonly network: Network;
  readonly server: CoreServer;
  readonly client: Client;
}

export class ServerSide {
  readonly hash = new DecisionHash();
  /** Decisions so far. */
  decisions = 0;
  /** The longest time from sending a request to its decision. */
  latestDecisionUs = 0;
  private readonly table: FlightTable;
  private readonly queue: EventQueue;
  private readonly network: Network;
  private readonly server: CoreServer;
  private readonly client: Client;
  private readonly downtime: Downtime;
  /** Of those whose connection the server may end; null = it ends none. */
  private readonly openRequests: OpenRequests | null;
  /** By actor: whether each request has a connection of its own. */
  private readonly isFresh: readonly boolean[];
  private readonly sent = new SentRequest();
  private readonly waitingMax: number;
  /** How long the server is busy with one request; 0 = not at all. */
  private readonly serviceUs: number;
  /** When it is done with all that have reached it. Not whole. */
  private freeAtUs = 0;
  private waiting = 0;
  private turns = 0;
  private life = 0;

  constructor({ plan, table, queue, network, server, client }: ServerSideParts) {
    const { virtual, warmupUs } = plan;
    this.table = table;
    this.queue = queue;
    this.network = network;
    this.server = server;
    this.client = client;
    this.downtime = new Downtime(virtual, warmupUs);
    this.openRequests = server.endsConnections ? new OpenRequests() : null;
    this.isFresh = plan.actors.map(({ connection }) => connection === 'fresh');
    this.waitingMax = virtual.serverQueueMax;
    this.serviceUs = virtual.serverPerSecond === null ? 0 : 1e6 / virtual.serverPerSecond;
    for (const atUs of virtual.restarts) queue.push(warmupUs + atUs, Event.restart, 0);
  }

  /** Sends a request; it comes when the network says so, or never. */
  send(slot: number): void {
    const { table } = this;
    const onWayUs = this.network.forthUs(table.numbers[slot] as number);
    const reachUs = (table.sentUs[slot] as number) + onWayUs;
    table.stage[slot] = Stage.onWay;
    if (this.openRequests !== null) this.openRequests.add((table.intents[slot] as Intent).identity.index, slot);
    this.giveUpBefore(slot, reachUs, table.sentUs[slot] as number);
    if (onWayUs !== LOST) this.push(reachUs, Event.reach, slot);
  }

  reach(nowUs: number, slot: number): void {
    if (this.table.stage[slot] !== Stage.onWay) return;
    if (this.downtime.isDown(nowUs)) {
      this.turnAway(nowUs, slot, 'unavailable');
      return;
    }
    this.table.stage[slot] = Stage.atServer;
    if (this.serviceUs === 0) {
      this.decide(nowUs, slot);
      return;
    }
    const startUs = Math.max(nowUs, Math.ceil(this.freeAtUs));
    if (startUs > nowUs && this.waiting >= this.waitingMax) {
      this.turnAway(nowUs, slot, 'busy');
      return;
    }
    this.freeAtUs = Math.max(nowUs, this.freeAtUs) + this.serviceUs;
    if (startUs === nowUs) {
      this.decide(nowUs, slot);
      return;
    }
    this.waiting++;
    this.table.life[slot] = this.life;
    this.giveUpBefore(slot, startUs, nowUs);
    this.push(startUs, Event.serve, slot);
  }

  serve(nowUs: number, slot: number): void {
    // Whoever waited at a restart was counted away with it.
    if (this.table.life[slot] !== this.life) return;
    this.waiting--;
    if (this.table.stage[slot] === Stage.atServer) this.decide(nowUs, slot);
  }

  turn(nowUs: number, slot: number): void {
    const { table } = this;
    if (table.life[slot] === this.life) this.turns--;
    if (table.stage[slot] !== Stage.atServer) return;
    this.fill(slot);
    this.server.unpack(this.sent, table.intents[slot] as Intent);
    this.work(nowUs, slot, table.decided[slot] as Decided);
  }

  release(nowUs: number, slot: number): void {
    this.server.release(nowUs, this.table.decided[slot] as Decided);
  }

  charge(nowUs: number, slot: number): void {
    this.server.chargeLate(nowUs, this.table.decided[slot] as Decided, this.table.ageUs[slot] as number);
  }

  /** What waits at the server is lost with the connections; what is on its way finds it starting. */
  restart(nowUs: number): void {
    this.server.restart();
    const { stage, used } = this.table;
    const lost: number[] = [];
    for (let slot = 0; slot < used; slot++) if (stage[slot] === Stage.atServer) lost.push(slot);
    this.cutAll(nowUs, lost);
    this.life++;
    this.waiting = 0;
    this.turns = 0;
    this.freeAtUs = nowUs;
  }

  private decide(nowUs: number, slot: number): void {
    const { table, server } = this;
    const intent = table.intents[slot] as Intent;
    this.fill(slot);
    server.decide(nowUs, intent, this.sent);
    this.note(nowUs, slot, intent);
    if (server.decision !== Decision.admitted) {
      this.tell(slot, server.outcome, server.status, server.reason);
      table.limit[slot] = server.limit;
      table.retryAfterMs[slot] = server.retryAfterMs;
      if (intent.wantsBody) table.bodies[slot] = this.refusalBody();
      this.answer(nowUs, slot, nowUs + Math.ceil(this.serviceUs));
      if (server.kills) this.endConnection(nowUs, intent);
      return;
    }
    const decided = server.decided as Decided;
    if (server.isChargedLate(intent.requestClass)) {
      table.decided[slot] = decided;
      table.ageUs[slot] = server.ageUs;
      this.push(nowUs + LATE_CHARGE_US, Event.charge, slot);
    }
    if (server.turnUs === nowUs) this.work(nowUs, slot, decided);
    else this.wait(nowUs, slot, decided);
  }

  /** Lets an admitted request wait for its turn. */
  private wait(nowUs: number, slot: number, decided: Decided): void {
    const { table, server } = this;
    if (this.turns >= TURNS_MAX || server.turnUs - nowUs > TURN_US_MAX) {
      if (server.isHeldOf(decided.classId)) server.release(nowUs, decided);
      this.turnAway(nowUs, slot, 'busy');
      return;
    }
    this.turns++;
    table.decided[slot] = decided;
    table.life[slot] = this.life;
    this.giveUpBefore(slot, server.turnUs, nowUs);
    this.push(server.turnUs, Event.turn, slot);
  }

  /** The business of a request that was let in. */
  private work(nowUs: number, slot: number, decided: Decided): void {
    const { table, server, sent } = this;
    const intent = table.intents[slot] as Intent;
    const { path, body, order } = sent;
    const asked: Asked = { requestClass: intent.requestClass, path, body, order, wantsBody: intent.wantsBody };
    server.serve(nowUs, asked, decided);
    const handedUs = nowUs + Math.max(Math.ceil(this.serviceUs), server.business.workUs);
    if (server.isHeldOf(decided.classId)) {
      table.decided[slot] = decided;
      if (handedUs === nowUs) server.release(nowUs, decided);
      else this.push(handedUs, Event.release, slot);
    }
    this.tell(slot, Outcome.admitted, server.status, server.reason);
    if (intent.wantsBody) table.bodies[slot] = server.business.body;
    this.answer(nowUs, slot, handedUs);
  }

  /** An answer that no gate has spoken. */
  private turnAway(nowUs: number, slot: number, reason: string): void {
    this.tell(slot, Outcome.serverError, SERVICE_UNAVAILABLE, reason);
    if (this.table.intents[slot]?.wantsBody === true) this.table.bodies[slot] = { error: { reason } };
    this.answer(nowUs, slot, nowUs);
  }

  private tell(slot: number, outcome: Outcome, status: number, reason: string): void {
    // A client that has given up hears nothing.
    if (this.table.isConcluded[slot] === 1) return;
    this.table.outcome[slot] = outcome;
    this.table.status[slot] = status;
    this.table.reasons[slot] = reason;
  }

  /** Nobody waits any more for a request that the client gave up on, and that was lost on its way. */
  forget(slot: number): void {
    if (this.openRequests !== null) this.openRequests.remove((this.table.intents[slot] as Intent).identity.index, slot);
  }

  private answer(nowUs: number, slot: number, handedUs: number): void {
    this.table.stage[slot] = Stage.left;
    this.forget(slot);
    const onWayUs = this.network.backUs(this.table.numbers[slot] as number);
    this.giveUpBefore(slot, handedUs + onWayUs, nowUs);
    if (onWayUs !== LOST) this.push(handedUs + onWayUs, Event.answer, slot);
  }

  /**
   * Ends the connection of whoever wanted this: whatever else he has sent on it and has no answer yet is lost, which is
   * nothing when each request has its own.
   */
  private endConnection(nowUs: number, { identity }: Intent): void {
    if (this.isFresh[identity.actor] === true) return;
    this.cutAll(nowUs, this.openRequests?.of(identity.index) ?? []);
  }

  /** In the order of their launch: the numbers of slots say nothing. */
  private cutAll(nowUs: number, slots: readonly number[]): void {
    const { numbers } = this.table;
    const inOrder = slots.toSorted((a, b) => (numbers[a] as number) - (numbers[b] as number));
    for (const slot of inOrder) this.cut(nowUs, slot);
  }

  private cut(nowUs: number, slot: number): void {
    const { table } = this;
    const decided = table.decided[slot];
    // It waits for its turn: nobody will hand over an answer, so what it holds is free now.
    if (table.stage[slot] === Stage.atServer && decided && this.server.isHeldOf(decided.classId)) {
      this.server.release(nowUs, decided);
    }
    this.tell(slot, Outcome.reset, 0, '');
    this.answer(nowUs, slot, nowUs);
  }

  /** Makes sure that the client gives up at its deadline when what comes next about a request comes after it. */
  private giveUpBefore(slot: number, nextUs: number, nowUs: number): void {
    const deadlineUs = this.table.deadlineUs[slot] as number;
    if (nextUs <= deadlineUs || this.table.hasTimeout[slot] === 1 || this.table.isConcluded[slot] === 1) return;
    this.table.hasTimeout[slot] = 1;
    this.push(Math.max(nowUs, deadlineUs), Event.timeout, slot);
  }

  private push(timeUs: number, kind: number, slot: number): void {
    (this.table.pending[slot] as number)++;
    this.queue.push(timeUs, kind, slot);
  }

  private fill(slot: number): void {
    const { table } = this;
    const intent = table.intents[slot] as Intent;
    const stampedUs = table.intendedUs[slot] as number;
    const number = table.numbers[slot] as number;
    this.client.fill(this.sent, intent, { number, stampedUs, rising: table.rising[slot] as number });
  }

  private refusalBody(): unknown {
    const { reason, limit, retryAfterMs } = this.server;
    return {
      error: {
        reason,
        ...(limit < 0 ? {} : { limit: this.server.limitName(limit) }),
        ...(retryAfterMs < 0 ? {} : { retryAfterMs }),
      },
    };
  }

  /** Into the hash: what was asked, and what was decided when. */
  private note(nowUs: number, slot: number, intent: Intent): void {
    const { hash, server } = this;
    this.decisions++;
    this.latestDecisionUs = Math.max(this.latestDecisionUs, nowUs - (this.table.sentUs[slot] as number));
    hash.add(this.table.intendedUs[slot] as number);
    hash.add(nowUs);
    hash.add(intent.identity.index);
    hash.add(intent.requestClass);
    hash.add(intent.elements);
    hash.add(server.decision);
    // When it may come back, or how long it waits for its turn.
    hash.add(server.decision === Decision.admitted ? server.turnUs - nowUs : server.retryAtUs);
    hash.add(server.limit);
  }
}
