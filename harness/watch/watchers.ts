/** All watchers of a suite as one, none of which can break a run: what it throws is told once, and it is left alone. */
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { RunEnd, SuiteWatcher } from './suite-watcher.js';

export class Watchers implements SuiteWatcher {
  /** Still called; who has thrown is not among them, and is only closed at the end. */
  #watching: readonly SuiteWatcher[];
  readonly #all: readonly SuiteWatcher[];
  readonly #note: (line: string) => void;

  /** @param note - Told in a line what a watcher has thrown. */
  constructor(watchers: readonly SuiteWatcher[], note: (line: string) => void) {
    this.#all = watchers;
    this.#watching = watchers;
    this.#note = note;
  }

  /** Whether anybody wants the rows as they come. */
  get wantRows(): boolean {
    return this.#watching.some((watcher) => watcher.rows !== undefined);
  }

  suiteBegins(runs: readonly RunRecord[]): void {
    this.#tell((watcher) => watcher.suiteBegins?.(runs));
  }

  runBegins(index: number, folder: string): void {
    this.#tell((watcher) => watcher.runBegins?.(index, folder));
  }

  rows(batch: ObservationBatch): void {
    this.#tell((watcher) => watcher.rows?.(batch));
  }

  progress(progress: Progress): void {
    this.#tell((watcher) => watcher.progress?.(progress));
  }

  runEnds(index: number, end: RunEnd): void {
    this.#tell((watcher) => watcher.runEnds?.(index, end));
  }

  async suiteEnds(exitCode: number): Promise<void> {
    await this.#wait(this.#watching, async (watcher) => await watcher.suiteEnds?.(exitCode));
  }

  async close(): Promise<void> {
    await this.#wait(this.#all, async (watcher) => await watcher.close());
  }

  #tell(what: (watcher: SuiteWatcher) => void): void {
    for (const watcher of this.#watching) {
      try {
        what(watcher);
      } catch (error) {
        this.#leave(watcher, error);
      }
    }
  }

  /** All at once: each has its own bound of time. */
  async #wait(watchers: readonly SuiteWatcher[], what: (watcher: SuiteWatcher) => Promise<void>): Promise<void> {
    await Promise.all(
      watchers.map(async (watcher) => {
        try {
          await what(watcher);
        } catch (error) {
          this.#leave(watcher, error);
        }
      }),
    );
  }

  #leave(watcher: SuiteWatcher, error: unknown): void {
    if (!this.#watching.includes(watcher)) return;
    this.#watching = this.#watching.filter((other) => other !== watcher);
    const words = error instanceof Error ? error.message : String(error);
    this.#note(`watching ended by an error, the run goes on: ${words}`);
  }
}
