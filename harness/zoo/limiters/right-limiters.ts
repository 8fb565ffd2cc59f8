/** The small right limiters, each with the contracts that it is held to. */
import type { FixedWindowNumbers } from '../../core/spec.js';
import type { Consumed, Contract, Limiter } from '../../invariants/contract.js';
import {
  tokenBucket as bucketNumbers,
  DAY_US,
  fixedWindow as fixedNumbers,
  slidingLog as logNumbers,
  MINUTE_US,
  SECOND_US,
} from './frame.js';
import { boundedBucket } from './right/bounded-bucket.js';
import { concurrency } from './right/concurrency.js';
import { earnedBudget } from './right/earned-budget.js';
import { everyWindow } from './right/every-window.js';
import { fixedWindow } from './right/fixed-window.js';
import { leakyQueue } from './right/leaky-queue.js';
import { sharedWindow } from './right/shared-window.js';
import { slidingCounter } from './right/sliding-counter.js';
import { slidingLog } from './right/sliding-log.js';
import { tokenBucket } from './right/token-bucket.js';

/** One contract, and what a limiter that keeps it is made from. */
export interface Claim {
  /** Unique among the right limiters. */
  readonly name: string;
  readonly contract: Contract;
  /** For the function that makes it. */
  readonly made: readonly unknown[];
}

/** What no contract says, and a right limiter does all the same. */
export interface Habit {
  readonly name: string;
  /** @param limiter - made for the first claim, and fresh. */
  isKept(limiter: Limiter): boolean;
}

export interface RightLimiter {
  /** Of its file in `right`, without extension. */
  readonly file: string;
  /** The function that makes it. */
  readonly build: (...made: never[]) => Limiter;
  readonly claims: readonly Claim[];
  readonly habits?: readonly Habit[];
}

/** A limit alone, held to the strictest contract and made from its own numbers. */
function strict(name: string, promise: Contract['promises'][number], more: Partial<Contract> = {}): Claim {
  return { name, contract: { promises: [promise], ...more }, made: [promise] };
}

function admits(limiter: Limiter, key: string, cost: number, nowUs: number): boolean {
  return (limiter.consume(key, cost, nowUs) as Consumed).admitted;
}

/** Of four cells that one second refills, two were used, so that each key is as new after two. */
const newcomers: Habit = {
  name: 'newcomers',
  isKept(limiter) {
    for (let key = 0; key < 6; key += 1) if (!admits(limiter, `early ${key}`, 2, key)) return false;
    const fullUs = 2 * SECOND_US;
    return (
      !admits(limiter, 'late', 4, fullUs - 1) &&
      admits(limiter, 'late', 4, fullUs) &&
      !admits(limiter, 'later', 1, fullUs)
    );
  },
};

const turns: Habit = {
  name: 'turns',
  isKept(limiter) {
    // Two are served at once, three wait for a third of a second each, in whole microseconds.
    const delays = [2, 1, 1, 1].map((cost) => (limiter.consume('a', cost, SECOND_US) as Consumed).delayUs);
    return delays.join() === [0, 333_334, 666_667, 1_000_000].join();
  },
};

const boundedNumbers = { ...bucketNumbers(4, 1, SECOND_US), refillCells: 1 } as const;
const both: readonly FixedWindowNumbers[] = [fixedNumbers(7, MINUTE_US), fixedNumbers(3, SECOND_US)];

export const rightLimiters: readonly RightLimiter[] = [
  {
    file: 'token-bucket',
    build: tokenBucket,
    claims: [
      strict('token-bucket', bucketNumbers(7, 7, 3 * SECOND_US)),
      strict('token-bucket-small', bucketNumbers(3, 2, 5)),
    ],
  },
  {
    file: 'fixed-window',
    build: fixedWindow,
    claims: [
      strict('fixed-window', fixedNumbers(5, MINUTE_US)),
      strict('fixed-window-first-hit', fixedNumbers(5, 30 * DAY_US, 'first-hit')),
      strict('fixed-window-fills', { ...fixedNumbers(5, SECOND_US), credit: 'to-zero' }),
      strict('fixed-window-earns', { ...fixedNumbers(5, SECOND_US, 'first-hit'), credit: 'below-zero' }),
      strict(
        'fixed-window-counts-denied',
        { ...fixedNumbers(5, SECOND_US), countsDenied: true },
        { deniedRequests: 'charged' },
      ),
    ],
  },
  { file: 'sliding-log', build: slidingLog, claims: [strict('sliding-log', logNumbers(5, SECOND_US))] },
  {
    file: 'sliding-counter',
    build: slidingCounter,
    claims: [
      strict('sliding-counter', { family: 'sliding-counter', capacity: 5, windowUs: MINUTE_US }),
      strict('sliding-counter-small', { family: 'sliding-counter', capacity: 3, windowUs: 7 }),
    ],
  },
  {
    file: 'leaky-queue',
    build: leakyQueue,
    claims: [
      strict('leaky-queue', {
        family: 'leaky-queue',
        capacity: 2,
        queueCells: 3,
        refillCells: 3,
        refillPeriodUs: SECOND_US,
      }),
    ],
    habits: [turns],
  },
  {
    file: 'earned-budget',
    build: earnedBudget,
    claims: [
      strict('earned-budget', { family: 'earned-budget', capacity: 5, trickleUs: 10 * SECOND_US }),
      strict('earned-budget-without-trickle', { family: 'earned-budget', capacity: 5, trickleUs: null }),
    ],
  },
  {
    file: 'concurrency',
    build: concurrency,
    claims: [strict('concurrency', { family: 'concurrency', capacity: 3 }, { retryAfter: 'none' })],
  },
  {
    file: 'every-window',
    build: everyWindow,
    claims: [{ name: 'every-window', contract: { promises: both }, made: [both] }],
  },
  {
    file: 'bounded-bucket',
    build: boundedBucket,
    claims: [
      {
        name: 'bounded-bucket',
        contract: { promises: [boundedNumbers], keys: 6, countersMax: 6 },
        made: [boundedNumbers, 6],
      },
    ],
    habits: [newcomers],
  },
  { file: 'shared-window', build: sharedWindow, claims: [strict('shared-window', fixedNumbers(4, SECOND_US))] },
];
