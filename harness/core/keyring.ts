/** The API keys that a gate knows: secret and account of each. The operator's table; callers can not make it grow. */
import { FloodproofError } from '../errors.js';
import { HmacKey } from './hmac-key.js';
import { isId } from './text-form.js';

interface KeyHolder {
  readonly hmac: HmacKey;
  /** '' = none. */
  readonly account: string;
}

/** @throws {FloodproofError} FP_KEY_INVALID */
function checkKey(keyId: string, secret: string | Uint8Array, account: string): void {
  // The texts stay out of the message: a secret that was passed in the wrong place must not end up in a log.
  if (!isId(keyId)) throw new FloodproofError('FP_KEY_INVALID', `the key id has a wrong form (length ${keyId.length})`);
  if (secret.length === 0) throw new FloodproofError('FP_KEY_INVALID', `the secret of key ${keyId} is empty`);
  if (account !== '' && !isId(account)) {
    throw new FloodproofError('FP_KEY_INVALID', `the account of key ${keyId} is not 1 to 256 visible ASCII characters`);
  }
}

export class Keyring {
  readonly #holders = new Map<string, KeyHolder>();

  add(keyId: string, secret: string | Uint8Array, account: string): void {
    checkKey(keyId, secret, account);
    const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
    this.#holders.set(keyId, { hmac: new HmacKey(bytes), account });
  }

  remove(keyId: string): boolean {
    return this.#holders.delete(keyId);
  }

  find(keyId: string): KeyHolder | undefined {
    return this.#holders.get(keyId);
  }
}
