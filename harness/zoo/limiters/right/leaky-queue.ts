import type { LeakyQueueNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/**
 * A queue that is served at the refill rate. What is owed is kept in units of 1/`refillPeriodUs` cells, as in a token
 * bucket; of it, what is above `capacity` cells has yet to be served.
 */
export function leakyQueue({ capacity, queueCells, refillCells, refillPeriodUs }: LeakyQueueNumbers): Limiter {
  const full = (capacity + queueCells) * refillPeriodUs;
  const queues = new Map<string, { owed: number; atUs: number }>();
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity + queueCells) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const queue = queues.get(key) ?? { owed: 0, atUs: latestUs };
      const owed = Math.max(0, queue.owed - (latestUs - queue.atUs) * refillCells);
      const after = owed + cost * refillPeriodUs;
      if (after > full) {
        const readyUs = latestUs + Math.ceil((after - full) / refillCells);
        const remaining = Math.floor((full - owed) / refillPeriodUs);
        return { admitted: false, retryAfterUs: readyUs - nowUs, remaining };
      }
      queues.set(key, { owed: after, atUs: latestUs });
      const waiting = Math.max(0, after - capacity * refillPeriodUs);
      const servedUs = latestUs + Math.ceil(waiting / refillCells);
      return { admitted: true, remaining: Math.floor((full - after) / refillPeriodUs), delayUs: servedUs - nowUs };
    },
    size: () => queues.size,
  };
}
