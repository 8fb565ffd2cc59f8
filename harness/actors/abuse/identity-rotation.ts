import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';

/**
 * Floods with one identity until a throttle, a ban or a refusal of it comes back, and goes on with the next of those that do
 * not rest. With all of them at rest an arrival is skipped.
 *
 * Only identities that have arrived are used: where the generator has several workers, each rotates over its own.
 */
export function createIdentityRotation(setting: Setting): Behaviour {
  const { restUs } = paramsOf(setting.actor, 'identity-rotation');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  /** In the order of their first arrival. */
  const known: Identity[] = [];
  /** By identity index: it rests before this moment. Who is not in here has never arrived. */
  const restsUntilUs = new Map<number, number>();
  let turn = 0;

  function onArrival(arrived: Identity, nowUs: number): Intent | null {
    if (!restsUntilUs.has(arrived.index)) {
      restsUntilUs.set(arrived.index, 0);
      known.push(arrived);
    }
    const identity = nextAwake(nowUs);
    if (identity === null) return null;
    const { number, random } = setting.events.arrival(identity);
    return setting.intent(identity, api.placeOrder(orders.order(random)), { step: `place/${number}` });
  }

  /** The one in use, or the first awake one behind it. */
  function nextAwake(nowUs: number): Identity | null {
    for (let tried = 0; tried < known.length; tried += 1) {
      const identity = known[turn];
      if (identity !== undefined && restOf(identity) <= nowUs) return identity;
      turn = (turn + 1) % known.length;
    }
    return null;
  }

  function restOf({ index }: Identity): number {
    return restsUntilUs.get(index) ?? 0;
  }

  function onOutcome({ identity }: Intent, { outcome }: Answered, nowUs: number): null {
    if (blocks.has(outcome)) restsUntilUs.set(identity.index, Math.max(restOf(identity), nowUs + restUs));
    return null;
  }

  return { onArrival, onOutcome };
}

/** Answers that make an identity useless for a while. */
const blocks: ReadonlySet<Outcome> = new Set([Outcome.throttled, Outcome.banned, Outcome.refused, Outcome.denied]);
