/** A trace as it is played, with what was found in its file. */
import type { TraceTimes } from '../actors/arrivals/trace.js';
import type { StampForm } from './stamp.js';

export interface TraceSummary {
  readonly file: string;
  readonly stamps: number;
  /** From the first stamp to the last. */
  readonly durationUs: number;
  /** Stamps per second of it; null = it is 0. */
  readonly ratePerSecond: number | null;
  /** Standard deviation of the gaps between stamps over their mean (coefficient of variation): 1 = Poisson. null = no gaps. */
  readonly gapCv: number | null;
  /** Different callers; null = nobody is told apart. */
  readonly distinct: number | null;
  /** Share of the stamps of the most frequent caller. */
  readonly topShare: number | null;
  readonly stampForm: StampForm | 'access log' | null;
  /** The largest of 1 us, 1 ms and 1 s that divides every offset. */
  readonly grainUs: number;
  /** What was repaired or left out, or is odd about the file, in a sentence each. */
  readonly notes: readonly string[];
}

/** Its arrays lie in memory that worker threads share. */
export interface LoadedTrace extends TraceTimes {
  readonly summary: TraceSummary;
}
