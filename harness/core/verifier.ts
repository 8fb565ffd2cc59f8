/**
 * Checks form, key and signature, freshness and replay of a signed request, in this order, so that nothing can be
 * claimed or learned about time with a signature that is not valid.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Keyring } from './keyring.js';
import { ReplayWindow } from './replay-window.js';
import { type AuthSpec, Decision } from './spec.js';
import { isId } from './text-form.js';

const signatureForm = /^[0-9a-fA-F]{64}$/;

/** Stands in for the secret of a key that is not there, so that the answer takes as long. */
const dummySecret = createSecretKey(Buffer.from('no such key'));

/** HMAC-SHA256, 32 bytes (RFC 2104, FIPS 180-4). Text is hashed as UTF-8, a lone surrogate as U+FFFD. */
export function hmacSha256(secret: KeyObject | Uint8Array, message: string | Uint8Array): Uint8Array {
  return createHmac('sha256', secret).update(message).digest();
}

export interface SignedRequest {
  readonly keyId: string;
  readonly timestampUs: number;
  readonly windowUs: number;
  readonly message: string | Uint8Array;
  readonly signature: string;
}

export class Verifier {
  readonly #auth: AuthSpec;
  readonly #keyring: Keyring;
  readonly #replay: ReplayWindow | null;

  // The last request that was found valid.
  #account = '';
  #claimName = '';
  #lastFreshUs = 0;

  constructor(auth: AuthSpec, keyring: Keyring) {
    this.#auth = auth;
    this.#keyring = keyring;
    this.#replay = auth.replayCapacity === null ? null : new ReplayWindow(auth.replayCapacity);
  }

  /** Account of the key of the last valid request. */
  get account(): string {
    return this.#account;
  }

  /** `admitted` = valid; its claim is made by `claim`, once every limit has agreed. */
  look(request: SignedRequest, nowUs: number): Decision {
    const { keyId, timestampUs, windowUs } = request;
    if (!isId(keyId) || !isTime(timestampUs) || !isTime(windowUs)) return Decision.malformed;
    const forgery = this.#checkSignature(request);
    if (forgery !== Decision.admitted) return forgery;
    const { windowUsMax, futureUs } = this.#auth;
    const freshUs = windowUs === 0 ? windowUsMax : Math.min(windowUs, windowUsMax);
    if (timestampUs >= nowUs + futureUs) return Decision.fromFuture;
    if (nowUs - timestampUs > freshUs) return Decision.stale;
    if (this.#replay === null) return Decision.admitted;
    // One spelling for one signature: key ids hold no space, and hex digits of either case are the same bytes.
    this.#claimName = `${keyId} ${request.signature.toLowerCase()}`;
    this.#lastFreshUs = timestampUs + freshUs;
    return this.#replay.look(this.#claimName, nowUs);
  }

  claim(): void {
    this.#replay?.claim(this.#claimName, this.#lastFreshUs);
  }

  #checkSignature(request: SignedRequest): Decision {
    const holder = this.#keyring.find(request.keyId);
    // The form is checked by hand: Buffer's hex decoder takes U+0130 for '0', a second spelling of a claimed signature.
    const isFormed = signatureForm.test(request.signature);
    if (!isFormed) return holder === undefined ? Decision.unknownKey : Decision.badSignature;
    const mac = hmacSha256(holder?.secret ?? dummySecret, request.message);
    const isEqual = timingSafeEqual(mac, Buffer.from(request.signature, 'hex'));
    if (holder === undefined) return Decision.unknownKey;
    this.#account = holder.account;
    return isEqual ? Decision.admitted : Decision.badSignature;
  }
}

function isTime(us: number): boolean {
  return Number.isSafeInteger(us) && us >= 0;
}
