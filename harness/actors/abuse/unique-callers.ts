import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';
import { createDealer } from './dealer.js';

/**
 * One request for each arrival, whatever the answers are. Who comes is the plan's business: a population as large as there
 * are arrivals, in turn, is as many callers who ask once. A login is under a name that nobody has, another each time.
 */
export function createUniqueCallers(setting: Setting): Behaviour {
  const { path } = paramsOf(setting.actor, 'unique-callers');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const deal = path === 'login' ? createDealer(setting) : null;

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const step = `${path}/${number}`;
    if (deal === null) return setting.intent(identity, api.ticker(orders.symbol(random)), { step });
    const { username, password, accountIndex } = deal(identity, number);
    return setting.intent(identity, api.login(username, password), { step, accountIndex });
  }

  return { onArrival, onOutcome: () => null };
}
