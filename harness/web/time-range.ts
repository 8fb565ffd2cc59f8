/** Parts of a run: from when to when. */

export type TimeRange = readonly [fromMs: number, toMs: number];

/**
 * The range scaled by `factor` around a moment that keeps its place in it, kept inside the whole one.
 *
 * @param factor - below 1 comes closer; a range is never shorter than `shortestMs`.
 * @returns null when that is the whole range.
 */
export function scaledAround(
  [fromMs, toMs]: TimeRange,
  { factor, atMs, whole, shortestMs }: { factor: number; atMs: number; whole: TimeRange; shortestMs: number },
): TimeRange | null {
  const length = Math.max(shortestMs, (toMs - fromMs) * factor);
  if (length >= whole[1] - whole[0]) return null;
  const share = (atMs - fromMs) / (toMs - fromMs);
  const from = Math.min(Math.max(whole[0], atMs - length * share), whole[1] - length);
  return [from, from + length];
}
