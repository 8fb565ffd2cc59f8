/** Numbers that rise from request to request of one key, as nonces of venues do: microseconds since 1970, or just above. */
export class RisingNumbers {
  /** What each key has had last: one number for each key that ever signed. */
  readonly #last = new Map<string, number>();

  /** @param clockUs - what the signer's clock shows, whole microseconds, 0 to 2^53 - 1; it may stand still or go back. */
  next(keyId: string, clockUs: number): number {
    const number = Math.max(clockUs, (this.#last.get(keyId) ?? -1) + 1);
    this.#last.set(keyId, number);
    return number;
  }
}
