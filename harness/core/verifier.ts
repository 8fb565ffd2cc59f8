/**
 * Checks form, key and signature, freshness and replay of a signed request, in this order, so that nothing can be
 * claimed or learned about time with a signature that is not valid.
 */
import { HmacKey, isLatin1, macBytesOf } from './hmac-key.js';
import type { KeyHolder, Keyring } from './keyring.js';
import type { ReplayWindow } from './replay-window.js';
import { SignatureReader } from './signature-form.js';
import { type AuthSpec, Decision } from './spec.js';
import { isId } from './text-form.js';

export class Verifier {
  readonly #auth: AuthSpec;
  readonly #keyring: Keyring;
  readonly #replay: ReplayWindow | null;
  readonly #reader: SignatureReader;
  /** Stands in for a key that is not there, so that the answer takes as long. */
  readonly #dummyKey: HmacKey;

  // The last request that was found valid.
  #holder: KeyHolder | undefined;
  #lastFreshUs = 0;

  constructor(auth: AuthSpec, keyring: Keyring, replay: ReplayWindow | null) {
    this.#auth = auth;
    this.#keyring = keyring;
    this.#replay = replay;
    this.#reader = new SignatureReader(auth.encoding, macBytesOf[auth.hash]);
    this.#dummyKey = new HmacKey(Buffer.from('no such key'), auth.hash, auth.text);
  }

  /** Key of the last valid request. */
  get holder(): KeyHolder | undefined {
    return this.#holder;
  }

  /** `admitted` = valid; its claim is made by `claim`, once every limit has agreed. */
  look(
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string | Uint8Array,
    signature: string,
    nowUs: number,
  ): Decision {
    const holder = this.#keyring.find(keyId);
    // A key that is known has the form of one.
    if (holder === undefined && !isId(keyId)) return Decision.malformed;
    if (!isTime(timestampUs) || !isTime(windowUs)) return Decision.malformed;
    if (this.#auth.text === 'latin1' && typeof message === 'string' && !isLatin1(message)) return Decision.malformed;
    const forgery = this.#checkSignature(holder, message, signature);
    if (forgery !== Decision.admitted) return forgery;
    const { windowUsMax, futureUs } = this.#auth;
    const freshUs = windowUs === 0 ? windowUsMax : Math.min(windowUs, windowUsMax);
    if (timestampUs >= nowUs + futureUs) return Decision.fromFuture;
    if (nowUs - timestampUs > freshUs) return Decision.stale;
    this.#holder = holder;
    if (this.#replay === null || holder === undefined) return Decision.admitted;
    this.#lastFreshUs = timestampUs + freshUs;
    return this.#replay.look(this.#reader.bytes, holder.number, nowUs);
  }

  claim(): void {
    this.#replay?.claim(this.#lastFreshUs);
  }

  #checkSignature(holder: KeyHolder | undefined, message: string | Uint8Array, signature: string): Decision {
    const isFormed = this.#reader.read(signature);
    if (!isFormed) return holder === undefined ? Decision.unknownKey : Decision.badSignature;
    const isEqual = (holder?.hmac ?? this.#dummyKey).isMac(message, this.#reader.bytes);
    if (holder === undefined) return Decision.unknownKey;
    return isEqual ? Decision.admitted : Decision.badSignature;
  }
}

function isTime(us: number): boolean {
  return Number.isSafeInteger(us) && us >= 0;
}
