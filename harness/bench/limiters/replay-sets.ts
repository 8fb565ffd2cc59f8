/** How a server in plain JavaScript remembers signatures: two Sets that take turns, the fastest form of it. */
export class ReplaySets {
  readonly #windowUs: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #beganUs = 0;

  /** @param windowUs - for which each signature is remembered at least; it is forgotten before twice of it and one more. */
  constructor(windowUs: number) {
    this.#windowUs = windowUs;
  }

  /** @returns false when the signature was claimed within the window. */
  claim(signature: string, nowUs: number): boolean {
    const sinceUs = nowUs - this.#beganUs;
    if (sinceUs >= this.#windowUs) {
      this.#previous = sinceUs >= 2 * this.#windowUs ? new Set() : this.#current;
      this.#current = new Set();
      this.#beganUs = nowUs;
    }
    if (this.#current.has(signature) || this.#previous.has(signature)) return false;
    this.#current.add(signature);
    return true;
  }
}
