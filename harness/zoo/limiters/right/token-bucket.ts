import type { TokenBucketNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/**
 * A token bucket that keeps what is owed in units of 1/`refillPeriodUs` cells, so that each microsecond pays exactly
 * `refillCells` of them. A debt is at most capacity x refillPeriodUs, below 2^52; what an idle time pays may be above
 * 2^53, but then it is above any debt too, however it was rounded.
 */
export function tokenBucket({ capacity, refillCells, refillPeriodUs }: TokenBucketNumbers): Limiter {
  const full = capacity * refillPeriodUs;
  const buckets = new Map<string, { owed: number; atUs: number }>();
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const bucket = buckets.get(key) ?? { owed: 0, atUs: latestUs };
      const owed = Math.max(0, bucket.owed - (latestUs - bucket.atUs) * refillCells);
      const after = owed + cost * refillPeriodUs;
      if (after > full) {
        const readyUs = latestUs + Math.ceil((after - full) / refillCells);
        const remaining = Math.floor((full - owed) / refillPeriodUs);
        return { admitted: false, retryAfterUs: readyUs - nowUs, remaining };
      }
      buckets.set(key, { owed: after, atUs: latestUs });
      return { admitted: true, remaining: Math.floor((full - after) / refillPeriodUs) };
    },
    size: () => buckets.size,
  };
}
