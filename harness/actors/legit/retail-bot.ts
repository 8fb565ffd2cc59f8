import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { mayPass, Patience } from './patience.js';

/** The longest life of an order, in medians. */
const MEDIANS_MAX = 10;

/**
 * A customer's program: it looks at the ticker and trades.
 *
 * ```
 * ticker
 * market                                    filled at once
 * place ─ half a life ─ amend ─ the other half ─ cancel
 *       └ a life ─ cancel
 * ```
 * Lives are exponential. An amend that is throttled or fails in the end does not keep the order from its cancel.
 *
 * Steps: `ticker/arrival`, `market/arrival`, `place/arrival/symbol`, `amend/arrival/microseconds left`, `cancel/arrival`.
 */
export function createRetailBot(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'retail-bot');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    if (random.unit() >= params.orderShare) {
      return setting.intent(identity, api.ticker(orders.symbol(random)), { step: `ticker/${number}` });
    }
    if (random.unit() < params.marketShare) {
      return setting.intent(identity, api.placeOrder(orders.marketOrder(random)), { step: `market/${number}` });
    }
    const order = orders.order(random);
    const step = `place/${number}/${order.symbol}`;
    return setting.intent(identity, api.placeOrder(order), { step, wantsBody: true });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (again !== null) return again;
    const [step, arrival = '', note = ''] = intent.step.split('/');
    const isTaken = answered.outcome === Outcome.admitted && answered.status < 400;
    if (step === 'place') return isTaken ? live(intent, api.readOrderId(answered.body), arrival, note) : null;
    if (step !== 'amend' || !(isTaken || mayPass(answered.outcome))) return null;
    const orderId = intent.path.split('/').at(-1) ?? null;
    return end(intent, orderId, { arrival, afterUs: Number(note), random: setting.events.outcome(intent) });
  }

  /** What comes of an order that stands. */
  function live(place: Intent, orderId: string | null, arrival: string, symbol: string): FollowUp | null {
    if (orderId === null) return null;
    const random = setting.events.outcome(place);
    const medians = Math.min(random.exponential() / Math.LN2, MEDIANS_MAX);
    const lifeUs = Math.ceil(params.orderLifeUs * medians);
    if (random.unit() >= params.amendShare) return end(place, orderId, { arrival, afterUs: lifeUs, random });
    const halfUs = Math.ceil(lifeUs / 2);
    const amend = setting.intent(place.identity, api.amendOrder(orderId, orders.change(symbol, random)), {
      step: `amend/${arrival}/${halfUs}`,
      kind: IntentKind.followUp,
    });
    return { intent: amend, afterUs: halfUs };
  }

  /** The cancel of a share of orders; the others are left where they are. */
  function end(
    before: Intent,
    orderId: string | null,
    how: { readonly arrival: string; readonly afterUs: number; readonly random: Random },
  ): FollowUp | null {
    if (orderId === null || how.random.unit() >= params.cancelShare) return null;
    const cancel = setting.intent(before.identity, api.cancelOrder(orderId), {
      step: `cancel/${how.arrival}`,
      kind: IntentKind.followUp,
    });
    return { intent: cancel, afterUs: how.afterUs };
  }

  return { onArrival, onOutcome };
}
