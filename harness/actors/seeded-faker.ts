import { base, en, Faker } from '@faker-js/faker';
import type { Random } from './actor.js';

/**
 * A Faker of our own that draws from whatever stream it is given: the library's global one is never touched, and making
 * a value for a stream costs no new instance.
 */
export class SeededFaker {
  readonly #faker: Faker;
  #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#faker = new Faker({
      locale: [en, base],
      randomizer: {
        next: () => this.#random.unit(),
        seed: () => {
          throw new Error('a seeded Faker takes its numbers from a stream; hand over another stream instead');
        },
      },
    });
  }

  /** The Faker, drawing from `random` until the next call. */
  from(random: Random): Faker {
    this.#random = random;
    return this.#faker;
  }
}
