/** A limiter as somebody may have written it: five requests in each second from a key's first one on. */
export function createLimiter() {
  const windows = new Map<string, { endMs: number; used: number }>();
  return {
    consume(key: string, cost: number) {
      const nowMs = Date.now();
      const known = windows.get(key);
      const window = known !== undefined && nowMs < known.endMs ? known : { endMs: nowMs + 1_000, used: 0 };
      if (!Number.isInteger(cost) || cost < 1 || window.used + cost > 5) {
        const retryAfterUs = cost > 5 ? Number.POSITIVE_INFINITY : (window.endMs - nowMs) * 1_000;
        return { admitted: false, remaining: 5 - window.used, retryAfterUs };
      }
      window.used += cost;
      windows.set(key, window);
      return { admitted: true, remaining: 5 - window.used };
    },
  };
}
