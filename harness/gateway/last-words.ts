import type { Readable } from 'node:stream';

const CHARS_MAX = 8_000;
const LINES_MAX = 20;

/** Keeps the end of what a process has written to stderr, for the message when it ends. */
export class LastWords {
  #text = '';

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-CHARS_MAX);
    });
  }

  /** `how`, and under it at most 20 last lines. */
  after(how: string): string {
    const lines = this.#text.split('\n').filter((line) => line.trim() !== '');
    return [how, ...lines.slice(-LINES_MAX).map((line) => `  ${line}`)].join('\n');
  }
}
