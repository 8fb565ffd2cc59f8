/**
 * Redraws the lines of a run in place on a terminal. On anything else it writes one plain line a phase.
 * One screen serves run after run, and every other line that goes to the same terminal meanwhile.
 *
 * The cursor is hidden only between two redraws of a terminal, and `close` brings it back; the last lines stay.
 */
import type { LiveState } from '../report/live.js';
import { phaseAt, renderLive } from '../report/live.js';
import { formatDurationMs } from '../report/quantity.js';
import { visible } from '../report/text.js';

/** The part of a `tty.WriteStream` that is needed; a pipe or a file has neither columns nor rows. */
export interface ScreenStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export class LiveScreen {
  readonly #stream: ScreenStream;
  readonly #color: boolean;
  readonly #redraws: boolean;
  #lines: readonly string[] = [];
  #phase: string | null = null;
  #hidden = false;

  /** @param options.redraws - false for a terminal that knows no commands; when left out, every terminal does. */
  constructor(stream: ScreenStream, options: { readonly color: boolean; readonly redraws?: boolean }) {
    this.#stream = stream;
    this.#color = options.color;
    this.#redraws = stream.isTTY === true && options.redraws !== false;
  }

  /** Shows a moment of the run. */
  update(state: LiveState): void {
    if (!this.#redraws) {
      this.#announce(state);
      return;
    }
    // One column is left free: a terminal breaks a line that fills its last one. One that tells no size says 0.
    const width = Math.max(1, (this.#stream.columns || 80) - 1);
    // A line that has scrolled out of sight can't be reached again, so no more are drawn than there are rows.
    const rowsMax = Math.max(1, (this.#stream.rows || 24) - 1);
    this.#draw(renderLive(state, { color: this.#color, width }).slice(0, rowsMax));
  }

  /** Writes a line above the live ones, or plainly when there are none. */
  print(line: string): void {
    const lines = this.#lines;
    this.#stream.write(`${this.#upward()}${lines.length > 0 ? CLEAR_BELOW : ''}${line}\n`);
    this.#lines = [];
    if (lines.length > 0) this.#draw(lines);
  }

  /** Ends a run: the last lines stay, the cursor is back. May be called more than once, and before any update. */
  close(): void {
    this.#lines = [];
    this.#phase = null;
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#stream.write(SHOW_CURSOR);
  }

  #draw(lines: readonly string[]): void {
    const hide = this.#hidden ? '' : HIDE_CURSOR;
    this.#hidden = true;
    const text = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    this.#stream.write(`${hide}${this.#upward()}${text}${CLEAR_BELOW}`);
    this.#lines = lines;
  }

  #upward(): string {
    return this.#lines.length === 0 ? '' : `\r\u001b[${this.#lines.length}A`;
  }

  #announce(state: LiveState): void {
    const phase = phaseAt(state);
    if (phase === this.#phase) return;
    this.#phase = phase;
    const at = formatDurationMs(Math.round(state.elapsedMs / 100) * 100);
    this.#stream.write(`${visible(state.scenario)}: ${visible(phase)}, ${at} of ${formatDurationMs(state.totalMs)}\n`);
  }
}
