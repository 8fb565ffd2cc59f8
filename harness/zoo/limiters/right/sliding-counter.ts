import type { SlidingCounterNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/**
 * Two windows of a calendar: the cells of the last one count by the share of it that still lies within `windowUs`. All
 * products are at most 2 x capacity x windowUs, below 2^53.
 */
export function slidingCounter({ capacity, windowUs }: SlidingCounterNumbers): Limiter {
  const counters = new Map<string, { startUs: number; previous: number; current: number }>();
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const elapsedUs = latestUs % windowUs;
      const startUs = latestUs - elapsedUs;
      const last = counters.get(key);
      let previous = 0;
      let current = 0;
      if (last?.startUs === startUs) ({ previous, current } = last);
      else if (last?.startUs === startUs - windowUs) previous = last.current;

      const free = capacity - current - Math.ceil((previous * (windowUs - elapsedUs)) / windowUs);
      if (cost > free) {
        // In this window the last one fades away, in the next one this.
        const inThis = current + cost <= capacity;
        const fading = inThis ? previous : current;
        const room = inThis ? capacity - current - cost : capacity - cost;
        const faded = windowUs - Math.floor((room * windowUs) / fading);
        const readyUs = startUs + (inThis ? 0 : windowUs) + faded;
        return { admitted: false, retryAfterUs: readyUs - nowUs, remaining: free };
      }
      counters.set(key, { startUs, previous, current: current + cost });
      return { admitted: true, remaining: free - cost };
    },
    size: () => counters.size,
  };
}
