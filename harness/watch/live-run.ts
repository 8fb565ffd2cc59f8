/** One run of a suite as the live page is told of it: before, while and after it is played. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { PageRun, SeriesDocument } from '../report/page-data.js';
import { pageRun } from '../report/page-run.js';
import { LiveSeries } from './live-series.js';
import type { RunEnd } from './suite-watcher.js';

const SHORTENED =
  'The suite has more runs than this page keeps in full: the series of this one are in its folder, in series.json and report.html.';

export class LiveRun {
  readonly record: RunRecord;
  #state: PageRun['state'] = 'waiting';
  #folder: string | null = null;
  #live: LiveSeries | null = null;
  #verdict: VerdictDocument | null = null;
  #error: string | null = null;
  /** Once it has ended. */
  #series: SeriesDocument | null = null;
  #missing: readonly string[] = [];
  #endedJson: string | null = null;

  constructor(record: RunRecord) {
    this.record = record;
  }

  begin(folder: string): void {
    this.#state = 'running';
    this.#folder = folder;
    this.#live = new LiveSeries(this.record);
  }

  take(batch: ObservationBatch): void {
    this.#live?.add(batch);
  }

  progress(progress: Progress): void {
    this.#live?.progress(progress);
  }

  end(end: RunEnd): void {
    this.#state = 'ended';
    this.#verdict = end.verdict;
    this.#error = end.error;
    this.#series = (end.verdict === null ? null : this.#saved()) ?? this.#live?.whole() ?? null;
    this.#live = null;
    this.#endedJson = null;
  }

  /** What has changed of a run that goes on; null = nothing. */
  changed(): SeriesDocument | null {
    return this.#state === 'running' ? (this.#live?.changed() ?? null) : null;
  }

  page(): PageRun {
    return pageRun({
      folder: this.#folder,
      state: this.#state,
      plan: this.record.plan,
      enforcedPolicy: this.record.gatewayPolicy,
      verdict: this.#verdict,
      series: this.#series ?? this.#live?.whole() ?? null,
      missing: this.#missing,
      error: this.#error,
    });
  }

  /** Written once for a run that has ended. */
  pageJson(): string {
    if (this.#state !== 'ended') return JSON.stringify(this.page());
    this.#endedJson ??= JSON.stringify(this.page());
    return this.#endedJson;
  }

  /** Lets go of the series of a run that has ended. */
  shorten(): void {
    if (this.#state !== 'ended' || this.#series === null) return;
    this.#series = null;
    this.#missing = [SHORTENED];
    this.#endedJson = null;
  }

  /** The series as they were saved, which have the bounds; null = not there, or not as they should be. */
  #saved(): SeriesDocument | null {
    if (this.#folder === null) return null;
    try {
      const series = JSON.parse(readFileSync(join(this.#folder, 'series.json'), 'utf8')) as SeriesDocument | null;
      return series?.schema === 'floodproof/series/1' ? series : null;
    } catch {
      return null;
    }
  }
}
