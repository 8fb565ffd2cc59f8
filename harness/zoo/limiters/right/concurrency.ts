import type { ConcurrencyNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/** Counts what is in flight. When the next one ends is not known, so that a refusal says no time. */
export function concurrency({ capacity }: ConcurrencyNumbers): Limiter {
  const inFlight = new Map<string, number>();
  return {
    consume(key, cost) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      const before = inFlight.get(key) ?? 0;
      const free = capacity - before;
      if (cost > free) return { admitted: false, remaining: free };
      inFlight.set(key, before + cost);
      return { admitted: true, remaining: free - cost };
    },
    release(key, cost) {
      inFlight.set(key, Math.max(0, Number(inFlight.get(key)) - cost));
    },
    size: () => inFlight.size,
  };
}
