/** Ways to change the signed headers of a request: its time, its window, its nonce. */
import { type Sign, signingHeaders } from '../hmac-lines.js';
import { headerOf, type SignedWire, signedAnew, signedText, withHeaders } from '../signed-wire.js';

const { timestamp, window, nonce } = signingHeaders;

/** Below this no clock stands, and its seconds could pass for milliseconds: 100 days from 1970 on. */
const STAMP_MS_MIN = 8_640_000_000;
const WINDOW_MS_PLAIN = 60_000;
/** One character more than the profile allows. */
const NONCE_CHARS = 65;

/** Up to a second younger than it is, to live longer. */
export function laterStamp(wire: SignedWire, seed: number): SignedWire {
  return withHeaders(wire, { [timestamp]: String(numberOf(wire, timestamp) + 1 + (seed % 999)) });
}

export function widerWindow(wire: SignedWire, seed: number): SignedWire {
  const asked = numberOf(wire, window);
  return withHeaders(wire, { [window]: String(asked + WINDOW_MS_PLAIN + (seed % WINDOW_MS_PLAIN)) });
}

/** A copy that no memory of nonces would know again. */
export function otherNonce(wire: SignedWire, seed: number): SignedWire {
  const old = headerOf(wire.headers, nonce);
  const fresh = `${seed.toString(36)}${old}`.slice(0, NONCE_CHARS - 1);
  return withHeaders(wire, { [nonce]: fresh === old ? `${old.slice(1)}${old.startsWith('0') ? '1' : '0'}` : fresh });
}

/**
 * The stamp in another unit, rightly signed: a client's mistake. As milliseconds, seconds are decades ago and microseconds
 * thousands of years ahead. A clock that stands in 1970 would hide that, so there a later stamp is sent.
 */
export function otherUnit(unit: 's' | 'us'): (wire: SignedWire, seed: number, sign: Sign) => SignedWire {
  return (wire, seed, sign) => {
    const stampMs = numberOf(wire, timestamp);
    if (stampMs < STAMP_MS_MIN) return laterStamp(wire, seed);
    const stamp = String(unit === 's' ? Math.floor(stampMs / 1_000) : stampMs * 1_000);
    // The stamp is the first line of the text; one that the profile has no room for is signed all the same.
    const text = signedText(wire).replace(/^\d+/, stamp);
    const signature = sign(headerOf(wire.headers, signingHeaders.keyId), text);
    return withHeaders(wire, { [timestamp]: stamp, [signingHeaders.signature]: signature });
  };
}

/** A nonce that is longer than the profile allows, rightly signed: whoever remembers nonces must bound what one takes. */
export function hugeNonce(wire: SignedWire, seed: number, sign: Sign): SignedWire {
  return signedAnew(wire, { [nonce]: 'n'.repeat(NONCE_CHARS + (seed % 1_000)) }, sign);
}

function numberOf(wire: SignedWire, name: string): number {
  return Number(headerOf(wire.headers, name));
}
