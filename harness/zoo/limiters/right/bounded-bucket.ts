import type { TokenBucketNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

type OneCellBucket = TokenBucketNumbers & { readonly refillCells: 1 };

/**
 * Keeps `countersMax` buckets at most, by the instant at which each is full again. One that is full equals a fresh one,
 * so it may go; while none is, new keys are refused, so that nobody can push a counter out.
 */
export function boundedBucket({ capacity, refillPeriodUs }: OneCellBucket, countersMax: number): Limiter {
  const fullAt = new Map<string, number>();
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      if (!fullAt.has(key) && fullAt.size === countersMax) {
        for (const [other, atUs] of fullAt) if (atUs <= latestUs) fullAt.delete(other);
        if (fullAt.size === countersMax) return { admitted: false };
      }
      const owedUs = Math.max(0, (fullAt.get(key) ?? latestUs) - latestUs);
      const tooMuchUs = owedUs + (cost - capacity) * refillPeriodUs;
      const remaining = capacity - Math.ceil(owedUs / refillPeriodUs);
      if (tooMuchUs > 0) return { admitted: false, retryAfterUs: latestUs + tooMuchUs - nowUs, remaining };
      fullAt.set(key, latestUs + owedUs + cost * refillPeriodUs);
      return { admitted: true, remaining: remaining - cost };
    },
    size: () => fullAt.size,
  };
}
