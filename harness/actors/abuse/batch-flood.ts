import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/** A batch of `elements` orders per arrival, whatever the answers are. A batch of one is an order. */
export function createBatchFlood(setting: Setting): Behaviour {
  const { elements } = paramsOf(setting.actor, 'batch-flood');
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const wishes = Array.from({ length: elements }, () => orders.order(random));
    return setting.intent(identity, api.placeOrders(wishes), { step: `batch/${number}`, elements });
  }

  return { onArrival, onOutcome: () => null };
}
