import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/**
 * An order per arrival whose last byte is held back for `leadUs`. Arrivals of one moment (a herd) are complete at one moment,
 * after all of the rest has long been on its way.
 */
export function createOverrun(setting: Setting): Behaviour {
  const { leadUs } = paramsOf(setting.actor, 'overrun');
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity, nowUs: number): Intent {
    const { number, random } = setting.events.arrival(identity);
    const call = api.placeOrder(orders.order(random));
    return setting.intent(identity, call, { step: `overrun/${number}`, lastByteUs: nowUs + leadUs });
  }

  return { onArrival, onOutcome: () => null };
}
