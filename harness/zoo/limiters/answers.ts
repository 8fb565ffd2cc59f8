/** Limiters that decide rightly and say something else, or nothing. */
import type { Consumed, Limiter } from '../../invariants/contract.js';
import { type BrokenLimiter, isCost, refused, SECOND_US, slidingLog, tellsNothing } from './frame.js';

const CAPACITY = 5;
const logPromise = slidingLog(CAPACITY, SECOND_US);

/** What a log of a second knows when it decides. */
interface Known {
  /** Charges that still count, the oldest first, before this request. */
  readonly log: readonly number[];
  readonly cost: number;
  readonly nowUs: number;
  readonly admitted: boolean;
}

/** When the cells of a request that was refused are there. */
function readyUs({ log, cost }: Known): number {
  return Number(log[log.length + cost - CAPACITY - 1]) + SECOND_US;
}

/** A right log of a second, whose answers are worded by `tell`. */
function log(tell: (known: Known) => Consumed): Limiter {
  const logs = new Map<string, number[]>();
  let latestUs = 0;
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, CAPACITY)) return refused;
      latestUs = Math.max(latestUs, nowUs);
      const counting = (logs.get(key) ?? []).filter((atUs) => atUs + SECOND_US > latestUs);
      const admitted = counting.length + cost <= CAPACITY;
      const answer = tell({ log: counting, cost, nowUs, admitted });
      logs.set(key, admitted ? [...counting, ...new Array<number>(cost).fill(latestUs)] : counting);
      return answer;
    },
  };
}

const retryTooShort: BrokenLimiter = {
  name: 'retry-after-too-short',
  defect:
    'The time until the cells are there is told rounded down to milliseconds, so that who believes it comes in vain.',
  convictedBy: ['retry-after'],
  contract: { promises: [logPromise], retryAfter: 'sufficient', remaining: 'none' },
  create: () =>
    log((known) => {
      if (known.admitted) return { admitted: true };
      return { admitted: false, retryAfterUs: Math.floor((readyUs(known) - known.nowUs) / 1000) * 1000 };
    }),
};

const retryForOne: BrokenLimiter = {
  name: 'retry-after-for-one',
  defect: 'The time until one cell is there is told, whatever the request costs.',
  convictedBy: ['retry-after'],
  contract: { promises: [logPromise], retryAfter: 'sufficient', remaining: 'none' },
  create: () =>
    log((known) => {
      if (known.admitted) return { admitted: true };
      return { admitted: false, retryAfterUs: Number(known.log[0]) + SECOND_US - known.nowUs };
    }),
};

const retryTooLong: BrokenLimiter = {
  name: 'retry-after-too-long',
  defect: 'A whole window is told in place of what is left of it.',
  convictedBy: ['retry-after'],
  contract: { promises: [logPromise], remaining: 'none' },
  create: () => log(({ admitted }) => (admitted ? { admitted } : { admitted, retryAfterUs: SECOND_US })),
};

const retryInSeconds: BrokenLimiter = {
  name: 'retry-after-in-seconds',
  defect: 'The time to wait is told in seconds where microseconds are read.',
  convictedBy: ['retry-after'],
  contract: { promises: [logPromise], retryAfter: 'sufficient', remaining: 'none' },
  create: () =>
    log((known) => {
      if (known.admitted) return { admitted: true };
      return { admitted: false, retryAfterUs: Math.ceil((readyUs(known) - known.nowUs) / SECOND_US) };
    }),
};

const remainingBefore: BrokenLimiter = {
  name: 'remaining-before',
  defect: 'The cells that were left before the request are told, as if it had cost nothing.',
  convictedBy: ['remaining'],
  contract: { promises: [logPromise], retryAfter: 'none', remaining: 'at-least' },
  create: () => log(({ log: charged, admitted }) => ({ admitted, remaining: CAPACITY - charged.length })),
};

const remainingOfRequests: BrokenLimiter = {
  name: 'remaining-in-requests',
  defect: 'What is left is counted in requests, each of which is taken to cost one cell.',
  convictedBy: ['remaining'],
  contract: { promises: [logPromise], retryAfter: 'none', remaining: 'at-least' },
  create: () =>
    log(({ log: charged, admitted, nowUs }) => {
      const requests = new Set(charged).size + (admitted && !charged.includes(nowUs) ? 1 : 0);
      return { admitted, remaining: CAPACITY - requests };
    }),
};

const remainingTooLow: BrokenLimiter = {
  name: 'remaining-none-when-denied',
  defect: 'Who is throttled is told that nothing is left, though a cheaper request would pass.',
  convictedBy: ['remaining'],
  contract: { promises: [logPromise], retryAfter: 'none' },
  create: () =>
    log(({ log: charged, cost, admitted }) => ({
      admitted,
      remaining: admitted ? CAPACITY - charged.length - cost : 0,
    })),
};

const throwsWhenFull: BrokenLimiter = {
  name: 'throws-when-full',
  defect: 'A refusal is an exception, so that whoever does not expect one lets the request through or falls over.',
  convictedBy: ['admission-bound'],
  contract: { promises: [logPromise], ...tellsNothing },
  create: () =>
    log(({ admitted }) => {
      if (!admitted) throw new Error('Too Many Requests');
      return { admitted };
    }),
};

const truthyRefusal: BrokenLimiter = {
  name: 'truthy-refusal',
  defect: 'The answer is the number of cells over the limit, which passes for "admitted" when it is read as a boolean.',
  convictedBy: ['admission-bound'],
  contract: { promises: [logPromise], ...tellsNothing },
  create: () =>
    log(({ log: charged, cost }) => ({ admitted: (charged.length + cost <= CAPACITY ? 0 : 1) as unknown as boolean })),
};

export const brokenAnswers: readonly BrokenLimiter[] = [
  retryTooShort,
  retryForOne,
  retryTooLong,
  retryInSeconds,
  remainingBefore,
  remainingOfRequests,
  remainingTooLow,
  throwsWhenFull,
  truthyRefusal,
];
