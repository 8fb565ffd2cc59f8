/**
 * Arrivals evenly spaced at `ratePerSecond`, in whole microseconds of active time below `durationUs`.
 *
 * The first stands half a gap after the start, so that n gaps of time hold exactly n arrivals and none falls on an edge.
 * Each time is worked out from its number: nothing adds up.
 */
export function* constantArrivals(ratePerSecond: number, durationUs: number): Generator<number, void, undefined> {
  for (let count = 0; ; count++) {
    const atUs = ((count + 0.5) * 1_000_000) / ratePerSecond;
    if (atUs >= durationUs) return;
    yield Math.floor(atUs);
  }
}
