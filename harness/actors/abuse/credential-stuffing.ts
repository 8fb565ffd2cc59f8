import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import type { Setting } from '../setting.js';
import { createDealer } from './dealer.js';

/** Tries a leaked list, one pair per arrival, whatever the answers are. */
export function createCredentialStuffing(setting: Setting): Behaviour {
  const deal = createDealer(setting);

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    const { username, password, accountIndex } = deal(identity, number);
    return setting.intent(identity, api.login(username, password), { step: `try/${number}`, accountIndex });
  }

  return { onArrival, onOutcome: () => null };
}
