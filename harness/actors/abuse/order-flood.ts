import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/** Places an order per arrival with the identity's one key. No answer slows it down, and nothing is ever cancelled. */
export function createOrderFlood(setting: Setting): Behaviour {
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    return setting.intent(identity, api.placeOrder(orders.order(random)), { step: `place/${number}` });
  }

  return { onArrival, onOutcome: () => null };
}
