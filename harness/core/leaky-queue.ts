/**
 * A leaky bucket as a queue: a token bucket of capacity + queueCells whose last `queueCells` are served late.
 *
 * Bound: what is admitted is that of the bucket, capacity + queueCells + w x n / p in any closed interval of w
 * microseconds. Service starts are bounded by capacity + w x n / p: a request is served when what is owed, its own cells
 * included, has fallen to capacity x p, so at their turns the requests pass a bucket of `capacity`.
 */
import type { Counter } from './family.js';
import type { LeakyQueueNumbers } from './spec.js';
import { type BucketNumbers, TokenBucket } from './token-bucket.js';

/** The bucket that a queue is counted by. */
export function bucketOf({ capacity, queueCells, refillCells, refillPeriodUs }: LeakyQueueNumbers): BucketNumbers {
  return { capacity: capacity + queueCells, refillCells, refillPeriodUs };
}

export class LeakyQueue extends TokenBucket {
  readonly #queueCells: number;

  constructor(numbers: LeakyQueueNumbers) {
    super(bucketOf(numbers));
    this.#queueCells = numbers.queueCells;
  }

  /** What is owed is at most `capacity` cells just when as many cells as can wait would fit on top of it. */
  override delayUs(counter: Counter, nowUs: number): number {
    return this.retryAtUs(counter, this.#queueCells, nowUs) - nowUs;
  }
}
