import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { mayPass, Patience } from './patience.js';

/** Think times are exponential about their mean; the longest one is this many means. */
const THINK_TIMES_MAX = 10;
/** No order in this visit. */
const NEVER = -1;

/** The parts of a step `what/arrival/polls so far/poll after which the order is placed`. */
interface Note {
  readonly arrival: string;
  readonly polls: number;
  readonly orderAfter: number;
}

/**
 * A person at a screen. A visit reads the account, then looks at the ticker `polls` times; in a share of visits an order
 * is placed after one of the looks (or after the account), and cancelled after some thought or left alone.
 *
 * ```
 * open ─ poll ─ poll ─ place ─ think ─ cancel ─ poll ─ ...
 * ```
 * What is throttled or fails in the end is passed over, since a screen asks again anyway; any other no ends the visit.
 */
export function createRetailUi(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'retail-ui');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const orderAfter = random.unit() < params.orderShare ? random.below(params.polls + 1) : NEVER;
    return setting.intent(identity, api.account(), { step: `open/${number}/0/${orderAfter}` });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (again !== null) return again;
    if (answered.outcome !== Outcome.admitted && !mayPass(answered.outcome)) return null;
    const [step = '', arrival = '', polls = '', orderAfter = ''] = intent.step.split('/');
    const note: Note = { arrival, polls: Number(polls), orderAfter: Number(orderAfter) };
    const random = setting.events.outcome(intent);
    const wants = step === 'open' || step === 'poll' ? note.polls === note.orderAfter : false;
    if (wants) return { intent: place(intent.identity, note, random), afterUs: pauseUs(random) };
    return (step === 'place' ? cancel(intent, answered, note, random) : null) ?? look(intent.identity, note, random);
  }

  function place(identity: Identity, note: Note, random: Random): Intent {
    const call = api.placeOrder(orders.order(random));
    return setting.intent(identity, call, { step: stepOf('place', note), kind: IntentKind.followUp, wantsBody: true });
  }

  function cancel(place: Intent, answered: Answered, note: Note, random: Random): FollowUp | null {
    if (random.unit() >= params.cancelShare) return null;
    const isTaken = answered.outcome === Outcome.admitted && answered.status < 400;
    const orderId = isTaken ? api.readOrderId(answered.body) : null;
    if (orderId === null) return null;
    const call = api.cancelOrder(orderId);
    const thinkTimes = Math.min(random.exponential(), THINK_TIMES_MAX);
    return {
      intent: setting.intent(place.identity, call, { step: stepOf('cancel', note), kind: IntentKind.followUp }),
      afterUs: Math.ceil(params.thinkTimeUs * thinkTimes),
    };
  }

  /** The next look, or null when the visit is over. */
  function look(identity: Identity, note: Note, random: Random): FollowUp | null {
    if (note.polls >= params.polls) return null;
    const step = stepOf('poll', { ...note, polls: note.polls + 1 });
    const call = api.ticker(orders.symbol(random));
    return {
      intent: setting.intent(identity, call, { step, kind: IntentKind.followUp }),
      afterUs: pauseUs(random),
    };
  }

  function pauseUs(random: Random): number {
    return Math.ceil(params.pollEveryUs * (0.5 + random.unit()));
  }

  return { onArrival, onOutcome };
}

function stepOf(what: 'poll' | 'place' | 'cancel', { arrival, polls, orderAfter }: Note): string {
  return `${what}/${arrival}/${polls}/${orderAfter}`;
}
