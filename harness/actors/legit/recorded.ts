import { requestClasses } from '../../scenario/plan.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import { readOrderIds } from '../api.js';
import { Outcome } from '../outcome.js';
import { type Filling, filled, places, type RecordedRequest } from '../recorded-requests.js';
import type { Setting } from '../setting.js';
import { NO_INDEX } from '../world.js';

const LOGIN = requestClasses.indexOf('login');
const PLACE = requestClasses.indexOf('order.place');
const CANCEL = requestClasses.indexOf('order.cancel');
/** Orders of one identity whose ids are remembered; of more the newest are. */
const ORDERS_KEPT = 256;
/** What is named where an order is to be named and none is known: a well-formed id that nobody has. */
const NO_ORDER = 'none';

/**
 * Asks what was recorded, each request at its own time, signed afresh, and nothing that was not: retries and other follow-ups
 * are requests of the recording themselves. A request about an order names one that the same identity has placed, its oldest;
 * a cancel takes it off the list.
 *
 * Steps: `class/row`.
 */
export function createRecorded(setting: Setting): Behaviour {
  const { requests } = setting;
  if (requests === null) throw new Error(`no requests were loaded for actor ${setting.actor.name}`);
  const namesOrders = requests.distinct.some((one) => one !== null && wantsOrder(one));
  /** By index of the identity, oldest first. */
  const orders = new Map<number, string[]>();

  function onArrival(identity: Identity, _nowUs: number, row = 0): Intent | null {
    const request = requests?.distinct[requests.rows[row] as number] ?? null;
    if (request === null) return null;
    const { number } = setting.events.arrival(identity);
    const filling = {
      account: identity.account,
      password: identity.password,
      order: wantsOrder(request) ? orderFor(identity, request) : NO_ORDER,
      number: `${setting.events.place(identity).toString(36)}-${number.toString(36)}`,
    };
    return setting.intent(
      identity,
      {
        requestClass: requestClasses[request.requestClass] as (typeof requestClasses)[number],
        method: request.method,
        path: filled(request.path, filling, encodeURIComponent),
        body: bodyOf(request, filling),
        contentType: request.contentType,
      },
      {
        step: `${requestClasses[request.requestClass]}/${row}`,
        elements: request.elements,
        wantsBody: namesOrders && request.requestClass === PLACE,
        accountIndex: request.requestClass === LOGIN ? identity.accountIndex : NO_INDEX,
      },
    );
  }

  function orderFor(identity: Identity, { requestClass }: RecordedRequest): string {
    const known = orders.get(identity.index);
    return (requestClass === CANCEL ? known?.shift() : known?.[0]) ?? NO_ORDER;
  }

  function onOutcome(intent: Intent, { outcome, body }: Answered): FollowUp | null {
    if (!intent.wantsBody || outcome !== Outcome.admitted) return null;
    const ids = Array.isArray(body) ? body : [body];
    const placed = readOrderIds(ids, ids.length).filter((id) => id !== null);
    const known = orders.get(intent.identity.index) ?? [];
    known.push(...placed.slice(-ORDERS_KEPT));
    known.splice(0, known.length - ORDERS_KEPT);
    orders.set(intent.identity.index, known);
    return null;
  }

  return { onArrival, onOutcome };
}

function wantsOrder({ path, body }: RecordedRequest): boolean {
  return path.includes(places.order) || (body ?? '').includes(places.order);
}

function bodyOf({ body, contentType }: RecordedRequest, filling: Filling): string | null {
  if (body === null) return null;
  const write = contentType === null ? insideJson : encodeURIComponent;
  return filled(body, filling, write);
}

function insideJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
