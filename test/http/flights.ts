/** Single flights of a test, sent one by one without dispatcher and schedule. */
import { onTestFinished } from 'vitest';
import type { Identity, Intent } from '../../harness/actors/actor.js';
import type { ApiCall } from '../../harness/actors/api.js';
import { buildWorld } from '../../harness/actors/identities/world.js';
import type { IntentDetails } from '../../harness/actors/setting.js';
import { createSetting } from '../../harness/actors/setting.js';
import { monotonicUs } from '../../harness/engine/wall-clock.js';
import { Flight, type FlightOwner } from '../../harness/targets/http/flight.js';
import { FlightSender, type SenderOptions } from '../../harness/targets/http/sender.js';
import { exampleActor, examplePlan } from '../unit/actors/example-plan.js';

const actor = exampleActor('order-flood', { population: 4 });
const plan = examplePlan([actor]);
const world = buildWorld(plan, 1);
const setting = createSetting(actor, plan, { seed: 1, world, captured: null });
export const someone: Identity = world.identity(0);
export const somebodyElse: Identity = world.identity(1);

export function wish(call: ApiCall, details: Partial<IntentDetails> = {}): Intent {
  return setting.intent(someone, call, { step: 'test', ...details });
}

export interface Sent {
  readonly flight: Flight;
  readonly concluded: Promise<Flight>;
}

/** A sender to `url`, and what makes flights of intents and sends them. */
export function senderTo(url: string, options: Partial<SenderOptions> = {}) {
  const startUs = monotonicUs();
  const resolvers = new Map<Flight, (flight: Flight) => void>();
  const owner: FlightOwner = {
    nowUs: () => monotonicUs() - startUs + 1,
    concluded: (flight) => resolvers.get(flight)?.(flight),
    limitIndex: () => -1,
    ownFault: () => undefined,
  };
  const sender = new FlightSender({
    origin: url,
    host: new URL(url).host,
    basePath: '',
    transport: 'source-address',
    trustedHops: 0,
    connectionsPerIp: () => 64,
    connectTimeoutMs: 10_000,
    sign: (keyId, text) => `mac-of-${text.length}-by-${keyId.slice(0, 4)}`,
    wallMs: () => 1_700_000_000_000,
    clockOffsetUs: () => 0,
    windowMs: 5_000,
    noncePrefix: 't-',
    keepFor: new Set(),
    freshFor: new Set(),
    ...options,
  });
  onTestFinished(() => sender.close());
  const send = (intent: Intent): Sent => {
    const flight = new Flight(owner, intent, owner.nowUs(), 0);
    const concluded = new Promise<Flight>((resolve) => resolvers.set(flight, resolve));
    sender.send(flight);
    return { flight, concluded };
  };
  return { sender, send, nowUs: owner.nowUs };
}
