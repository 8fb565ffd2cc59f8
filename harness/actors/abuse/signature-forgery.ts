import { paramsOf } from '../../scenario/behaviours.js';
import type { ProfileName } from '../../signing/profile-names.js';
import { kindTable } from '../../signing/tampers/tamper-kinds.js';
import { type TamperKind, tamperKinds, tamperTable } from '../../signing/tampers/tampers.js';
import { kindsOfTruth } from '../../signing/tampers/truth-table.js';
import type { Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';

/** Everything that a query can be spelled in another way: order, blanks, escapes. In its normal form. */
const query = 'cursor=p%2F7&fields=open%20orders&limit=50';
/** A member whose letters can be spelled in another way; an order book takes no notice of it. */
const note = '"note":"Zoë"';

/**
 * Signs rightly and spoils the request afterwards, each arrival in the next way of those that a right verifier of the
 * policy's profile refuses. What needs a query is tried on a look at the account, everything else on an order.
 *
 * A request that the policy does not want signed can't be forged; an arrival that has no other is skipped. Only requests of
 * `hmac-lines` have another: of that profile every way is refused whatever it is tried on.
 */
export function createSignatureForgery(setting: Setting): Behaviour {
  const { spoils } = paramsOf(setting.actor, 'signature-forgery');
  const profile = setting.auth?.profile ?? 'hmac-lines';
  const kinds = kindsOf(spoils, profile);
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
    const [wanted, other] = kindTable[kind].on === 'reading' ? [look, order] : [order, look];
    if (wanted.signed) return wanted;
    return other.signed && profile === 'hmac-lines' ? other : null;
  }

  function otherKey(place: number): string {
    return population > 1 ? setting.world.identity(first + ((place + 1) % population)).keyId : '';
  }

  return { onArrival, onOutcome: () => null };
}

/** All kinds of one sort that the profile's verifier must refuse, in the order of their table. */
export function kindsOf(spoils: 'mac' | 'text' | 'all', profile: ProfileName): readonly TamperKind[] {
  if (profile === 'hmac-lines') {
    return tamperKinds.filter((kind) => {
      const row: { readonly spoils: string; readonly mustAccept: boolean } = tamperTable[kind];
      return !row.mustAccept && (spoils === 'all' || row.spoils === spoils);
    });
  }
  return kindsOfTruth(profile, 'reject').filter((kind) => {
    const row: { readonly spoils: string; readonly on: string } = kindTable[kind];
    // Other sorts need a route, a clock or a request that was sent before.
    return row.on !== 'cancel' && (spoils === 'all' ? isOf(row.spoils) : row.spoils === spoils);
  });
}

function isOf(spoils: string): boolean {
  return spoils === 'mac' || spoils === 'text';
}

function spelledOrder(call: api.ApiCall): api.ApiCall {
  return { ...call, body: `${call.body?.slice(0, -1)},${note}}` };
}
