import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import type { Setting } from '../setting.js';

/** The account, which costs the target most, for each arrival; nothing else, and whatever the answers are. */
export function createHeavyRequests(setting: Setting): Behaviour {
  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    return setting.intent(identity, api.account(), { step: `account/${number}` });
  }

  return { onArrival, onOutcome: () => null };
}
