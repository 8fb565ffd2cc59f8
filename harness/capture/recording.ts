/** What a file of real traffic holds: who asked what and when. */
import type { Label, RequestClass } from '../scenario/plan.js';

export interface RecordedRow {
  /** Whole microseconds, of 1970 or of any other zero. */
  readonly atUs: number;
  /** Who asked, as the file tells callers apart. */
  readonly who: string;
  /** Upper-case; '' where the file tells the class alone. */
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly type: string | null;
  readonly body: string | null;
  /** null = by method and path. */
  readonly requestClass: RequestClass | null;
  /** Orders of a batch that the file tells of without its body. */
  readonly elements: number;
  /** The actor of an earlier run; null = the file knows of none. */
  readonly actor: { readonly name: string; readonly label: Label } | null;
}

export interface Recording {
  readonly rows: readonly RecordedRow[];
  readonly format: 'har' | 'access-log' | 'observations';
  /** Lines or entries that told nothing. */
  readonly leftOut: number;
  /** Of this machine, as the first request names it; null = the file names none. */
  readonly origin: string | null;
  /** Headers that are not asked again, lower-case, in order of the alphabet. */
  readonly headers: readonly string[];
}

/** Requests of one file; each is held in memory until the scenario is written. */
export const ROWS_MAX = 1_000_000;
