import { macBytesOf } from '../../core/hmac-key.js';
import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';
import { createVictimDealer } from './victims.js';

/** Higher than any microsecond that a clock will show, and the highest number that every client can write. */
const HIGHEST = Number.MAX_SAFE_INTEGER;

/**
 * Orders under real keys, whose ids are no secret, with signatures out of thin air and the highest number that there is. A
 * verifier that uses the number up before it has looked at the signature shuts the owner out for good.
 *
 * Where orders are not signed there is nothing to use up, and every arrival is skipped.
 */
export function createNonceExhaustion(setting: Setting): Behaviour {
  const { victims } = paramsOf(setting.actor, 'nonce-exhaustion');
  const { auth } = setting;
  if (auth === null) return { onArrival: () => null, onOutcome: () => null };
  const deal = createVictimDealer(setting, victims, 'key');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const bytes = macBytesOf[auth.hash];
  return {
    onArrival: (identity) => {
      const { number, random } = setting.events.arrival(identity);
      const { keyId } = deal(identity, number).victim;
      const made = Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
      const claims = { keyId, signature: made.toString(auth.encoding), rising: HIGHEST };
      const intent = setting.intent(identity, api.placeOrder(orders.order(random)), {
        step: `exhaust/${number}`,
        claims,
      });
      return intent.signed ? intent : null;
    },
    onOutcome: () => null,
  };
}
