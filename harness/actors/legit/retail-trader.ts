import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { Patience } from './patience.js';

/** Think times are exponential about their mean; the longest one is this many means. */
const THINK_TIMES_MAX = 10;

/**
 * Watches the market and trades a little.
 *
 * Steps: `ticker`, `account`, `place` end with their answer; an admitted `place` goes on to `cancel` for a share of
 * orders, think time after its answer. `Patience` deals with every throttle and failure.
 */
export function createRetailTrader(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'retail-trader');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const patience = new Patience(setting, params);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const wish = random.unit();
    if (wish < params.orderShare) {
      const call = api.placeOrder(orders.order(random));
      return setting.intent(identity, call, { step: `place/${number}`, wantsBody: true });
    }
    if (wish < params.orderShare + params.accountShare) {
      return setting.intent(identity, api.account(), { step: `account/${number}` });
    }
    return setting.intent(identity, api.ticker(orders.symbol(random)), { step: `ticker/${number}` });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (answered.outcome !== Outcome.admitted) return again;
    if (!intent.step.startsWith('place/')) return null;
    const random = setting.events.outcome(intent);
    if (random.unit() >= params.cancelShare) return null;
    // Admitted by the gate, but perhaps turned down by the order book.
    const orderId = answered.status >= 400 ? null : api.readOrderId(answered.body);
    if (orderId === null) return null;
    const cancel = setting.intent(intent.identity, api.cancelOrder(orderId), {
      step: `cancel/${intent.step.slice('place/'.length)}`,
      kind: IntentKind.followUp,
    });
    const thinkTimes = Math.min(random.exponential(), THINK_TIMES_MAX);
    return { intent: cancel, afterUs: Math.ceil(params.thinkTimeUs * thinkTimes) };
  }

  return { onArrival, onOutcome };
}
