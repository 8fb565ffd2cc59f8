import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import type { Setting } from '../setting.js';
import { guess } from './guesses.js';
import { createVictimDealer } from './victims.js';

/**
 * One password on one account after the other, then the next password: no account sees two tries before all have seen one.
 * After the last password it begins anew with the first.
 */
export function createPasswordSpraying(setting: Setting): Behaviour {
  const { victims, passwords } = paramsOf(setting.actor, 'password-spraying');
  const deal = createVictimDealer(setting, victims, 'account');

  function onArrival(identity: Identity): Intent {
    const { number } = setting.events.arrival(identity);
    const { victim, round } = deal(identity, number);
    return setting.intent(identity, api.login(victim.account, guess(round % passwords)), {
      step: `spray/${number}`,
      accountIndex: victim.accountIndex,
    });
  }

  return { onArrival, onOutcome: () => null };
}
