import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';
import { isTakenBack } from './answers.js';
import { createDealer } from './dealer.js';

/**
 * Tries a leaked list, one pair per arrival, whatever the answers are. A share of the pairs is tried once more, also
 * whatever the answer was.
 */
export function createCredentialStuffing(setting: Setting): Behaviour {
  const { repeatShare, repeatAfterUs } = paramsOf(setting.actor, 'credential-stuffing');
  const deal = createDealer(setting);

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    const { username, password, accountIndex } = deal(identity, number);
    return setting.intent(identity, api.login(username, password), { step: `try/${number}`, accountIndex });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    if (repeatShare === 0 || intent.attempt > 0 || isTakenBack(answered)) return null;
    if (setting.events.outcome(intent).unit() >= repeatShare) return null;
    return { intent: { ...intent, kind: IntentKind.retry, attempt: 1 }, afterUs: repeatAfterUs };
  }

  return { onArrival, onOutcome };
}
