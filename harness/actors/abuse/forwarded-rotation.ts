import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, Identity, Intent, Random } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import type { Setting } from '../setting.js';
import { createDealer } from './dealer.js';

/**
 * Asks again and again from one address, each time under a fresh X-Forwarded-For, to be counted as somebody else.
 * `ticker` asks for prices; `login` tries a name that does not exist, a new one each time, so that only a limit by ip
 * can hold it.
 */
export function createForwardedRotation(setting: Setting): Behaviour {
  const { path } = paramsOf(setting.actor, 'forwarded-rotation');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const deal = createDealer(setting);

  function onArrival(identity: Identity): Intent {
    const { number, random } = setting.events.arrival(identity);
    const headers = { 'x-forwarded-for': forgedForwardedFor(random) };
    const step = `${path}/${number}`;
    if (path === 'ticker') return setting.intent(identity, api.ticker(orders.symbol(random)), { step, headers });
    const { username, password, accountIndex } = deal(identity, number);
    return setting.intent(identity, api.login(username, password), { step, headers, accountIndex });
  }

  return { onArrival, onOutcome: () => null };
}

/** A made-up X-Forwarded-For: all forms that a parser may take for a new address. Always a legal header value. */
export function forgedForwardedFor(random: Random): string {
  const form = forms[random.below(forms.length)] ?? publicV4;
  return form(random);
}

/** Rubbish that naive code has been seen to accept as a key of its own. A number follows, so that each is fresh. */
const rubbish = ['unknown', '_hidden', '127.0.0.1:', '0x7f.1.', '999.999.999.', '::ffff:', '"', "'; --", '%00', ',,,'];

const forms: readonly ((random: Random) => string)[] = [
  publicV4,
  publicV4,
  publicV6,
  privateV4,
  (random) => `${publicV4(random)}, ${publicV4(random)}`,
  (random) => `${publicV4(random)}, ${privateV4(random)}, ${publicV6(random)}`,
  (random) => `${publicV4(random)}:${1 + random.below(65_535)}`,
  (random) => `[${publicV6(random)}]:443`,
  (random) => `${rubbish[random.below(rubbish.length)]}${random.below(2 ** 32)}`,
];

function publicV4(random: Random): string {
  // 11 to 126 and 128 to 191 hold no loopback and no multicast; a few private addresses among them do no harm.
  const first = 11 + random.below(180);
  return `${first === 127 ? 191 : first}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

function privateV4(random: Random): string {
  return `10.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

function publicV6(random: Random): string {
  const groups = Array.from({ length: 6 }, () => random.below(65_536).toString(16));
  return `2001:${(0x1000 + random.below(0xd000)).toString(16)}:${groups.join(':')}`;
}
