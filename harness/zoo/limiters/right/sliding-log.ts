import type { SlidingLogNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/** Remembers when each cell was charged; one charged at t counts until just before t + `windowUs`. */
export function slidingLog({ capacity, windowUs }: SlidingLogNumbers): Limiter {
  const logs = new Map<string, number[]>();
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const charged = (logs.get(key) ?? []).filter((atUs) => atUs + windowUs > latestUs);
      const missing = charged.length + cost - capacity;
      if (missing > 0) {
        const readyUs = Number(charged[missing - 1]) + windowUs;
        return { admitted: false, retryAfterUs: readyUs - nowUs, remaining: capacity - charged.length };
      }
      logs.set(key, [...charged, ...new Array<number>(cost).fill(latestUs)]);
      return { admitted: true, remaining: -missing };
    },
    size: () => logs.size,
  };
}
