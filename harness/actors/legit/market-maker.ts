import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { Patience } from './patience.js';

/** From the answer to a cancel to the new order in its place: a program's reaction, not a person's. */
const REACTION_US = 1_000;

/** What an order's request was for. `swap` is the cancel that makes room for a new order. */
type Move = 'place' | 'amend' | 'swap' | 'cancel';

/** The parts of a step `move/arrival/replaces/symbol`. */
interface Note {
  readonly move: string;
  readonly arrival: string;
  /** Replacements of this arrival's order so far. */
  readonly replaces: number;
  readonly symbol: string;
}

/**
 * Quotes: each arrival places an order, which is replaced at the end of each life and cancelled in the end.
 *
 * ```
 * place ─ life ─┬─ amend ─ life ─ ...
 *               ├─ swap (a cancel) ─ reaction ─ place ─ life ─ ...
 *               └─ cancel
 * ```
 * One arrival is followed by `replacesMax` replacements at most.
 */
export function createMarketMaker(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'market-maker');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const order = orders.order(random);
    const step = writeNote('place', { arrival: String(number), replaces: 0, symbol: order.symbol });
    return setting.intent(identity, api.placeOrder(order), { step, wantsBody: true });
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (answered.outcome !== Outcome.admitted) return again;
    // Admitted by the gate, but turned down by the order book: there is no order to go on with.
    if (answered.status >= 400) return null;
    const note = readNote(intent.step);
    const random = setting.events.outcome(intent);
    switch (note.move) {
      case 'place':
        return endOfLife(intent.identity, api.readOrderId(answered.body), note, random);
      case 'amend':
        return endOfLife(intent.identity, intent.path.split('/').at(-1) ?? null, note, random);
      case 'swap': {
        const order = orders.order(random);
        const step = writeNote('place', { ...note, symbol: order.symbol });
        const place = setting.intent(intent.identity, api.placeOrder(order), {
          step,
          kind: IntentKind.followUp,
          wantsBody: true,
        });
        return { intent: place, afterUs: REACTION_US };
      }
      default:
        return null;
    }
  }

  function endOfLife(identity: Identity, orderId: string | null, note: Note, random: Random): FollowUp | null {
    if (orderId === null) return null;
    const move = nextMove(note.replaces, random);
    const replaces = move === 'cancel' ? note.replaces : note.replaces + 1;
    const call =
      move === 'amend' ? api.amendOrder(orderId, orders.change(note.symbol, random)) : api.cancelOrder(orderId);
    const step = writeNote(move, { ...note, replaces });
    return {
      intent: setting.intent(identity, call, { step, kind: IntentKind.followUp }),
      afterUs: params.orderLifeUs,
    };
  }

  function nextMove(replaces: number, random: Random): 'amend' | 'swap' | 'cancel' {
    if (replaces >= params.replacesMax || random.unit() >= params.replaceShare) return 'cancel';
    return random.unit() < params.amendShare ? 'amend' : 'swap';
  }

  return { onArrival, onOutcome };
}

function writeNote(move: Move, note: Omit<Note, 'move'>): string {
  return `${move}/${note.arrival}/${note.replaces}/${note.symbol}`;
}

function readNote(step: string): Note {
  const [move = '', arrival = '', replaces = '', symbol = ''] = step.split('/');
  return { move, arrival, replaces: Number(replaces), symbol };
}
