/** The part of the run that all time charts show: one for the page. */
import { useLayoutEffect, useState } from 'preact/hooks';
import type { TimeRange } from './time-range.js';

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
