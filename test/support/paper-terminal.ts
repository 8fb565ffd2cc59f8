/** A terminal on paper: what a person would see of what is written to it. */
import type { ScreenStream } from '../../harness/cli/live-screen.js';

export const ESCAPE = '\u001b';

/** A terminal of so many rows: obeys the few commands that the screen uses, and keeps what a person would see. */
export class PaperTerminal implements ScreenStream {
  readonly isTTY = true;
  columns: number;
  rows: number;
  frames = 0;
  cursorShown = true;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  get seen(): string[] {
    return this.#lines.slice(0, -1).map((line) => line.trimEnd());
  }

  write(text: string): void {
    this.frames += 1;
    const command = new RegExp(`${ESCAPE}\\[(\\??\\d*)([a-zA-Z])|\\r|\\n|[^${ESCAPE}\\r\\n]+`, 'gy');
    for (const [token, argument = '', name] of text.matchAll(command)) {
      if (name !== undefined) this.#obey(argument, name);
      else if (token === '\r') this.#column = 0;
      else if (token === '\n') this.#feed();
      else this.#type(token);
    }
  }

  #obey(argument: string, name: string): void {
    const line = this.#lines[this.#row] ?? '';
    if (name === 'A') this.#row = Math.max(0, this.#row - Number(argument));
    else if (name === 'K') this.#lines[this.#row] = line.slice(0, this.#column);
    else if (name === 'J') this.#lines = [...this.#lines.slice(0, this.#row), line.slice(0, this.#column)];
    else if (argument === '?25') this.cursorShown = name === 'h';
    // A frame that is held back until it is whole; a terminal that does not know it passes it over.
    else if (argument === '?2026') return;
    else if (name !== 'm') throw new Error(`unknown command ${argument}${name}`);
  }

  /** The window is made narrower or wider: a terminal that reflows breaks the lines that do not fit any more. */
  resize(columns: number): void {
    this.columns = columns;
    this.#lines = this.#lines.flatMap((line) => line.trimEnd().match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']);
    this.#row = this.#lines.length - 1;
  }

  #type(text: string): void {
    // The last column is the cursor's: a terminal breaks the line as soon as it is filled.
    if (this.#column + text.length >= this.columns) throw new Error('a line would have been broken by the terminal');
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #feed(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= '';
  }
}
