import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import type { Setting } from '../setting.js';
import { guess } from './guesses.js';
import { createVictimDealer } from './victims.js';

/** `tries` wrong passwords for one account in a row, then the next account: to have its owner locked out. */
export function createAccountLockout(setting: Setting): Behaviour {
  const { victims, tries } = paramsOf(setting.actor, 'account-lockout');
  const deal = createVictimDealer(setting, victims, 'account');

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    const { victim } = deal(identity, Math.floor(number / tries));
    return setting.intent(identity, api.login(victim.account, guess(number % tries)), {
      step: `lock/${number}`,
      accountIndex: victim.accountIndex,
    });
  }

  return { onArrival, onOutcome: () => null };
}
