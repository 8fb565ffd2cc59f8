import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { mistyped } from '../identities/names.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';
import { Patience } from './patience.js';

const UNAUTHORIZED = 401;

/**
 * Logs in. A mistyped password that the target calls wrong (401, whoever says so) is typed again, rightly, after
 * `retryAfterUs`; every throttle and failure is left to `Patience`.
 */
export function createLogin(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'login');
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const slips = random.unit() < params.mistakeRate;
    const password = slips ? mistyped(identity.password, random) : identity.password;
    return setting.intent(identity, api.login(identity.account, password), {
      step: `${slips ? 'mistyped' : 'login'}/${number}`,
      accountIndex: identity.accountIndex,
    });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const { identity } = intent;
    const [step, arrival] = intent.step.split('/');
    if (step === 'mistyped' && answered.status === UNAUTHORIZED) {
      const right = setting.intent(identity, api.login(identity.account, identity.password), {
        step: `corrected/${arrival}`,
        kind: IntentKind.retry,
        attempt: intent.attempt + 1,
        accountIndex: identity.accountIndex,
      });
      return { intent: right, afterUs: params.retryAfterUs };
    }
    // Typing it right counts as an attempt, but whoever has mistyped is as patient afterwards as anybody else.
    return patience.after(intent, answered, step === 'corrected' ? 1 : 0);
  }

  return { onArrival, onOutcome };
}
