import { expect, it } from 'vitest';
import type { Intent } from '../../../harness/actors/actor.js';
import * as api from '../../../harness/actors/api.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import { OrderMaker } from '../../../harness/actors/order-maker.js';
import { createRandom } from '../../../harness/actors/random.js';
import { createSetting } from '../../../harness/actors/setting.js';
import { Recorder } from '../../../harness/engine/recorder.js';
import { NONE } from '../../../harness/judge/observation.js';
import { Flight, type FlightOwner } from '../../../harness/targets/http/flight.js';
import { exampleActor, examplePlan } from '../actors/example-plan.js';

const actor = exampleActor('order-flood', { population: 4, identitiesPerAddress: 2 });
const plan = examplePlan([actor]);
const world = buildWorld(plan, 1);
const setting = createSetting(actor, plan, { seed: 1, world, captured: null });
const orders = new OrderMaker();
const random = createRandom(1);
const owner: FlightOwner = {
  nowUs: () => 1,
  concluded: () => undefined,
  limitIndex: () => -1,
  ownFault: () => undefined,
};

/** What is recorded of one request. */
function recorded(intent: Intent) {
  const rows: { key: number; ip: number; elements: number; account: number }[] = [];
  const recorder = new Recorder((_, { key, ip, elements, account }) => {
    rows.push({ key: key[0] ?? -1, ip: ip[0] ?? -1, elements: elements[0] ?? -1, account: account[0] ?? -1 });
  });
  recorder.record(new Flight(owner, intent, 0, 5));
  recorder.flush();
  return rows[0];
}

it('records a batch of an identity with as many elements, its own key and the address that it shares', () => {
  const batch = api.placeOrders([orders.order(random), orders.order(random), orders.order(random)]);
  const intent = setting.intent(world.identity(3), batch, { step: 'batch', elements: 3 });
  expect(recorded(intent)).toEqual({ key: 3, ip: 1, elements: 3, account: 3 });
});

it('records nobody’s key and account for a key that was made up', () => {
  const claims = { keyId: 'made-up', signature: 'ab' };
  const intent = setting.intent(world.identity(3), api.placeOrder(orders.order(random)), { step: 'claim', claims });
  expect(recorded(intent)).toEqual({ key: NONE, ip: 1, elements: 1, account: NONE });
});
