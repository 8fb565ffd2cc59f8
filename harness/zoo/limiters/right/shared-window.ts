import type { FixedWindowNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/**
 * Windows of the calendar in a store that answers later, so that others may ask in between: what was read is written
 * back only if nobody has written since. Who fails tries again; for each failure somebody else has taken a cell of the
 * window, so nobody tries more than `capacity` times in one.
 */
export function sharedWindow({ capacity, windowUs }: FixedWindowNumbers): Limiter {
  const rows = new Map<string, { readonly startUs: number; readonly used: number }>();
  const read = async (key: string) => rows.get(key);
  const replace = async (key: string, seen: unknown, row: { readonly startUs: number; readonly used: number }) => {
    if (rows.get(key) !== seen) return false;
    rows.set(key, row);
    return true;
  };
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    async consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      for (;;) {
        const seen = await read(key);
        latestUs = Math.max(latestUs, nowUs);
        const startUs = latestUs - (latestUs % windowUs);
        const used = seen?.startUs === startUs ? seen.used : 0;
        const free = capacity - used;
        if (cost > free) return { admitted: false, retryAfterUs: startUs + windowUs - nowUs, remaining: free };
        if (await replace(key, seen, { startUs, used: used + cost })) return { admitted: true, remaining: free - cost };
      }
    },
    size: () => rows.size,
  };
}
