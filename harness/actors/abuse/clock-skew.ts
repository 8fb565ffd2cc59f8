import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/**
 * Orders of a clock that is off, by steps over both ranges: first ever older stamps, then ever younger ones, and from the
 * start again. Of n identities the kth takes steps k, k + n, k + 2n ...
 */
export function createClockSkew(setting: Setting): Behaviour {
  const { behindMinUs, behindMaxUs, aheadMinUs, aheadMaxUs, stepUs } = paramsOf(setting.actor, 'clock-skew');
  const behindSteps = stepsOf(behindMinUs, behindMaxUs, stepUs);
  const steps = behindSteps + stepsOf(aheadMinUs, aheadMaxUs, stepUs);
  const orders = new OrderMaker(setting.actor.symbolZipf);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const step = (setting.events.place(identity) + number * setting.actor.population) % steps;
    const stampOffsetUs =
      step < behindSteps ? -(behindMinUs + step * stepUs) : aheadMinUs + (step - behindSteps) * stepUs;
    return setting.intent(identity, api.placeOrder(orders.order(random)), { step: `skewed/${number}`, stampOffsetUs });
  }

  return { onArrival, onOutcome: () => null };
}

/** Stamps of one range, both ends included where the step meets them. A range that is turned round has its beginning alone. */
function stepsOf(minUs: number, maxUs: number, stepUs: number): number {
  return Math.max(0, Math.floor((maxUs - minUs) / stepUs)) + 1;
}
