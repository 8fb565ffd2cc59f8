/**
 * An alarm clock finer than `setTimeout` (which is 0.55 ms late at best): a thread of its own sleeps in `Atomics.wait`
 * until the moment asked for and then wakes the thread that asked by a message. One alarm at a time: setting it again
 * replaces the moment.
 */
import { Worker } from 'node:worker_threads';

/** Layout of the shared memory: one Int32 to wait on, one Int32 to stop, one Float64 with the moment. */
const ALARM_BYTES = 16;
export const ALARM_SEQUENCE = 0;
export const ALARM_STOP = 1;
/** Index of the moment in a Float64Array view. */
export const ALARM_MOMENT = 1;

interface AlarmOptions {
  /** Called in this thread at or shortly after the moment that was set. */
  readonly ring: () => void;
  /** Called once when the thread ends by itself: no moment rings any more. */
  readonly onFailure: (error: Error) => void;
  /** The module that the thread runs, when not the pacer. */
  readonly entry?: URL;
}

export class Alarm {
  private readonly words: Int32Array;
  private readonly moments: Float64Array;
  private readonly thread: Worker;
  private readonly ended: Promise<void>;
  private setForUs = Number.POSITIVE_INFINITY;

  constructor({ ring, onFailure, entry = new URL('./pacer.js', import.meta.url) }: AlarmOptions) {
    const memory = new SharedArrayBuffer(ALARM_BYTES);
    this.words = new Int32Array(memory);
    this.moments = new Float64Array(memory);
    this.moments[ALARM_MOMENT] = Number.POSITIVE_INFINITY;
    this.thread = new Worker(entry, { workerData: memory });
    let error: Error | null = null;
    this.thread.on('error', (cause) => {
      error = cause instanceof Error ? cause : new Error(String(cause));
    });
    // Listened to from the start: a thread that is gone already tells of its end no more.
    this.ended = new Promise((resolve) => {
      this.thread.once('exit', (code) => {
        resolve();
        if (Atomics.load(this.words, ALARM_STOP) === 0) {
          onFailure(error ?? new Error(`the thread behind the alarm ended with exit code ${code}`));
        }
      });
    });
    this.thread.on('message', () => {
      this.setForUs = Number.POSITIVE_INFINITY;
      ring();
    });
  }

  /** Resolves when the thread is there to wake this one. */
  async ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.thread.once('online', resolve);
      this.thread.once('error', reject);
      this.thread.once('exit', () => reject(new Error('the thread behind the alarm ended before it was there')));
    });
  }

  /** Asks to be woken at `momentUs` of the monotonic clock; infinity = not at all. */
  set(momentUs: number): void {
    if (momentUs === this.setForUs) return;
    this.setForUs = momentUs;
    this.moments[ALARM_MOMENT] = momentUs;
    // The store and notify publish the moment: the pacer reads it after it has seen the new sequence number.
    Atomics.add(this.words, ALARM_SEQUENCE, 1);
    Atomics.notify(this.words, ALARM_SEQUENCE);
  }

  async close(): Promise<void> {
    Atomics.store(this.words, ALARM_STOP, 1);
    Atomics.add(this.words, ALARM_SEQUENCE, 1);
    Atomics.notify(this.words, ALARM_SEQUENCE);
    await this.ended;
  }
}
