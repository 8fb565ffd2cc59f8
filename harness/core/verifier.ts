/**
 * Checks form, key and signature, freshness and replay of a signed request, in this order, so that nothing can be
 * claimed or learned about time with a signature that is not valid.
 */
import { HmacKey } from './hmac-key.js';
import type { Keyring } from './keyring.js';
import { ReplayWindow } from './replay-window.js';
import { type AuthSpec, Decision } from './spec.js';
import { isHexMac, isId } from './text-form.js';

/** Stands in for a key that is not there, so that the answer takes as long. */
const dummyKey = new HmacKey(Buffer.from('no such key'));

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
    const isFormed = isHexMac(request.signature);
    if (!isFormed) return holder === undefined ? Decision.unknownKey : Decision.badSignature;
    const isEqual = (holder?.hmac ?? dummyKey).isMac(request.message, request.signature);
    if (holder === undefined) return Decision.unknownKey;
    this.#account = holder.account;
    return isEqual ? Decision.admitted : Decision.badSignature;
  }
}

function isTime(us: number): boolean {
  return Number.isSafeInteger(us) && us >= 0;
}
