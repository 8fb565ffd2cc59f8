import { paramsOf } from '../../scenario/behaviours.js';
import { type TamperKind, tamperKinds, tamperTable } from '../../signing/tampers.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/** Kinds that need a query to work on. */
const ofQueries = /^(?:query|percent|trailing)-/;
/** Everything that a query can be spelled in another way: order, blanks, escapes. In its normal form. */
const query = 'cursor=p%2F7&fields=open%20orders&limit=50';
/** A member whose letters can be spelled in another way; an order book takes no notice of it. */
const note = '"note":"Zoë"';

/**
 * Signs rightly and spoils the request afterwards, each arrival in the next way of those that a right verifier refuses. What
 * needs a query is tried on a look at the account, everything else on an order.
 *
 * A request that the policy does not want signed can't be forged; an arrival that has no other is skipped.
 */
export function createSignatureForgery(setting: Setting): Behaviour {
  const { spoils } = paramsOf(setting.actor, 'signature-forgery');
  const kinds = kindsOf(spoils);
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const first = setting.peopleOf(setting.actor.name).first;
  const { population } = setting.actor;

  function onArrival(identity: Identity): Intent | null {
    const { number, random } = setting.events.arrival(identity);
    const place = setting.events.place(identity);
    // Each identity begins elsewhere in the table, so that a short run still tries all.
    const kind = kinds[(place + number) % kinds.length] ?? 'bit-flip';
    const details = {
      step: `${kind}/${number}`,
      tamper: { kind, seed: random.below(2 ** 32), otherKeyId: otherKey(place) },
    };
    const order = setting.intent(identity, spelledOrder(api.placeOrder(orders.order(random))), details);
    const look = setting.intent(identity, { ...api.account(), path: `${api.account().path}?${query}` }, details);
    const [wanted, other] = ofQueries.test(kind) ? [look, order] : [order, look];
    if (wanted.signed) return wanted;
    return other.signed ? other : null;
  }

  function otherKey(place: number): string {
    return population > 1 ? setting.world.identity(first + ((place + 1) % population)).keyId : '';
  }

  return { onArrival, onOutcome: () => null };
}

/** All kinds of one sort that must be refused, in the order of the table. */
export function kindsOf(spoils: 'mac' | 'text' | 'all'): readonly TamperKind[] {
  return tamperKinds.filter((kind) => {
    const row: { readonly spoils: string; readonly mustAccept: boolean } = tamperTable[kind];
    return !row.mustAccept && (spoils === 'all' || row.spoils === spoils);
  });
}

function spelledOrder(call: api.ApiCall): api.ApiCall {
  return { ...call, body: `${call.body?.slice(0, -1)},${note}}` };
}
