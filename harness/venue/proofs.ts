/**
 * What a request proves beside a MAC, or instead of one, told to a gate as a signature that is right or wrong.
 *
 * Of a profile of kind `own` the gate is told the MAC of the message under a secret of the key that only the gate uses, when
 * the proof is right; so the gate's memory takes two requests with one message for one that came twice. Of a profile with
 * HMAC and something more (a passphrase, a digest of the body) the gate is told the signature as it came, when that is
 * right. A wrong one of either kind is a signature of zeros, which is no MAC that anybody knows a message to. The caller's
 * own must not be bent instead: whoever knows the secret and not the passphrase could send a signature that is right once it
 * is bent.
 *
 * A key that does not exist is worked out against one that nobody has, so that it takes as long as a wrong proof; where none
 * can be worked out (RSA), against one that somebody has, and it counts for nothing. The gate does the same with its MAC.
 */
import { macBytesOf } from '../core/hmac-key.js';
import type { AuthSpec } from '../core/spec.js';
import { credentialFrom } from '../signing/keys/credential.js';
import type { Claim, Credential, SigningProfile } from '../signing/profile.js';

export class Proofs {
  readonly #profile: SigningProfile;
  readonly #wrong: string;
  /** Of keys that have something beside the secret of a MAC; empty where none has. */
  readonly #credentials = new Map<string, Credential>();
  readonly #isAsked: boolean;
  #nobody: Credential | null = null;

  constructor(profile: SigningProfile, { hash, encoding }: Pick<AuthSpec, 'hash' | 'encoding'>) {
    this.#profile = profile;
    this.#wrong = Buffer.alloc(macBytesOf[hash]).toString(encoding);
    this.#isAsked = profile.kind === 'own' || profile.keyKind !== 'secret';
  }

  /**
   * @param secret - the one text that a world gives out, or what the holder of a real key has; of a profile of kind `own`
   *   any bytes may stand for the secret of the latter.
   * @returns the secret that the gate is given for the key.
   * @throws {RangeError} when the profile's keys have no such form.
   */
  addKey(keyId: string, secret: string | Credential): Uint8Array {
    const isText = typeof secret === 'string';
    const credential = isText ? credentialFrom(this.#profile, { keyId, secret }) : secret;
    if (this.#isAsked) this.#credentials.set(keyId, credential);
    return isText && this.#profile.kind === 'own' ? Buffer.from(secret, 'utf8') : credential.secret;
  }

  removeKey(keyId: string): void {
    this.#credentials.delete(keyId);
  }

  /** @param sign - the gate's MAC of a message under a key that it knows. */
  signatureFor(claim: Claim, sign: (keyId: string, message: string) => string): string {
    const { keyId, message, signature, proves } = claim;
    if (this.#profile.kind === 'hmac' && proves === null) return signature;
    const credential = this.#credentials.get(keyId);
    const asked = credential ?? this.#standIn();
    if (asked === null || proves?.(asked) !== true) return this.#wrong;
    // Whether the key is known and its MAC right is for the gate to say.
    if (this.#profile.kind === 'hmac') return signature;
    return credential === undefined ? this.#wrong : sign(keyId, message);
  }

  /** null = there is no key at all. */
  #standIn(): Credential | null {
    if (this.#profile.keyKind === 'rsa') return this.#credentials.values().next().value ?? null;
    this.#nobody ??= credentialFrom(this.#profile, { keyId: 'no-such-key', secret: 'no such key' });
    return this.#nobody;
  }
}
