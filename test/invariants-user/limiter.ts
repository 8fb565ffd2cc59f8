/** A limiter as somebody may have written it: five requests at once, and another one every 200 ms. */
export function createLimiter() {
  const fullAtMsOf = new Map<string, number>();
  return {
    consume(key: string, cost: number) {
      const nowMs = Date.now();
      const owedMs = Math.max(0, (fullAtMsOf.get(key) ?? 0) - nowMs);
      const remaining = Math.max(0, Math.floor((1_000 - owedMs) / 200));
      if (!Number.isInteger(cost) || cost < 1 || cost > 5) return { admitted: false, remaining };
      if (cost > remaining) return { admitted: false, remaining, retryAfterUs: (owedMs + cost * 200 - 1_000) * 1_000 };
      fullAtMsOf.set(key, nowMs + owedMs + cost * 200);
      return { admitted: true, remaining: remaining - cost };
    },
  };
}
