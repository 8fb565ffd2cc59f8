/** What is kept of a body that passes: its first bytes up to a bound, and why where it is not kept. */
import { isUtf8 } from 'node:buffer';
import type { Exchanged } from './redaction.js';

/** A longer body passes like any other, and is not written down. */
const BODY_KEPT_BYTES = 65_536;

export class KeptBody {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes <= BODY_KEPT_BYTES) this.#pieces.push(piece);
    else this.#pieces.length = 0;
  }

  finish(headers: readonly (readonly [string, string])[]): {
    readonly body: Exchanged['body'];
    readonly bytes: number;
    readonly note: string;
  } {
    const bytes = this.#bytes;
    if (bytes === 0) return { body: null, bytes, note: '' };
    const fieldOf = (wanted: string): string | null =>
      headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
    if (bytes > BODY_KEPT_BYTES) return { body: null, bytes, note: `longer than ${BODY_KEPT_BYTES} bytes` };
    const coding = fieldOf('content-encoding');
    if (coding !== null && coding !== 'identity') return { body: null, bytes, note: `coded as ${coding}` };
    const whole = Buffer.concat(this.#pieces);
    if (!isUtf8(whole)) return { body: null, bytes, note: 'no text in UTF-8' };
    return { body: { text: whole.toString('utf8'), type: fieldOf('content-type') }, bytes, note: '' };
  }
}
