/**
 * The rows of a virtual run until it is judged: in memory up to `MEMORY_ROWS`, and beyond that in a file of the run's
 * folder, as the rows of a run over HTTP are.
 */
import { join } from 'node:path';
import type { ObservationBatch, ObservationSource } from '../../judge/observation.js';
import { makeFolder } from '../record/make-folder.js';
import { ObservationFile, readObservationFile } from '../record/observation-file.js';

/** About 150 MB. */
export const MEMORY_ROWS = 2_000_000;

export class RowStore {
  rows = 0;
  private readonly folder: string | null;
  private readonly memoryRows: number;
  private batches: ObservationBatch[] = [];
  private file: ObservationFile | null = null;

  /** @param folder - where the file goes when one is needed; null = everything stays in memory. */
  constructor(folder: string | null, memoryRows: number = MEMORY_ROWS) {
    this.folder = folder;
    this.memoryRows = memoryRows;
  }

  /** @throws {FloodproofError} FP_DISK */
  add(batch: ObservationBatch): void {
    this.rows += batch.rows;
    if (this.file === null && (this.rows <= this.memoryRows || this.folder === null)) {
      this.batches.push(batch);
      return;
    }
    this.file ??= this.openFile(this.folder as string);
    this.file.append(batch.columns, batch.rows);
  }

  /** Files behind the rows, none while they are in memory. */
  get files(): readonly string[] {
    return this.file === null ? [] : [this.file.path];
  }

  /** All rows, as often as they are asked for. */
  get source(): ObservationSource {
    const { batches, files } = this;
    return function* rows() {
      yield* batches;
      for (const path of files) yield* readObservationFile(path);
    };
  }

  close(): void {
    this.file?.close();
  }

  /** What was in memory stays first, in its order: only later batches go to the file. */
  private openFile(folder: string): ObservationFile {
    makeFolder(folder, `the folder ${folder}`);
    return new ObservationFile(join(folder, 'observations.0.arrows'));
  }
}
