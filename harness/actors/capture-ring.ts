import type { CapturedRequest, CaptureRing, Random } from './actor.js';

interface Kept {
  readonly request: CapturedRequest;
  readonly answeredUs: number;
}

/** Keeps the last `size` requests pushed; the oldest makes room for the next. */
export class BoundedCaptureRing implements CaptureRing {
  readonly #size: number;
  /** A ring: the oldest stands at `#start` once it is full. Sorted by `answeredUs` from there on. */
  readonly #kept: Kept[] = [];
  #start = 0;

  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`a capture ring keeps 1 or more, got ${size}`);
    this.#size = size;
  }

  get length(): number {
    return this.#kept.length;
  }

  push(request: CapturedRequest, answeredUs: number): void {
    if (this.#kept.length < this.#size) this.#kept.push({ request, answeredUs });
    else {
      this.#kept[this.#start] = { request, answeredUs };
      this.#start = (this.#start + 1) % this.#size;
    }
    this.#settleLast();
  }

  pick(random: Random, nowUs: number, ageUsMax: number): CapturedRequest | null {
    const first = this.#firstSince(nowUs - ageUsMax);
    const young = this.#kept.length - first;
    return young === 0 ? null : (this.#at(first + random.below(young))?.request ?? null);
  }

  /** Answers come nearly in order; one that is late moves back to its place. */
  #settleLast(): void {
    for (let place = this.#kept.length - 1; place > 0; place--) {
      const later = this.#at(place);
      const earlier = this.#at(place - 1);
      if (later === undefined || earlier === undefined || earlier.answeredUs <= later.answeredUs) return;
      this.#kept[this.#slot(place)] = earlier;
      this.#kept[this.#slot(place - 1)] = later;
    }
  }

  /** Place of the first that was answered at `sinceUs` or later; the length when there is none. */
  #firstSince(sinceUs: number): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#at(middle)?.answeredUs ?? 0) < sinceUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(place: number): Kept | undefined {
    return this.#kept[this.#slot(place)];
  }

  #slot(place: number): number {
    return (this.#start + place) % this.#size;
  }
}
