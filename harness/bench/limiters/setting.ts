/** What a run of the limiter benchmark is made of, and what its groups get to see of it. */
import type { Engine } from '../../native/engine.js';
import type { Pace, Timing } from './rounds.js';
import { type BenchRow, NATIVE, TS } from './row.js';

export interface BenchSetting {
  readonly isQuick: boolean;
  /** Ten million keys too, for limiters that refill: in all 9 GB of memory. */
  readonly isLarge: boolean;
  /** A module with `createLimiter` that takes part. */
  readonly ownLimiter: string | null;
  readonly native: Engine | null;
  readonly ts: Engine;
  /** Time at which every gate starts. */
  readonly originUs: number;
  readonly pace: Pace;
  /** A line for the person who waits. */
  readonly say: (line: string) => void;
}

export interface GroupResult {
  readonly rows: readonly BenchRow[];
  readonly absent: readonly string[];
}

/** Both engines, or what there is of them. */
export function enginesOf({ native, ts }: Pick<BenchSetting, 'native' | 'ts'>): { name: string; engine: Engine }[] {
  return [...(native === null ? [] : [{ name: NATIVE, engine: native }]), { name: TS, engine: ts }];
}

export function rowsOf(
  place: Pick<BenchRow, 'group' | 'path' | 'variant' | 'keys' | 'skew'>,
  timings: readonly Timing[],
): BenchRow[] {
  return timings.map(({ name, ...figures }) => ({ ...place, rival: name, threads: 1, ...figures }));
}
