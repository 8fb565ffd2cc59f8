/** How far a check has come, drawn again in place on a terminal; nowhere else is anything written. */
import process from 'node:process';
import type { CheckProgress } from '../invariants/contract.js';
import { formatCount } from '../report/quantity.js';
import { truncate, visible } from '../report/text.js';
import type { ScreenStream } from './live-screen.js';

const CLEAR_LINE = '\r\u001b[K';
const INTERVAL_NS = 100_000_000n;
/** Kept from before a clock is played for a limiter: a person waits by the real one. */
const realNowNs = process.hrtime.bigint;

export class CheckProgressLine {
  readonly #stream: ScreenStream;
  readonly #redraws: boolean;
  readonly #nowNs: () => bigint;
  #drawnAtNs: bigint | null = null;

  constructor(stream: ScreenStream, redraws: boolean, nowNs: () => bigint = realNowNs) {
    this.#stream = stream;
    this.#redraws = redraws;
    this.#nowNs = nowNs;
  }

  update(limiter: string, { invariant, invariantsDone, invariants, runs, operations }: CheckProgress): void {
    if (!this.#redraws) return;
    const nowNs = this.#nowNs();
    if (this.#drawnAtNs !== null && nowNs - this.#drawnAtNs < INTERVAL_NS) return;
    this.#drawnAtNs = nowNs;
    const counted = `${formatCount(runs)} histories, ${formatCount(operations)} calls`;
    const line = `${invariantsDone + 1}/${invariants} ${invariant}: ${counted}  ${visible(limiter)}`;
    // One column is left free: a terminal breaks a line that fills its last one.
    this.#stream.write(`${CLEAR_LINE}${truncate(line, Math.max(1, (this.#stream.columns || 80) - 1))}`);
  }

  /** Takes the line away before something else is written. */
  clear(): void {
    if (this.#drawnAtNs === null) return;
    this.#drawnAtNs = null;
    this.#stream.write(CLEAR_LINE);
  }
}
