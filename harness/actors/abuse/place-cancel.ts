import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';
import { standingOrder } from './answers.js';

/** Quote stuffing: each identity on one symbol of its own, each order cancelled as soon as it has stood for its short life. */
export function createPlaceCancel(setting: Setting): Behaviour {
  const { lifeMinUs, lifeMaxUs } = paramsOf(setting.actor, 'place-cancel');
  const lifeSpanUs = Math.max(0, lifeMaxUs - lifeMinUs);
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const symbol = orders.symbol(setting.events.trait(identity, 'symbol'));
    const order = { ...orders.order(random), symbol, ...orders.change(symbol, random) };
    return setting.intent(identity, api.placeOrder(order), { step: `place/${number}`, wantsBody: true });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const [step, number] = intent.step.split('/');
    const orderId = step === 'place' ? standingOrder(answered) : null;
    if (orderId === null) return null;
    const cancel = setting.intent(intent.identity, api.cancelOrder(orderId), {
      step: `cancel/${number}`,
      kind: IntentKind.followUp,
    });
    return {
      intent: cancel,
      afterUs: lifeMinUs + Math.floor(setting.events.outcome(intent).unit() * (lifeSpanUs + 1)),
    };
  }

  return { onArrival, onOutcome };
}
