/**
 * Arrivals evenly spaced at one constant rate after the other, in whole microseconds of active time below `durationUs`.
 *
 * As for a ramp, arrival k stands where the integrated rate is k + 1/2: a gap that a step cuts goes on at the new rate, so
 * that the count is right to one at every moment. A rate of 0 waits for the next step.
 *
 * @param steps - In rising order of `fromUs`, the first at 0.
 */
export function* stepArrivals(
  steps: readonly { readonly fromUs: number; readonly ratePerSecond: number }[],
  durationUs: number,
): Generator<number, void, undefined> {
  /** Arrivals before the step, which is the integrated rate there. */
  let before = 0;
  let count = 0;
  for (const [index, { fromUs, ratePerSecond }] of steps.entries()) {
    const untilUs = Math.min(durationUs, steps[index + 1]?.fromUs ?? durationUs);
    if (untilUs <= fromUs || ratePerSecond === 0) continue;
    for (; ; count++) {
      const atUs = fromUs + ((count + 0.5 - before) * 1_000_000) / ratePerSecond;
      if (atUs >= untilUs) break;
      yield Math.floor(atUs);
    }
    before += ((untilUs - fromUs) * ratePerSecond) / 1_000_000;
  }
}
