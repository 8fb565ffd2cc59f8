import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/** The ticker under a query that nobody has sent before, so that every request goes through to the origin. */
export function createScrape(setting: Setting): Behaviour {
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const symbol = orders.symbol(random);
    const noise = `${setting.events.place(identity).toString(36)}-${number.toString(36)}-${random.below(2 ** 32).toString(36)}`;
    return setting.intent(identity, api.ticker(symbol, noise), { step: `ticker/${number}` });
  }

  return { onArrival, onOutcome: () => null };
}
