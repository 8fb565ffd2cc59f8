/**
 * Arrivals whose rate moves along a straight line from one rate to another over `durationUs`, in whole microseconds.
 *
 * With rate a + m t, the number of arrivals up to t is N(t) = a t + m t^2 / 2. Arrival k stands where N(t) = k + 1/2:
 * t = 2 N / (a + sqrt(a^2 + 2 m N)), the form of the root that loses no digits when m is near 0 or below it.
 */
export function* rampArrivals(
  rates: { readonly fromPerSecond: number; readonly toPerSecond: number },
  durationUs: number,
): Generator<number, void, undefined> {
  const durationS = durationUs / 1_000_000;
  const a = rates.fromPerSecond;
  const m = (rates.toPerSecond - a) / durationS;
  const total = ((a + rates.toPerSecond) / 2) * durationS;
  for (let number = 0.5; number < total; number++) {
    // Below 0 only by rounding, at the very end of a ramp down.
    const root = Math.sqrt(Math.max(0, a * a + 2 * m * number));
    const atUs = (2 * number * 1_000_000) / (a + root);
    if (atUs >= durationUs) return;
    yield Math.floor(atUs);
  }
}
