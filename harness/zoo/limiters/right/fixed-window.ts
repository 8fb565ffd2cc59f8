import type { FixedWindowNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/** Counts the cells of each key in windows that end; `used` is below 0 when more was earned than used. */
export function fixedWindow({ capacity, windowUs, anchor, credit, countsDenied }: FixedWindowNumbers): Limiter {
  const windows = new Map<string, { endUs: number; used: number }>();
  let latestUs = Number.NEGATIVE_INFINITY;
  const runningAt = (key: string, nowUs: number) => {
    latestUs = Math.max(latestUs, nowUs);
    const last = windows.get(key);
    return last !== undefined && latestUs < last.endUs ? last : null;
  };
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > capacity) return { admitted: false };
      const running = runningAt(key, nowUs);
      const startUs = anchor === 'calendar' ? latestUs - (latestUs % windowUs) : latestUs;
      const window = running ?? { endUs: startUs + windowUs, used: 0 };
      const admitted = window.used + cost <= capacity;
      if (admitted || countsDenied) {
        window.used += cost;
        windows.set(key, window);
      }
      const remaining = Math.max(0, capacity - window.used);
      return admitted ? { admitted, remaining } : { admitted, remaining, retryAfterUs: window.endUs - nowUs };
    },
    credit(key, cells, nowUs) {
      const running = runningAt(key, nowUs);
      if (running === null) return;
      running.used -= cells;
      if (credit === 'to-zero') running.used = Math.max(0, running.used);
    },
    size: () => windows.size,
  };
}
