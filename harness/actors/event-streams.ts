import type { Identity, Intent, Random } from './actor.js';
import { createRandom, deriveSeed } from './random.js';

/** An arrival of one identity. */
export interface ArrivalEvent {
  /** Arrivals of this identity before this one. */
  readonly number: number;
  readonly random: Random;
}

/**
 * Randomness by event instead of by turn: what an identity wants at its nth arrival, and what it makes of an answer,
 * depends on the seed and that event alone. Neither the order in which answers come nor the number of workers can
 * change what anybody wants.
 */
export class EventStreams {
  /** A seed for each purpose, made once: what is left to mix in for an event are mostly numbers. */
  readonly #arrivalSeed: number;
  readonly #outcomeSeed: number;
  readonly #traitSeed: number;
  readonly #firstIdentity: number;
  readonly #arrivals: Uint32Array;

  constructor(options: { readonly seed: number; readonly firstIdentity: number; readonly population: number }) {
    this.#arrivalSeed = deriveSeed(options.seed, 'arrival');
    this.#outcomeSeed = deriveSeed(options.seed, 'outcome');
    this.#traitSeed = deriveSeed(options.seed, 'trait');
    this.#firstIdentity = options.firstIdentity;
    this.#arrivals = new Uint32Array(options.population);
  }

  arrival(identity: Identity): ArrivalEvent {
    const place = this.place(identity);
    const number = this.#arrivals[place] ?? 0;
    this.#arrivals[place] = number + 1;
    return { number, random: createRandom(deriveSeed(this.#arrivalSeed, place, number)) };
  }

  /** For what follows an intent's outcome; steps of one identity must differ by arrival. */
  outcome(intent: Intent): Random {
    return createRandom(deriveSeed(this.#outcomeSeed, this.place(intent.identity), intent.attempt, intent.step));
  }

  /** For what an identity is like, the same at every call. */
  trait(identity: Identity, name: string): Random {
    return createRandom(deriveSeed(this.#traitSeed, this.place(identity), name));
  }

  /** Which of the actor's identities it is, from 0. */
  place(identity: Identity): number {
    return identity.index - this.#firstIdentity;
  }
}
