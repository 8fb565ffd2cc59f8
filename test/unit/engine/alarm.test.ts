import { expect, test } from 'vitest';
import { Alarm } from '../../../harness/engine/alarm.js';

/** A pacer made of these statements. */
function pacer(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

async function failureOf(source: string): Promise<{ error: Error; alarm: Alarm }> {
  let alarm: Alarm | undefined;
  const error = await new Promise<Error>((resolve) => {
    alarm = new Alarm({ ring: () => undefined, onFailure: resolve, entry: pacer(source) });
  });
  return { error, alarm: alarm as Alarm };
}

test('a thread that throws is told with its error, and the alarm can still be closed', async () => {
  const { error, alarm } = await failureOf("throw new Error('out of luck')");
  expect(error.message).toBe('out of luck');
  await alarm.close();
  await alarm.close();
});

test('a thread that ends without an error is told too: no moment would ring any more', async () => {
  const { error, alarm } = await failureOf('process.exit(7)');
  expect(error.message).toBe('the thread behind the alarm ended with exit code 7');
  await alarm.close();
});

test('an alarm that is closed has not failed', async () => {
  const failures: Error[] = [];
  const source = `
    import { workerData } from 'node:worker_threads';
    Atomics.wait(new Int32Array(workerData), 0, 0);`;
  const alarm = new Alarm({ ring: () => undefined, onFailure: (error) => failures.push(error), entry: pacer(source) });
  await alarm.ready();
  await alarm.close();
  expect(failures).toEqual([]);
});
