/** The requests of a recording, beside the times at which they came. */
import type { IntentMethod } from './actor.js';

/**
 * One request as it is asked again. Path and body may have places in them, which whoever asks fills in: `{{account}}` and
 * `{{password}}` are his own, `{{order}}` is an order that he has placed, `{{number}}` differs from request to request.
 */
export interface RecordedRequest {
  /** Index into `requestClasses`. */
  readonly requestClass: number;
  readonly method: IntentMethod;
  /** With query. */
  readonly path: string;
  /** null = none. */
  readonly body: string | null;
  /** Type of the body; null = JSON, or there is no body. */
  readonly contentType: string | null;
  /** Orders that the body holds, at least 1. */
  readonly elements: number;
}

/** Requests that are alike are held once. */
export interface RecordedRequests {
  /** By row of the trace, an index into `distinct`. The array may lie in memory that several threads share. */
  readonly rows: Uint32Array;
  /** null = a moment of the recording at which nothing is asked: its start and its end, so that its times stay what they were. */
  readonly distinct: readonly (RecordedRequest | null)[];
}

/** As they stand in paths and bodies. */
export const places = {
  account: '{{account}}',
  password: '{{password}}',
  order: '{{order}}',
  number: '{{number}}',
} as const;

export type Filling = Readonly<Record<keyof typeof places, string>>;

/** A text with its places filled in. @param write - how a value is written where the text stands. */
export function filled(text: string, filling: Filling, write: (value: string) => string): string {
  if (!text.includes('{{')) return text;
  let whole = text;
  for (const [name, place] of Object.entries(places)) {
    whole = whole.replaceAll(place, () => write(filling[name as keyof typeof places]));
  }
  return whole;
}
