/** Signs calls of an adapted API: by a profile, or by a module of the user's own. Keys are those of the holders. */
import type { Intent } from '../../../actors/actor.js';
import { HmacKey } from '../../../core/hmac-key.js';
import { FloodproofError } from '../../../errors.js';
import { credentialFrom } from '../../../signing/keys/credential.js';
import type { Credential, SigningProfile, Stamp, Unsigned } from '../../../signing/profile.js';
import type { SignedWire } from '../../../signing/signed-wire.js';
import { applyTamper, isHarmless } from '../../../signing/tampers/tampers.js';
import type { Holder } from './holders.js';
import { withOtherSecret } from './other-key.js';

/** What signs one request. `isSpoiled`: the signature is to be wrong. */
export interface RequestSigner {
  sign(request: Unsigned, stamp: Stamp, holder: Holder, tamper: Intent['tamper']): SignedWire;
}

/** What a signing module is given, and may give back: what it leaves out stays as it is. */
export type SignFunction = (request: {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body: string;
  readonly contentType: string | null;
  readonly nowMs: number;
  readonly nonce: string;
  readonly rising: number;
  readonly windowMs: number;
  readonly keyId: string;
  readonly secret: string;
  readonly passphrase: string;
  readonly privateKey: string;
  readonly token: string;
}) => unknown;

/** Keys at hand; the oldest is made anew when it is asked for again. */
const KEYS_KEPT = 65_536;

/** The credential of a holder under a profile. `isSeed`: its secret is the seed's text, and all else is worked out from it. */
export function credentialOf(profile: SigningProfile, holder: Holder, isSeed: boolean): Credential {
  const { keyId, secret, passphrase, privateKey } = holder;
  if (isSeed) return credentialFrom(profile, { keyId, secret });
  const bytes = Buffer.from(secret, profile.secretForm === 'base64' ? 'base64' : 'utf8');
  return { keyId, secret: bytes, passphrase, privateKey: privateKey.replaceAll('\\n', '\n'), publicKey: '' };
}

interface Key {
  readonly credential: Credential;
  readonly mac: (text: string) => string;
}

export class ProfileSigner implements RequestSigner {
  readonly #profile: SigningProfile;
  readonly #isSeed: boolean;
  readonly #keys = new Map<string, Key>();
  readonly #holderOf: (keyId: string) => Holder | null;

  /** @param holderOf - Who has a key, by the id that goes over the wire; null = nobody. */
  constructor(profile: SigningProfile, isSeed: boolean, holderOf: (keyId: string) => Holder | null) {
    this.#profile = profile;
    this.#isSeed = isSeed;
    this.#holderOf = holderOf;
  }

  sign(request: Unsigned, stamp: Stamp, holder: Holder, tamper: Intent['tamper']): SignedWire {
    const profile = this.#profile;
    const spoils = tamper !== null && profile.name !== 'hmac-lines' && !isHarmless(tamper.kind);
    const key = this.#key(spoils ? withOtherSecret(holder) : holder);
    const sign = (keyId: string, text: string): string => {
      if (keyId === key.credential.keyId) return key.mac(text);
      const other = this.#holderOf(keyId);
      return (other === null ? key : this.#key(other)).mac(text);
    };
    const wire = carried(profile.name, () =>
      profile.kind === 'hmac'
        ? profile.sign(request, stamp, key.credential, sign)
        : profile.sign(request, stamp, key.credential),
    );
    return tamper !== null && profile.name === 'hmac-lines' ? applyTamper(wire, tamper, sign) : wire;
  }

  #key(holder: Holder): Key {
    const name = `${holder.keyId}\n${holder.secret}\n${holder.privateKey}`;
    const kept = this.#keys.get(name);
    if (kept !== undefined) return kept;
    const credential = credentialOf(this.#profile, holder, this.#isSeed);
    const made = { credential, mac: this.#mac(credential) };
    if (this.#keys.size >= KEYS_KEPT) this.#keys.delete(this.#keys.keys().next().value ?? '');
    this.#keys.set(name, made);
    return made;
  }

  #mac({ secret }: Credential): (text: string) => string {
    const profile = this.#profile;
    if (profile.kind !== 'hmac') return () => '';
    const key = new HmacKey(secret, profile.hash);
    const isLatin1 = profile.text === 'latin1';
    return (text) => key.mac(isLatin1 ? Buffer.from(text, 'latin1') : text, profile.encoding);
  }
}

/** @throws {FloodproofError} FP_ADAPTER_UNFIT for a call, or a key, that the profile can't carry. */
function carried(profile: string, sign: () => SignedWire): SignedWire {
  try {
    return sign();
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof FloodproofError) throw cause;
    const message = `the signing profile ${profile} can't sign the adapter's call: ${cause.message}`;
    throw new FloodproofError('FP_ADAPTER_UNFIT', message, { cause });
  }
}

/** Signs by a function of the user's own. */
export class ModuleSigner implements RequestSigner {
  readonly #file: string;
  readonly #sign: SignFunction;

  constructor(file: string, sign: SignFunction) {
    this.#file = file;
    this.#sign = sign;
  }

  /** @throws {FloodproofError} FP_ADAPTER_MODULE when it throws, or returns what can't be sent. */
  sign(request: Unsigned, stamp: Stamp, holder: Holder, tamper: Intent['tamper']): SignedWire {
    const spoils = tamper !== null && !isHarmless(tamper.kind);
    const { keyId, secret, passphrase, privateKey, token } = spoils ? withOtherSecret(holder) : holder;
    const { method, path, host, body, contentType } = request;
    const { nowUs, nonce, rising, windowMs } = stamp;
    const given = {
      ...{ method, path, host, body, contentType, nowMs: Math.floor(nowUs / 1000), nonce, rising, windowMs },
      ...{ keyId, secret, passphrase, privateKey, token },
    };
    let answer: unknown;
    try {
      answer = this.#sign(Object.freeze(given));
    } catch (cause) {
      // It has not come to an end, which is no word of its own.
      if (cause instanceof FloodproofError) throw cause;
      throw this.#fault(`threw: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    return this.#read(answer, { method, path, headers: {}, body: body === '' ? null : body });
  }

  #read(answer: unknown, wire: SignedWire): SignedWire {
    if (answer instanceof Promise) {
      answer.catch(() => undefined);
      throw this.#fault('returned a promise; a request is signed at once, when a connection is there for it');
    }
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
      throw this.#fault(`returned ${answer === null ? 'null' : `a ${typeof answer}`}, not { headers, path, body }`);
    }
    const { headers = {}, path = wire.path, body = wire.body, ...others } = answer as Readonly<Record<string, unknown>>;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw this.#fault(`returned ${JSON.stringify(unknown.slice(0, 60))}, which nobody reads`);
    if (typeof path !== 'string' || !/^\/[!-~]*$/.test(path)) {
      throw this.#fault('returned a path that does not begin with / or holds more than visible ASCII');
    }
    if (body !== null && typeof body !== 'string') throw this.#fault('returned a body that is no text');
    if (typeof headers !== 'object' || headers === null) throw this.#fault('returned headers that are no mapping');
    const read: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) {
        throw this.#fault(`returned a header whose name can't be sent: ${JSON.stringify(name.slice(0, 60))}`);
      }
      if (typeof value !== 'string' && typeof value !== 'number')
        throw this.#fault(`returned no text for the header ${name}`);
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(String(value))) {
        throw this.#fault(
          `returned a value with a line break or another character that no header may have, for ${name}`,
        );
      }
      read[name.toLowerCase()] = String(value);
    }
    return { method: wire.method, path, headers: read, body };
  }

  #fault(what: string): FloodproofError {
    return new FloodproofError('FP_ADAPTER_MODULE', `the signing module ${this.#file} ${what}`);
  }
}

/** No signature at all: what the adapter's headers carry has to do. */
export const unsigned: RequestSigner = {
  sign: ({ method, path, body }) => ({ method, path, headers: {}, body: body === '' ? null : body }),
};
