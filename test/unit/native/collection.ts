/** Collects garbage and lets Node run what it has put off until then. */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const TRIES_MAX = 50;

/** @returns false when it did not come true. */
export async function collectUntil(isTrue: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (isTrue()) return true;
    collect();
    await setImmediate();
  }
  return isTrue();
}
