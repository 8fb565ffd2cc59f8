/**
 * The highest number that each key has used, where numbers must rise from request to request. Exact: a number is taken as
 * it was read, up to 64 bits and beyond.
 *
 * What is remembered is bounded by the keys that exist: a number is used up only by a request that was admitted, and none is
 * under a key that nobody has given out. A key that is taken away keeps its number, or its old requests could be sent again
 * after it came back.
 */
export class RisingNonces {
  readonly #highest = new Map<string, bigint>();

  isHigher(keyId: string, nonce: bigint): boolean {
    const highest = this.#highest.get(keyId);
    return highest === undefined || nonce > highest;
  }

  /** Uses up a number that is higher; one that is not changes nothing. */
  use(keyId: string, nonce: bigint): void {
    if (this.isHigher(keyId, nonce)) this.#highest.set(keyId, nonce);
  }

  forgetAll(): void {
    this.#highest.clear();
  }
}
