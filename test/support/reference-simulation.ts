/**
 * Virtual time played in the plainest way: a list of things to do, of which the earliest is looked for each time, and an
 * object for each request. Decisions and business are the real server's; the order of events, deadlines, the wait for the
 * server, lost connections and what the client hears are worked out anew here.
 */
import type { Behaviour, Intent } from '../../harness/actors/actor.js';
import { clockOffsetUs } from '../../harness/actors/client-clock.js';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { Outcome } from '../../harness/actors/outcome.js';
import { createBehaviour } from '../../harness/actors/registry.js';
import { type Arrival, schedule } from '../../harness/actors/schedule.js';
import { Decision } from '../../harness/core/spec.js';
import { Client } from '../../harness/engine/virtual/client.js';
import { DecisionHash } from '../../harness/engine/virtual/decision-hash.js';
import { Network } from '../../harness/engine/virtual/network.js';
import { openEngine } from '../../harness/native/engine.js';
import { type Plan, planEndUs } from '../../harness/scenario/plan.js';
import { CoreServer } from '../../harness/targets/core/core-server.js';
import { RESTART_US } from '../../harness/targets/core/downtime.js';
import { SentRequest } from '../../harness/targets/core/sent-request.js';
import type { Decided } from '../../harness/venue/defence.js';
import { LATE_CHARGE_US } from '../../harness/venue/late-charges.js';

interface Told {
  outcome: Outcome;
  status: number;
  reason: string;
  limit: number;
  retryAfterMs: number;
  body: unknown;
}

interface Request {
  readonly intent: Intent;
  readonly intendedUs: number;
  readonly number: number;
  readonly rising: number;
  sentUs: number;
  /** Where it is: on the way there, at the server, or done with there. */
  place: 'way' | 'server' | 'done';
  isConcluded: boolean;
  isTimed: boolean;
  held: Decided | null;
}

/** What a test compares of a row. */
export interface ReferenceRow {
  readonly intendedUs: number;
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly concludedUs: number;
  readonly identity: number;
  readonly requestClass: number;
  readonly kind: number;
  readonly outcome: number;
  readonly status: number;
  readonly limit: number;
  readonly retryAfterMs: number;
}

const nothingTold = { status: 0, reason: '', limit: -1, retryAfterMs: -1, body: null };

export class ReferenceSimulation {
  readonly rows: ReferenceRow[] = [];
  readonly hash = new DecisionHash();
  private readonly plan: Plan;
  private readonly todo: { readonly atUs: number; readonly act: () => void }[] = [];
  private readonly server: CoreServer;
  private readonly client: Client;
  private readonly network: Network;
  private readonly behaviours: readonly Behaviour[];
  private readonly world;
  private readonly arrivals: Iterator<Arrival>;
  private readonly requests: Request[] = [];
  private nowUs = 0;
  private open = 0;
  private freeAtUs = 0;
  private waiting = new Set<Request>();

  constructor(plan: Plan, seed: number) {
    this.plan = plan;
    this.world = buildWorld(plan, seed);
    this.server = new CoreServer({ plan, policy: plan.policy, seed, world: this.world, engine: openEngine('ts') });
    this.client = new Client({
      plan,
      sign: (keyId, text) => this.server.sign(keyId, text),
      clockOffsetUs: (identity, runUs) => clockOffsetUs(plan, seed, identity, runUs),
    });
    this.network = new Network(plan.virtual, seed);
    this.behaviours = plan.actors.map((actor) =>
      createBehaviour(actor, plan, { seed, world: this.world, captured: null }),
    );
    this.arrivals = schedule({ plan, seed, worker: 0, workers: 1 });
    for (const atUs of plan.virtual.restarts) this.at(plan.warmupUs + atUs, () => this.restart());
  }

  play(): this {
    let arrival = this.arrivals.next();
    for (;;) {
      const next = this.earliest();
      const arrivalUs = arrival.done ? Number.POSITIVE_INFINITY : arrival.value.intendedUs;
      if (next === undefined && arrival.done) return this;
      if (next !== undefined && next.atUs <= arrivalUs) {
        this.todo.splice(this.todo.indexOf(next), 1);
        this.nowUs = next.atUs;
        next.act();
        continue;
      }
      const { actor, identityIndex, intendedUs, row } = arrival.value as Arrival;
      arrival = this.arrivals.next();
      this.nowUs = intendedUs;
      const intent = this.behaviours[actor]?.onArrival(this.world.identity(identityIndex), intendedUs, row) ?? null;
      if (intent !== null) this.launch(intent, intendedUs);
    }
  }

  /** Of equal ones the one that was put in first. */
  private earliest(): (typeof this.todo)[number] | undefined {
    let earliest = this.todo[0];
    for (const one of this.todo) if (earliest !== undefined && one.atUs < earliest.atUs) earliest = one;
    return earliest;
  }

  private at(atUs: number, act: () => void): void {
    this.todo.push({ atUs, act });
  }

  private launch(intent: Intent, intendedUs: number): void {
    const request: Request = {
      intent,
      intendedUs,
      number: this.requests.length,
      rising: intent.signed && intent.replay === null ? this.client.rising(intent, intendedUs) : 0,
      sentUs: 0,
      place: 'done',
      isConcluded: false,
      isTimed: false,
      held: null,
    };
    this.requests.push(request);
    this.open++;
    if (this.open > this.plan.request.openMax) {
      this.conclude(request, 0, { ...nothingTold, outcome: Outcome.unsent });
      return;
    }
    const isHeldBack = intent.lastByteUs !== null && (intent.body ?? '') !== '';
    request.sentUs = Math.max(1, this.nowUs, isHeldBack ? (intent.lastByteUs ?? 0) : 0);
    request.place = 'way';
    const reachUs = request.sentUs + this.network.forthUs(request.number);
    this.timeOut(request, reachUs);
    if (reachUs < Number.POSITIVE_INFINITY) this.at(reachUs, () => this.reach(request));
  }

  /** A deadline matters only where what comes next is later. */
  private timeOut(request: Request, nextUs: number): void {
    const deadlineUs = request.sentUs + this.plan.request.timeoutUs;
    if (request.isTimed || request.isConcluded || nextUs <= deadlineUs) return;
    request.isTimed = true;
    this.at(Math.max(this.nowUs, deadlineUs), () => {
      if (!request.isConcluded) this.conclude(request, 0, { ...nothingTold, outcome: Outcome.timeout });
    });
  }

  private isDown(): boolean {
    const { outages, restarts } = this.plan.virtual;
    const sinceUs = this.nowUs - this.plan.warmupUs;
    const within = (atUs: number, forUs: number): boolean => sinceUs >= atUs && sinceUs < atUs + forUs;
    return outages.some(({ atUs, forUs }) => within(atUs, forUs)) || restarts.some((atUs) => within(atUs, RESTART_US));
  }

  private reach(request: Request): void {
    const { serverPerSecond, serverQueueMax } = this.plan.virtual;
    if (request.place !== 'way') return;
    if (this.isDown()) {
      this.turnAway(request, 'unavailable');
      return;
    }
    request.place = 'server';
    if (serverPerSecond === null) {
      this.decide(request, 0);
      return;
    }
    const serviceUs = 1e6 / serverPerSecond;
    const startUs = Math.max(this.nowUs, Math.ceil(this.freeAtUs));
    if (startUs > this.nowUs && this.waiting.size >= serverQueueMax) {
      this.turnAway(request, 'busy');
      return;
    }
    this.freeAtUs = Math.max(this.nowUs, this.freeAtUs) + serviceUs;
    if (startUs === this.nowUs) {
      this.decide(request, Math.ceil(serviceUs));
      return;
    }
    this.waiting.add(request);
    this.timeOut(request, startUs);
    this.at(startUs, () => {
      this.waiting.delete(request);
      if (request.place === 'server') this.decide(request, Math.ceil(serviceUs));
    });
  }

  private decide(request: Request, serviceUs: number): void {
    const { intent, intendedUs, number, rising } = request;
    const { server } = this;
    const sent = new SentRequest();
    this.client.fill(sent, intent, { number, stampedUs: intendedUs, rising });
    server.decide(this.nowUs, intent, sent);
    const { decision, outcome, status, reason, limit, retryAfterMs, retryAtUs, kills, turnUs, ageUs } = server;
    const facts = [intendedUs, this.nowUs, intent.identity.index, intent.requestClass, intent.elements];
    const waitUs = decision === Decision.admitted ? turnUs - this.nowUs : retryAtUs;
    for (const fact of [...facts, decision, waitUs, limit]) this.hash.add(fact);
    if (decision !== Decision.admitted) {
      const told = { outcome, status, reason, limit, retryAfterMs, body: null };
      this.answer(request, this.nowUs + serviceUs, told);
      if (!kills) return;
      for (const other of this.requests) {
        if (other.place !== 'done' && other.intent.identity === intent.identity) this.cut(other);
      }
      return;
    }
    const decided = server.decided as Decided;
    if (server.isChargedLate(intent.requestClass)) {
      this.at(this.nowUs + LATE_CHARGE_US, () => server.chargeLate(this.nowUs, decided, ageUs));
    }
    if (turnUs === this.nowUs) {
      this.work(request, sent, decided, serviceUs);
      return;
    }
    request.held = decided;
    this.timeOut(request, turnUs);
    this.at(turnUs, () => {
      if (request.place === 'server') this.work(request, sent, decided, serviceUs);
    });
  }

  private work(request: Request, sent: SentRequest, decided: Decided, serviceUs: number): void {
    const { intent } = request;
    const { path, body } = sent;
    const { requestClass, wantsBody } = intent;
    this.server.serve(this.nowUs, { requestClass, path, body, order: null, wantsBody }, decided);
    const handedUs = this.nowUs + Math.max(serviceUs, this.server.business.workUs);
    if (this.server.isHeldOf(requestClass)) {
      if (handedUs === this.nowUs) this.server.release(this.nowUs, decided);
      else this.at(handedUs, () => this.server.release(this.nowUs, decided));
    }
    const { status, reason, business } = this.server;
    const told = { outcome: Outcome.admitted, status, reason, limit: -1, retryAfterMs: -1, body: business.body };
    this.answer(request, handedUs, { ...told, body: wantsBody ? business.body : null });
  }

  private answer(request: Request, handedUs: number, told: Told): void {
    request.place = 'done';
    const hearUs = handedUs + this.network.backUs(request.number);
    this.timeOut(request, hearUs);
    if (hearUs === Number.POSITIVE_INFINITY) return;
    this.at(hearUs, () => {
      if (request.isConcluded) return;
      if (told.outcome === Outcome.reset) this.conclude(request, 0, told);
      else this.conclude(request, this.nowUs, told);
    });
  }

  private turnAway(request: Request, reason: string): void {
    this.answer(request, this.nowUs, { ...nothingTold, outcome: Outcome.serverError, status: 503, reason });
  }

  private cut(request: Request): void {
    if (request.place === 'server' && request.held !== null && this.server.isHeldOf(request.held.classId)) {
      this.server.release(this.nowUs, request.held);
    }
    this.answer(request, this.nowUs, { ...nothingTold, outcome: Outcome.reset });
  }

  private restart(): void {
    this.server.restart();
    for (const request of this.requests) if (request.place === 'server') this.cut(request);
    this.waiting = new Set();
    this.freeAtUs = this.nowUs;
  }

  private conclude(request: Request, answeredUs: number, told: Told): void {
    const { intent, intendedUs, sentUs } = request;
    const { identity, requestClass, kind } = intent;
    const { outcome, status, limit, retryAfterMs, reason, body } = told;
    this.open--;
    request.isConcluded = true;
    const concludedUs = Math.max(1, this.nowUs);
    const times = { intendedUs, sentUs, answeredUs, concludedUs };
    this.rows.push({ ...times, identity: identity.index, requestClass, kind, outcome, status, limit, retryAfterMs });
    const answered = { outcome, status, reason, retryAfterMs, body };
    const followUp = this.behaviours[identity.actor]?.onOutcome(intent, answered, this.nowUs) ?? null;
    if (followUp === null) return;
    const dueUs = this.nowUs + followUp.afterUs;
    if (dueUs < planEndUs(this.plan)) this.at(dueUs, () => this.launch(followUp.intent, dueUs));
  }
}
