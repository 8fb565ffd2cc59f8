import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import type { Setting } from '../setting.js';
import { createDealer } from './dealer.js';
import { guess } from './guesses.js';
import { createVictimDealer } from './victims.js';

/** Guesses that are used in turn; both names of a pair get the same one, so that only the name differs. */
const GUESSES = 100;

/** Arrivals in pairs: a name that exists, and one that does not, with the same wrong password. */
export function createNameProbing(setting: Setting): Behaviour {
  const { victims } = paramsOf(setting.actor, 'name-probing');
  const known = createVictimDealer(setting, victims, 'account');
  const unknown = createDealer(setting);

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    const turn = Math.floor(number / 2);
    const password = guess(turn % GUESSES);
    if (number % 2 === 0) {
      const { account, accountIndex } = known(identity, turn).victim;
      return setting.intent(identity, api.login(account, password), { step: `known/${number}`, accountIndex });
    }
    const { username, accountIndex } = unknown(identity, turn);
    return setting.intent(identity, api.login(username, password), { step: `unknown/${number}`, accountIndex });
  }

  return { onArrival, onOutcome: () => null };
}
