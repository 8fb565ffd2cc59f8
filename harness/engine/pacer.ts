/** The thread behind `Alarm`: sleeps until the moment in shared memory, then posts one message. */
import { parentPort, workerData } from 'node:worker_threads';
import { ALARM_MOMENT, ALARM_SEQUENCE, ALARM_STOP } from './alarm.js';
import { monotonicUs } from './wall-clock.js';

const memory = workerData as SharedArrayBuffer;
const words = new Int32Array(memory);
const moments = new Float64Array(memory);

/** Sleeps until the alarm's moment; false when it was set anew or stopped meanwhile. */
function sleep(sequence: number): boolean {
  for (;;) {
    const momentUs = moments[ALARM_MOMENT] as number;
    const leftUs = momentUs - monotonicUs();
    if (leftUs <= 0) return true;
    const waited = Atomics.wait(words, ALARM_SEQUENCE, sequence, momentUs === Infinity ? Infinity : leftUs / 1000);
    if (waited !== 'timed-out') return false;
  }
}

while (Atomics.load(words, ALARM_STOP) === 0) {
  const sequence = Atomics.load(words, ALARM_SEQUENCE);
  if (!sleep(sequence)) continue;
  parentPort?.postMessage(0);
  // Rung: nothing more to do until it is set again.
  if (Atomics.load(words, ALARM_STOP) === 0) Atomics.wait(words, ALARM_SEQUENCE, sequence);
}
