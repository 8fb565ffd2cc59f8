/** The recordings of a scenario, each once, however many actors use it. */
import type { TraceSource } from './plan.js';
import { formatOf } from './trace-schema.js';

/** A recording as a file names it. */
export interface WrittenTrace {
  readonly file: string;
  readonly format?: TraceSource['format'] | undefined;
  readonly time?: string | undefined;
  /** Only where callers are to be told apart. */
  readonly who?: string | null;
}

/** Who is told apart where the file names no column: null = a column must be named, or nobody can be told apart. */
export function whoColumnOf({ file, format, who }: WrittenTrace): string | null {
  if (who !== undefined && who !== null) return who;
  const known = format ?? formatOf(file);
  if (known === 'access-log') return 'ip';
  return known === 'observations' ? 'identity' : null;
}

export class TraceList {
  readonly #sources: TraceSource[] = [];
  readonly #resolve: (reference: string) => string;

  /** @param resolve - a path as the file names it -> as it is opened. */
  constructor(resolve: (reference: string) => string) {
    this.#resolve = resolve;
  }

  get sources(): readonly TraceSource[] {
    return this.#sources;
  }

  /**
   * The index of this recording, which is added when it is new. One that an actor's arrivals and its `who` both name is
   * one recording, so that its times and its callers stay together; `who` may leave the column of times to the arrivals.
   */
  indexOf(written: WrittenTrace): number {
    const file = this.#resolve(written.file);
    const format = written.format ?? formatOf(written.file) ?? 'csv';
    const timeColumn = written.time ?? null;
    const whoColumn = written.who === undefined ? null : whoColumnOf(written);
    const isForWho = written.who !== undefined;
    const found = this.#sources.findIndex(
      (one) =>
        one.file === file &&
        one.format === format &&
        (one.timeColumn === timeColumn || (isForWho && timeColumn === null)) &&
        (one.whoColumn === null || whoColumn === null || one.whoColumn === whoColumn),
    );
    const known = this.#sources[found];
    if (known === undefined) return this.#sources.push({ file, format, timeColumn, whoColumn }) - 1;
    this.#sources[found] = { ...known, whoColumn: known.whoColumn ?? whoColumn };
    return found;
  }
}
