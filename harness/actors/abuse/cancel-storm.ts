import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';
import { isTakenBack, standingOrder } from './answers.js';

/** From an answer to the next cancel: as fast as a program reacts. */
const REACTION_US = 1_000;

/**
 * Cancels each order that it has placed `cancels` times, one after the other, whatever the answers are: the first takes it
 * off the book, the others are about nothing.
 */
export function createCancelStorm(setting: Setting): Behaviour {
  const { cancels } = paramsOf(setting.actor, 'cancel-storm');
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const call = api.placeOrder(orders.order(random));
    return setting.intent(identity, call, { step: `place/${number}`, wantsBody: true });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    if (isTakenBack(answered)) return null;
    const [step, number, sent = '0'] = intent.step.split('/');
    const orderId = step === 'place' ? standingOrder(answered) : (intent.path.split('/').at(-1) ?? null);
    const next = Number(sent) + 1;
    if (orderId === null || next > cancels) return null;
    const cancel = setting.intent(intent.identity, api.cancelOrder(orderId), {
      step: `cancel/${number}/${next}`,
      kind: IntentKind.followUp,
    });
    return { intent: cancel, afterUs: REACTION_US };
  }

  return { onArrival, onOutcome };
}
