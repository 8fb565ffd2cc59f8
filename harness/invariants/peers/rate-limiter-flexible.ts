/**
 * `RateLimiterMemory` of rate-limiter-flexible. Its `consume` resolves when the points were there and rejects with the
 * same kind of answer when they were not.
 *
 * What it claims, from its README and CONTEXT.md: "The Flexible Fixed Window algorithm starts counting from the moment a
 * request is received"; `points`: "Max points consumable over `duration`"; `duration`: "Seconds before points reset (from
 * first consume)"; `msBeforeNext`: "Milliseconds before points reset"; `remainingPoints`: "Points remaining in current
 * duration". Points of a rejected call stay consumed: `consumedPoints` goes on rising.
 */
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Consumed, Contract, Limiter } from '../contract.js';
import { definePeer, type Peer, type PeerSetup } from './peer.js';

const POINTS = 5;

interface Setup extends PeerSetup {
  readonly durationS: number;
  /** Whether costs are passed on as they come, or only whole ones above 0. */
  readonly takesAnyCost: boolean;
}

function setup(words: string, durationS: number, takesAnyCost = false): Setup {
  const contract: Contract = {
    promises: [
      {
        family: 'fixed-window',
        capacity: POINTS,
        windowUs: durationS * 1_000_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: true,
      },
    ],
    grainUs: 1_000,
    deniedRequests: 'charged',
    // It has no answer of its own for a cost above the capacity: it says when the window ends.
    overCapacity: 'refused',
    // Nothing is said of a clock that is set.
    clockBack: 'undefined',
  };
  return { words: `${POINTS} points per ${words}`, durationS, takesAnyCost, contract };
}

const setups: Readonly<Record<string, Setup>> = {
  second: setup('second', 1),
  day: setup('day', 86_400),
  // CONTEXT.md limits the duration of this limiter to 2,147,483 s, about 24 days. The constructor takes any.
  '30-days': setup('30 days', 2_592_000),
  // It is not said which points `consume` takes, so in the others they are right.
  'any-cost': setup('second, costs as they come', 1, true),
};

/** In milliseconds; where there is no end of the window it is -1. */
function answer(admitted: boolean, { msBeforeNext, remainingPoints }: RateLimiterRes): Consumed {
  const retryAfterUs = msBeforeNext < 0 ? Number.POSITIVE_INFINITY : msBeforeNext * 1_000;
  return {
    admitted,
    ...(Number.isSafeInteger(remainingPoints) ? { remaining: remainingPoints } : {}),
    ...(admitted ? {} : { retryAfterUs }),
  };
}

function limiterOf(limiter: RateLimiterMemory, takesAnyCost: boolean): Limiter {
  return {
    consume: async (key, cost) => {
      // Left out they are one by its documentation, and none are no request.
      if (cost === undefined || cost === 0) return { admitted: false };
      if (!takesAnyCost && !(Number.isSafeInteger(cost) && cost > 0)) return { admitted: false };
      try {
        return answer(true, await limiter.consume(key, cost));
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        return answer(false, refusal as RateLimiterRes);
      }
    },
  };
}

export const rateLimiterFlexible: Peer = definePeer(
  'rate-limiter-flexible',
  setups,
  () => import('rate-limiter-flexible'),
  ({ durationS, takesAnyCost }, { RateLimiterMemory }) =>
    limiterOf(new RateLimiterMemory({ points: POINTS, duration: durationS }), takesAnyCost),
);
