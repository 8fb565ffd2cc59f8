import type { FixedWindowNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/** Several limits at once, each in windows of the calendar: all are asked before any is charged. */
export function everyWindow(limits: readonly FixedWindowNumbers[]): Limiter {
  const counters = new Map<string, { endUs: number; used: number }[]>();
  const capacity = Math.min(...limits.map((limit) => limit.capacity));
  let latestUs = Number.NEGATIVE_INFINITY;
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const last = counters.get(key);
      const windows = limits.map(({ windowUs }, index) => {
        const endUs = latestUs - (latestUs % windowUs) + windowUs;
        const window = last?.[index];
        return { endUs, used: window?.endUs === endUs ? window.used : 0 };
      });
      const frees = windows.map(({ used }, index) => Number(limits[index]?.capacity) - used);
      const remaining = Math.min(...frees);
      if (cost > remaining) {
        const readyUs = Math.max(
          ...windows.filter((_, index) => cost > Number(frees[index])).map(({ endUs }) => endUs),
        );
        return { admitted: false, retryAfterUs: readyUs - nowUs, remaining };
      }
      counters.set(
        key,
        windows.map(({ endUs, used }) => ({ endUs, used: used + cost })),
      );
      return { admitted: true, remaining: remaining - cost };
    },
    size: () => counters.size,
  };
}
