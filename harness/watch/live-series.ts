/** The rows of one run as series while it goes on: without bounds, which only the judge's walk can tell. */
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { SeriesDocument } from '../report/page-data.js';
import { generatorSeconds } from '../timeline/generator-seconds.js';
import { SeriesBuilder, type SeriesRest } from '../timeline/series-builder.js';

export class LiveSeries {
  readonly #record: RunRecord;
  readonly #builder: SeriesBuilder;
  #progress: Pick<Progress, 'elapsedUs' | 'seconds' | 'machine'> = { elapsedUs: 0, seconds: [], machine: [] };

  /** Bins that `changed` has told of. */
  #toldBins = 0;

  constructor(record: RunRecord) {
    const { plan, seed } = record;
    this.#record = record;
    this.#builder = new SeriesBuilder({ plan, seed, world: null, hasBounds: false });
  }

  add(batch: ObservationBatch): void {
    this.#builder.add(batch);
  }

  /** How far the run is, and what its generator has told of itself. */
  progress(progress: Progress): void {
    this.#progress = progress;
  }

  /** All of it. */
  whole(): SeriesDocument {
    return this.#builder.document(0, this.#rest());
  }

  /**
   * What has changed since it was asked for last; null = nothing. It begins no later than what was told before ended, so
   * that whoever puts them together has every bin.
   */
  changed(): SeriesDocument | null {
    const rest = this.#rest();
    let delta = this.#builder.takeDelta(rest);
    if (delta === null) return null;
    if (delta.firstBin > this.#toldBins) delta = this.#builder.document(this.#toldBins, rest);
    this.#toldBins = delta.firstBin + delta.bins;
    return delta;
  }

  #rest(): SeriesRest {
    const { elapsedUs, seconds, machine } = this.#progress;
    return {
      reachedUs: Math.floor(elapsedUs),
      generator: generatorSeconds(this.#record.plan, seconds, machine),
    };
  }
}
