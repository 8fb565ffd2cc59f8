/** The part of the run that all time charts show: one for the page. */
import { useLayoutEffect, useState } from 'preact/hooks';

export type TimeRange = readonly [fromMs: number, toMs: number];

export class Zoom {
  private range: TimeRange | null = null;
  private readonly listeners = new Set<() => void>();

  /** null = the whole run. */
  get shown(): TimeRange | null {
    return this.range;
  }

  show(range: TimeRange | null): void {
    this.range = range;
    for (const listener of this.listeners) listener();
  }

  /** @returns what ends it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function useZoom(zoom: Zoom): TimeRange | null {
  const [range, setRange] = useState(zoom.shown);
  useLayoutEffect(() => {
    setRange(zoom.shown);
    return zoom.listen(() => setRange(zoom.shown));
  }, [zoom]);
  return range;
}

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
