import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { checkTarget } from '../../../harness/targets/loopback.js';
import { builtUrl } from '../../support/built.js';
import { aPlan } from '../../support/plan-builder.js';

const folder = mkdtempSync(join(tmpdir(), 'floodproof-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a later worker whose file can not be made is the one error of the run', async () => {
  // Its worker threads run compiled modules that lie beside it.
  const { play } = (await import(builtUrl('engine/play.js'))) as typeof import('../../../harness/engine/play.js');
  mkdirSync(join(folder, 'observations.1.arrows'));
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const run = play({
      plan: aPlan(),
      seed: 1,
      workers: 2,
      engine: 'ts',
      target: await checkTarget('http://127.0.0.1:9'),
      transport: 'trusted-hop',
      folder,
      arrivalsMax: null,
      closedLoop: null,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
    await expect(run).rejects.toMatchObject({ code: 'FP_DISK' });
    // Rejections that nobody handles are told after the microtasks of this turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
