import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { mayPass, Patience } from './patience.js';

/**
 * Comes back after a cut: logs in, and when it is in, asks for what it had on its screen, one thing after the other. What
 * is throttled or fails in the end is left out and the rest is still asked for; any other no ends it.
 *
 * Steps: `login/arrival`, then `screen/arrival/request`, from 0.
 */
export function createReconnect(setting: Setting): Behaviour {
  const { requests, accountShare, gapUs } = paramsOf(setting.actor, 'reconnect');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    return setting.intent(identity, api.login(identity.account, identity.password), {
      step: `login/${number}`,
      accountIndex: identity.accountIndex,
    });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (again !== null) return again;
    const [step, arrival = '', request = '-1'] = intent.step.split('/');
    const isIn = answered.outcome === Outcome.admitted && answered.status < 400;
    if (step === 'login' && !isIn) return null;
    if (answered.outcome !== Outcome.admitted && !mayPass(answered.outcome)) return null;
    const next = Number(request) + 1;
    return next >= requests ? null : { intent: screen(intent, arrival, next), afterUs: gapUs };
  }

  function screen(before: Intent, arrival: string, request: number): Intent {
    const random = setting.events.outcome(before);
    const call = random.unit() < accountShare ? api.account() : api.ticker(orders.symbol(random));
    return setting.intent(before.identity, call, {
      step: `screen/${arrival}/${request}`,
      kind: IntentKind.followUp,
    });
  }

  return { onArrival, onOutcome };
}
