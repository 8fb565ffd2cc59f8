/** Which arithmetic a limit's numbers stand for. */
import { Concurrency } from './concurrency.js';
import { EarnedBudget } from './earned-budget.js';
import type { Family } from './family.js';
import { FixedWindow } from './fixed-window.js';
import { LeakyQueue } from './leaky-queue.js';
import { SlidingCounter } from './sliding-counter.js';
import { SlidingLog } from './sliding-log.js';
import type { LimitNumbers } from './spec.js';
import { TokenBucket } from './token-bucket.js';

/**
 * @param counterCount - slots and the cold counter.
 * @param owner - who needs the memory, when there is none.
 * @throws {FloodproofError} FP_GATE_INVALID when there is no memory for what a family keeps by slot.
 */
export function createFamily(numbers: LimitNumbers, counterCount: number, owner: string): Family {
  switch (numbers.family) {
    case 'token-bucket':
      return new TokenBucket(numbers);
    case 'fixed-window':
      return new FixedWindow(numbers, counterCount, owner);
    case 'sliding-log':
      return new SlidingLog(numbers, counterCount, owner);
    case 'sliding-counter':
      return new SlidingCounter(numbers, counterCount, owner);
    case 'leaky-queue':
      return new LeakyQueue(numbers);
    case 'earned-budget':
      return new EarnedBudget(numbers);
    case 'concurrency':
      return new Concurrency(numbers);
  }
}
