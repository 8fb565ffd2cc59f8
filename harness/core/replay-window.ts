/**
 * Signatures that were used and are still fresh: a claim is kept to the last instant at which its signature would be
 * accepted, that instant included, and not longer. When the memory is full nothing is forgotten to make room.
 */
import { type Deadline, DeadlineQueue } from './deadline-queue.js';
import { Decision } from './spec.js';

interface Claim extends Deadline {
  readonly name: string;
}

export class ReplayWindow {
  readonly #capacity: number;
  readonly #names = new Set<string>();
  readonly #queue = new DeadlineQueue<Claim>();
  #arrivals = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether the signature can be claimed now. */
  look(name: string, nowUs: number): Decision {
    for (let first = this.#queue.first(); first !== undefined && first.dueUs < nowUs; first = this.#queue.first()) {
      this.#names.delete(first.name);
      this.#queue.removeFirst();
    }
    if (this.#names.has(name)) return Decision.replayed;
    return this.#names.size < this.#capacity ? Decision.admitted : Decision.replayFull;
  }

  /** Claims what `look` admitted. @param lastFreshUs - the last instant at which the signature is accepted. */
  claim(name: string, lastFreshUs: number): void {
    this.#names.add(name);
    this.#queue.push({ name, dueUs: lastFreshUs, order: this.#arrivals });
    this.#arrivals += 1;
  }
}
