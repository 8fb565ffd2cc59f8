import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';
import { isTakenBack, standingOrder } from './answers.js';

/** From an answer to the next request where nothing is waited for: as fast as a program reacts. */
const REACTION_US = 1_000;
/** A layer is this many times as large as an order of the crowd: 200 to 900 lots where the average was 7. */
const SIZE_TIMES_MIN = 30;
const SIZE_TIMES_MAX = 130;
const QUANTITY_DIGITS = 4;

/** What stands of one arrival's layers. */
interface Wall {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly orderIds: string[];
}

/**
 * Spoofing, one request after the other for each arrival:
 *
 * ```
 * layer x layers ─ move x (moves x those that stand), in turn ─ cancel x those that stand ─ trade on the other side
 * ```
 * A layer that is refused is missing; if all are, nothing follows. Between two moves of one order lies `moveEveryUs`.
 * What stands is remembered for arrivals whose chain is not at its end, so for no more than have a request open or due.
 */
export function createLayering(setting: Setting): Behaviour {
  const { layers, moves, moveEveryUs } = paramsOf(setting.actor, 'layering');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const walls = new Map<string, Wall>();

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const { symbol, side } = orders.order(random);
    walls.set(keyOf(identity, String(number)), { symbol, side, orderIds: [] });
    return place(identity, { symbol, side }, { step: `layer/${number}/1`, wantsBody: true }, random);
  }

  function place(
    identity: Identity,
    market: Pick<Wall, 'symbol' | 'side'>,
    details: { readonly step: string; readonly kind?: IntentKind; readonly wantsBody: boolean },
    random: Random,
  ): Intent {
    const order = { ...orders.order(random), ...market, ...large(orders.change(market.symbol, random), random) };
    return setting.intent(identity, api.placeOrder(order), details);
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const { identity } = intent;
    const [step = '', arrival = '', count = '0'] = intent.step.split('/');
    const key = keyOf(identity, arrival);
    const wall = walls.get(key);
    if (wall === undefined) return null;
    const random = setting.events.outcome(intent);
    if (isTakenBack(answered)) {
      walls.delete(key);
      return null;
    }
    if (step === 'layer') {
      const orderId = standingOrder(answered);
      if (orderId !== null) wall.orderIds.push(orderId);
      if (Number(count) < layers) {
        const details = { step: `layer/${arrival}/${Number(count) + 1}`, kind: IntentKind.followUp, wantsBody: true };
        return { intent: place(identity, wall, details, random), afterUs: REACTION_US };
      }
    }
    const follow = next(step, Number(count), wall);
    if (follow === null) {
      walls.delete(key);
      return null;
    }
    const call = callFor(follow, wall, random);
    const details = { step: `${follow.step}/${arrival}/${follow.count}`, kind: IntentKind.followUp };
    return { intent: setting.intent(identity, call, details), afterUs: follow.afterUs };
  }

  /** What comes after the layers are up. Counts begin at 1. */
  function next(step: string, count: number, { orderIds }: Wall): Next | null {
    const standing = orderIds.length;
    if (standing === 0 || step === 'trade') return null;
    const moved = step === 'move' ? count : 0;
    if (step !== 'cancel' && moved < moves * standing) {
      return { step: 'move', count: moved + 1, afterUs: Math.ceil(moveEveryUs / standing) };
    }
    const cancelled = step === 'cancel' ? count : 0;
    if (cancelled < standing) return { step: 'cancel', count: cancelled + 1, afterUs: REACTION_US };
    return { step: 'trade', count: 1, afterUs: REACTION_US };
  }

  function callFor({ step, count }: Next, { symbol, side, orderIds }: Wall, random: Random): api.ApiCall {
    const orderId = orderIds[(count - 1) % orderIds.length] ?? '';
    if (step === 'move') return api.amendOrder(orderId, large(orders.change(symbol, random), random));
    if (step === 'cancel') return api.cancelOrder(orderId);
    const other = side === 'buy' ? 'sell' : 'buy';
    const { quantity } = orders.change(symbol, random);
    return api.placeOrder({ ...orders.marketOrder(random), symbol, side: other, quantity });
  }

  function keyOf(identity: Identity, arrival: string): string {
    return `${identity.index}/${arrival}`;
  }

  return { onArrival, onOutcome };
}

interface Next {
  readonly step: 'move' | 'cancel' | 'trade';
  readonly count: number;
  readonly afterUs: number;
}

interface Change {
  readonly price: string;
  readonly quantity: string;
}

function large({ price, quantity }: Change, random: Random): Change {
  const times = SIZE_TIMES_MIN + random.below(SIZE_TIMES_MAX - SIZE_TIMES_MIN + 1);
  return { price, quantity: (Number(quantity) * times).toFixed(QUANTITY_DIGITS) };
}
