/**
 * Redraws the lines of a run in place on a terminal. On anything else it writes one plain line a phase, and nothing at
 * all when it is to be quiet. One screen serves run after run, and every other line that goes to the same terminal
 * meanwhile.
 *
 * A frame is one write, between the commands that hold a terminal's own redraw back (synchronised update; a terminal
 * that does not know them passes them over). The cursor is hidden only between two frames, and `close` brings it back;
 * the last lines stay.
 */
import { performance } from 'node:perf_hooks';
import { stripVTControlCharacters } from 'node:util';
import type { LiveState } from '../report/live.js';
import { phaseAt, renderLive } from '../report/live.js';
import { formatDurationMs } from '../report/quantity.js';
import { displayWidth, visible } from '../report/text.js';
import { RemainingTime } from './remaining-time.js';

/** The part of a `tty.WriteStream` that is needed; a pipe or a file has neither columns nor rows. */
export interface ScreenStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface ScreenOptions {
  readonly color: boolean;
  /** false for a terminal that knows no commands; when left out, every terminal does. */
  readonly redraws?: boolean;
  /** Nothing is written at all. */
  readonly quiet?: boolean;
  /** Real time in milliseconds; the machine's when left out. */
  readonly nowMs?: () => number;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const FRAME_BEGINS = '\u001b[?2026h';
const FRAME_ENDS = '\u001b[?2026l';
/** Eight frames a second: more are not seen, and each costs the generator. */
const FRAME_MS = 125;

export class LiveScreen {
  readonly #stream: ScreenStream;
  readonly #color: boolean;
  readonly #redraws: boolean;
  readonly #quiet: boolean;
  readonly #nowMs: () => number;
  #lines: readonly string[] = [];
  #columns = 0;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  /** A moment that came too soon after the last frame. */
  #pending: LiveState | null = null;
  #remaining = new RemainingTime();
  #phase: string | null = null;
  #hidden = false;

  constructor(stream: ScreenStream, options: ScreenOptions) {
    this.#stream = stream;
    this.#color = options.color;
    this.#redraws = stream.isTTY === true && options.redraws !== false;
    this.#quiet = options.quiet === true;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Shows a moment of the run, or keeps it for the next frame. */
  update(state: LiveState): void {
    if (this.#quiet) return;
    if (!this.#redraws) {
      this.#announce(state);
      return;
    }
    const nowMs = this.#nowMs();
    this.#remaining.note(state.elapsedMs, nowMs);
    this.#pending = state;
    if (nowMs - this.#drawnAtMs < FRAME_MS) return;
    this.#drawnAtMs = nowMs;
    this.#drawPending();
  }

  /** Writes a line above the live ones, or plainly when there are none. */
  print(line: string): void {
    if (this.#quiet) return;
    const lines = this.#lines;
    if (lines.length === 0) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#frame(`${this.#upward()}${CLEAR_BELOW}${line}\n${this.#textOf(lines)}`, lines);
  }

  /** Ends a run: the last lines stay, the cursor is back. May be called more than once, and before any update. */
  close(): void {
    this.#drawPending();
    this.#lines = [];
    this.#phase = null;
    this.#remaining = new RemainingTime();
    this.#drawnAtMs = Number.NEGATIVE_INFINITY;
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#stream.write(SHOW_CURSOR);
  }

  #drawPending(): void {
    const state = this.#pending;
    if (state === null) return;
    this.#pending = null;
    // One column is left free: a terminal breaks a line that fills its last one. One that tells no size says 0.
    const width = Math.max(1, (this.#stream.columns || 80) - 1);
    // A line that has scrolled out of sight can't be reached again, so no more are drawn than there are rows.
    const rowsMax = Math.max(1, (this.#stream.rows || 24) - 1);
    const leftMs = phaseAt(state) === 'draining' ? null : this.#remaining.leftMs(state.totalMs);
    const lines = renderLive(state, { color: this.#color, width, rowsMax, leftMs });
    this.#frame(`${this.#upward()}${this.#textOf(lines)}${CLEAR_BELOW}`, lines);
  }

  #frame(text: string, lines: readonly string[]): void {
    const hide = this.#hidden ? '' : HIDE_CURSOR;
    this.#hidden = true;
    this.#stream.write(`${FRAME_BEGINS}${hide}${text}${FRAME_ENDS}`);
    this.#lines = lines;
    this.#columns = this.#stream.columns ?? 0;
  }

  #textOf(lines: readonly string[]): string {
    return lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
  }

  #upward(): string {
    const rows = this.#rowsOfLast();
    return rows === 0 ? '' : `\r\u001b[${rows}A`;
  }

  /** Rows that the last lines take now: where the window has become narrower, the terminal has broken them. */
  #rowsOfLast(): number {
    const columns = this.#stream.columns ?? 0;
    if (columns === 0 || columns >= this.#columns) return this.#lines.length;
    return this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  }

  #announce(state: LiveState): void {
    const phase = phaseAt(state);
    if (phase === this.#phase) return;
    this.#phase = phase;
    const at = formatDurationMs(Math.round(state.elapsedMs / 100) * 100);
    this.#stream.write(`${visible(state.scenario)}: ${visible(phase)}, ${at} of ${formatDurationMs(state.totalMs)}\n`);
  }
}

/** Columns of a line that may have colours in it. */
function widthOf(line: string): number {
  return displayWidth(stripVTControlCharacters(line));
}
