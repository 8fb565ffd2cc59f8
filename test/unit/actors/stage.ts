import type { Answered, Behaviour, CaptureRing, Identity, Intent } from '../../../harness/actors/actor.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { RecordedRequests } from '../../../harness/actors/recorded-requests.js';
import { createBehaviour } from '../../../harness/actors/registry.js';
import { everybody, type World } from '../../../harness/actors/world.js';
import type { BehaviourName } from '../../../harness/scenario/behaviours.js';
import { type ActorPlan, type Plan, type RequestClass, requestClasses } from '../../../harness/scenario/plan.js';
import { exampleActor, examplePlan } from './example-plan.js';

/** Identities of the actor that stands before the one on the stage. */
export const OTHERS = 3;

/** A request of each class that the example policy knows, for those who ask what was recorded. */
const smallRecording: RecordedRequests = {
  rows: Uint32Array.of(0, 1, 2, 3, 4, 5),
  distinct: [
    ['POST', '/v1/login', '{"username":"{{account}}","password":"{{password}}"}'] as const,
    ['GET', '/v1/ticker?symbol=BTC-USDT', null] as const,
    ['GET', '/v1/account', null] as const,
    ['POST', '/v1/orders', '{"clientOrderId":"{{number}}"}'] as const,
    ['PUT', '/v1/orders/{{order}}', '{}'] as const,
    ['DELETE', '/v1/orders/{{order}}', null] as const,
  ].map(([method, path, body], requestClass) => ({ requestClass, method, path, body, contentType: null, elements: 1 })),
};

/** One behaviour with its people, ready to be driven by hand. */
export interface Stage {
  readonly plan: Plan;
  readonly world: World;
  readonly identities: readonly Identity[];
  readonly behaviour: Behaviour;
  /** The intent of one arrival; fails the test when the behaviour skips it. */
  arrive(identity?: Identity, nowUs?: number): Intent;
}

export function setStage(
  behaviourName: BehaviourName,
  options: {
    seed?: number;
    population?: number;
    params?: Record<string, number | string>;
    captured?: CaptureRing;
    /** What else the actor's plan says. */
    actor?: Partial<Omit<ActorPlan, 'behaviour' | 'params'>>;
  } = {},
): Stage {
  const { seed = 1, population = 1, params = {}, captured = null, actor: details = {} } = options;
  // Somebody else comes first, so that global and own numbers differ, and an attacker has whom to attack.
  const others = exampleActor('retail-trader', { name: 'customers', population: OTHERS });
  const plan = examplePlan([others, exampleActor(behaviourName, { population, ...details, params })]);
  const world = buildWorld(plan, seed);
  const actor = plan.actors[1] ?? others;
  const requests = behaviourName === 'recorded' ? smallRecording : null;
  const behaviour = createBehaviour(actor, plan, { seed, world, captured, requests });
  const arrived = new Map<Identity | undefined, number>();
  const identities = [...everybody(world)].slice(OTHERS);
  return {
    plan,
    world,
    identities,
    behaviour,
    arrive: (identity = identities[0], nowUs = 0) => {
      const row = (arrived.get(identity) ?? -1) + 1;
      arrived.set(identity, row);
      const intent =
        identity === undefined ? null : behaviour.onArrival(identity, nowUs, row % smallRecording.rows.length);
      if (intent === null) throw new Error('the behaviour skipped an arrival');
      return intent;
    },
  };
}

/** Arrivals of the first identity until one is of the class wanted. */
export function arriveAs(stage: Stage, wanted: RequestClass): Intent {
  for (let i = 0; i < 1_000; i++) {
    const intent = stage.arrive();
    if (classOf(intent) === wanted) return intent;
  }
  throw new Error(`a thousand arrivals and none is ${wanted}`);
}

export function classOf(intent: Intent): RequestClass | undefined {
  return requestClasses[intent.requestClass];
}

export function answered(outcome: Outcome, changes: Partial<Answered> = {}): Answered {
  return { outcome, status: 0, reason: '', retryAfterMs: -1, body: null, ...changes };
}

export function placed(orderId: unknown): Answered {
  return answered(Outcome.admitted, { status: 201, body: { orderId } });
}

export function throttled(retryAfterMs: number): Answered {
  return answered(Outcome.throttled, { status: 429, reason: 'throttled', retryAfterMs });
}

/** JSON bodies that a target may send instead of what was asked for. */
export const oddBodies: readonly unknown[] = [
  null,
  undefined,
  '',
  'orderId',
  42,
  true,
  [],
  [{ orderId: 'a' }],
  {},
  { orderId: null },
  { orderId: 7 },
  { orderId: '' },
  { orderId: '../v1/account' },
  { orderId: 'a/b' },
  { orderId: 'a?b=c' },
  { orderId: 'a b' },
  { orderId: 'ä' },
  { orderId: 'a\r\nx-evil: 1' },
  { orderId: 'x'.repeat(65) },
  { orderId: { toString: 'no function' } },
  Object.create(null),
];
