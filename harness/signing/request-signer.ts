/** Signs requests by one profile for many holders of keys: the sending side of a run. */
import { credentialFrom } from './keys/credential.js';
import type { Credential, Sign, SigningProfile, Stamp, Unsigned } from './profile.js';
import type { SignedWire } from './signed-wire.js';
import { applyTamper, type Tamper } from './tampers/tampers.js';

/** Credentials that are kept at once; working one out anew takes longest where it is a key pair. */
const KEPT_MAX = 2 ** 14;

export interface KeyText {
  readonly keyId: string;
  readonly secret: string;
}

export class RequestSigner {
  readonly #profile: SigningProfile;
  readonly #sign: Sign;
  readonly #credentials = new Map<string, Credential>();

  /** @param sign - the MAC under a key's secret, in hash, encoding and text form of the profile. */
  constructor(profile: SigningProfile, sign: Sign) {
    this.#profile = profile;
    this.#sign = sign;
  }

  /** The request as it goes over the wire. @throws {RangeError} for a field that the profile can't carry. */
  signed(request: Unsigned, stamp: Stamp, holder: KeyText): SignedWire {
    return this.#wire(request, stamp, this.#credentialOf(holder), this.#sign);
  }

  /**
   * The same under a key and a signature that nobody has given out. Of a profile that proves itself otherwise than by a MAC the
   * proof is made with a key that is worked out of the signature's text: right in form, and nobody's.
   */
  forged(request: Unsigned, stamp: Stamp, { keyId, signature }: { keyId: string; signature: string }): SignedWire {
    return this.#wire(request, stamp, credentialFrom(this.#profile, { keyId, secret: signature }), () => signature);
  }

  /**
   * The same, signed and spoiled afterwards. Whoever else signs has a key that is worked out of his key's id where the profile
   * has key pairs: right in form, and not that of the key which is named.
   */
  spoiled(request: Unsigned, stamp: Stamp, holder: KeyText, tamper: Tamper): SignedWire {
    const profile = this.#profile;
    const own = this.#credentialOf(holder);
    const { otherKeyId } = tamper;
    // An RSA key can't be worked out of a text: then a bit is flipped.
    const isAlone = otherKeyId === '' || profile.keyKind === 'rsa';
    const other = isAlone ? null : credentialFrom(profile, { keyId: otherKeyId, secret: `not that of ${otherKeyId}` });
    const { windowUs, futureUs } = profile.defaults;
    const setting = { profile, request, stamp, own, other, sign: this.#sign, windowUs, futureUs };
    return applyTamper(this.#wire(request, stamp, own, this.#sign), tamper, setting);
  }

  #wire(request: Unsigned, stamp: Stamp, credential: Credential, sign: Sign): SignedWire {
    const profile = this.#profile;
    if (profile.kind === 'own') return profile.sign(request, stamp, credential);
    return profile.sign(request, stamp, credential, sign);
  }

  #credentialOf(holder: KeyText): Credential {
    const known = this.#credentials.get(holder.keyId);
    if (known !== undefined) return known;
    const credential = credentialFrom(this.#profile, holder);
    if (this.#credentials.size >= KEPT_MAX) this.#credentials.clear();
    this.#credentials.set(holder.keyId, credential);
    return credential;
  }
}
