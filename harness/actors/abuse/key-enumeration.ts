import { macBytesOf } from '../../core/hmac-key.js';
import { paramsOf } from '../../scenario/behaviours.js';
import type { PolicyAuth } from '../../scenario/plan.js';
import type { Behaviour, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { secretText } from '../identities/names.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';
import { demandVictims } from './victims.js';

/** Characters at the end of a real key that a near miss has guessed wrong. */
const MISSED_CHARS = 4;

/**
 * Orders under keys that nobody has, with signatures out of thin air in the form that the policy wants: they come as far as
 * the look for the key. A near miss begins as a real key does, for a target that finds keys by their beginning.
 *
 * Where orders are not signed there is nothing to guess, and every arrival is skipped.
 */
export function createKeyEnumeration(setting: Setting): Behaviour {
  const { victims, nearMissShare } = paramsOf(setting.actor, 'key-enumeration');
  const { auth } = setting;
  if (auth === null) return { onArrival: () => null, onOutcome: () => null };
  const people = demandVictims(setting, victims, 'key');
  const orders = new OrderMaker(setting.actor.symbolZipf);

  const onArrival = (identity: Identity): Intent | null => {
    const { number, random } = setting.events.arrival(identity);
    const isNear = random.unit() < nearMissShare;
    const keyId = isNear
      ? nearMiss(setting.world.identity(people.first + random.below(people.population)).keyId, random)
      : secretText(random);
    const intent = setting.intent(identity, api.placeOrder(orders.order(random)), {
      step: `${isNear ? 'near' : 'guess'}/${number}`,
      claims: { keyId, signature: madeUpSignature(auth, random) },
    });
    return intent.signed ? intent : null;
  };

  return { onArrival, onOutcome: () => null };
}

/** Never the key itself: the first of the changed characters is another one, whatever is drawn. */
function nearMiss(keyId: string, random: Random): string {
  const kept = keyId.slice(0, -MISSED_CHARS);
  const drawn = secretText(random).slice(0, MISSED_CHARS);
  const isSame = drawn.charAt(0) === keyId.charAt(kept.length);
  return kept + (isSame ? (drawn.startsWith('0') ? '1' : '0') + drawn.slice(1) : drawn);
}

function madeUpSignature({ hash, encoding }: PolicyAuth, random: Random): string {
  return Buffer.from(Array.from({ length: macBytesOf[hash] }, () => random.below(256))).toString(encoding);
}
