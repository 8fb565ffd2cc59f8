/**
 * Holds what goes one way through a relay for a fixed time, in its order, and hands it on. Bytes and the end of a
 * connection are held alike, so that an end never overtakes the bytes before it.
 *
 * Bounded: from `heldBytesMax` on the source is told to pause, and goes on below half of that. A sink that takes no more
 * stops the line, and with it the source.
 */

/** Where the line hands on to. */
export interface LineSink {
  /** @returns false when it wants no more before `resume` of the line is called. */
  write(bytes: Buffer): boolean;
  /** No bytes will follow. */
  end(): void;
  /** The connection was torn down. */
  reset(): void;
}

/** What the line asks of where its bytes come from. */
export interface LineSource {
  pause(): void;
  resume(): void;
}

export interface LineClock {
  /** Milliseconds that only run on, with their fraction. */
  nowMs(): number;
  /** Calls back after `afterMs` at the soonest its timers know; a call that comes early is no harm. */
  wake(callback: () => void, afterMs: number): { cancel(): void };
}

interface Held {
  readonly dueMs: number;
  /** null = the end, or a reset. */
  readonly bytes: Buffer | null;
  readonly isReset: boolean;
}

export interface DelayLineOptions {
  readonly delayMs: number;
  /** Nothing is handed on before this moment, however early it came. */
  readonly notBeforeMs: number;
  readonly heldBytesMax: number;
  readonly clock: LineClock;
  readonly source: LineSource;
  readonly sink: LineSink;
}

export class DelayLine {
  private readonly options: DelayLineOptions;
  private readonly queue: Held[] = [];
  private head = 0;
  private heldBytes = 0;
  private isSourcePaused = false;
  private isSinkFull = false;
  private isOver = false;
  private alarm: { cancel(): void } | null = null;

  constructor(options: DelayLineOptions) {
    this.options = options;
  }

  take(bytes: Buffer): void {
    if (this.isOver) return;
    this.heldBytes += bytes.length;
    this.hold({ dueMs: this.dueMs(), bytes, isReset: false });
    if (this.heldBytes < this.options.heldBytesMax || this.isSourcePaused) return;
    this.isSourcePaused = true;
    this.options.source.pause();
  }

  /** The source ends in order. */
  takeEnd(): void {
    if (!this.isOver) this.hold({ dueMs: this.dueMs(), bytes: null, isReset: false });
  }

  /** The source was torn down, be it after its end. */
  takeReset(): void {
    if (!this.isOver) this.hold({ dueMs: this.dueMs(), bytes: null, isReset: true });
  }

  /** The sink takes bytes again. */
  resume(): void {
    this.isSinkFull = false;
    this.handOn();
  }

  /** Nobody is left to hand on to: what is held is dropped, and what comes is. */
  close(): void {
    this.isOver = true;
    this.alarm?.cancel();
    this.alarm = null;
    this.queue.length = 0;
    this.head = 0;
    this.heldBytes = 0;
  }

  private dueMs(): number {
    const { clock, delayMs, notBeforeMs } = this.options;
    return Math.max(clock.nowMs() + delayMs, notBeforeMs);
  }

  private hold(held: Held): void {
    this.queue.push(held);
    if (this.alarm === null && !this.isSinkFull) this.setAlarm();
  }

  private setAlarm(): void {
    const next = this.queue[this.head];
    if (next === undefined) return;
    const afterMs = Math.max(0, next.dueMs - this.options.clock.nowMs());
    this.alarm = this.options.clock.wake(() => {
      this.alarm = null;
      this.handOn();
    }, afterMs);
  }

  /** Hands on all that is due, and waits for what is not. */
  private handOn(): void {
    const { clock, sink } = this.options;
    const nowMs = clock.nowMs();
    while (!this.isOver && !this.isSinkFull) {
      const next = this.queue[this.head];
      if (next === undefined || next.dueMs > nowMs) break;
      this.head++;
      if (next.isReset) {
        this.close();
        sink.reset();
      } else if (next.bytes === null) {
        sink.end();
      } else {
        this.heldBytes -= next.bytes.length;
        this.isSinkFull = !sink.write(next.bytes);
      }
    }
    if (this.head > 64 && this.head * 2 > this.queue.length) {
      this.queue.splice(0, this.head);
      this.head = 0;
    }
    this.resumeSource();
    if (!this.isOver && !this.isSinkFull && this.alarm === null) this.setAlarm();
  }

  private resumeSource(): void {
    if (!this.isSourcePaused || this.isOver || this.heldBytes * 2 >= this.options.heldBytesMax) return;
    this.isSourcePaused = false;
    this.options.source.resume();
  }
}
