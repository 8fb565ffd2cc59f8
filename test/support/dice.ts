/** Random choices from a seed, for what is played outside of fast-check. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export class Dice {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(((this.generator.next() >>> 0) / 2 ** 32) * bound);
  }

  /** Both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(share: number): boolean {
    return (this.generator.next() >>> 0) / 2 ** 32 < share;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
