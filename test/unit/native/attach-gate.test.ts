import { Worker } from 'node:worker_threads';
import { beforeAll, expect, test } from 'vitest';
import type { GateSpec } from '../../../harness/core/spec.js';
import { attachGate } from '../../../harness/native/attach-gate.js';
import type { SharedGate } from '../../../harness/native/native-gate.js';
import { builtUrl } from '../../support/built.js';
import { demandAddon, describeTwins } from '../../twin/engines.js';
import { auth, bucket, hashSecret, limit, spec } from '../core/specs.js';
import { collectUntil } from './collection.js';

const policy = spec({ limits: [limit({ numbers: bucket(2, 1, 10) })], auth: auth() });

function attach(name: string, of: GateSpec = policy): SharedGate {
  return attachGate(demandAddon(), name, of, hashSecret);
}

describeTwins('a shared gate', () => {
  // Threads and this file must share one copy of the addon, which they do as long as one of them holds it.
  beforeAll(() => {
    demandAddon();
  });

  test('is one for all that attach by its name, keys included, and another one under another name', () => {
    const [left, right, other] = [attach('one'), attach('one'), attach('other')];
    left.addKey('k', 'secret', '');
    expect(left.limit(0, 0, 'a', '', '')).toBe(0);
    expect([right.limit(0, 0, 'a', '', ''), ...right.answer]).toEqual([0, 0, 0, 0, 20, 0, 0, -1]);
    expect([left.limit(0, 0, 'a', '', ''), ...left.answer]).toEqual([1, 0, 0, 10, 20, 0, 0, -1]);
    expect(other.limit(0, 0, 'a', '', '')).toBe(0);
    expect(right.sign('k', 'm')).toBe(left.sign('k', 'm'));
    expect(() => other.sign('k', 'm')).toThrow(expect.objectContaining({ code: 'FP_KEY_INVALID' }));
  });

  test('refuses those who expect another policy, and no one else', () => {
    const holder = attach('policy');
    const others = [
      spec({ ...policy, limits: [] }),
      spec({ ...policy, limits: [limit({ numbers: bucket(2, 1, 11) })] }),
      spec({ ...policy, auth: null }),
      spec({ ...policy, classes: ['some'] }),
    ];
    for (const other of others) {
      expect(() => attach('policy', other)).toThrow(expect.objectContaining({ code: 'FP_GATE_NAME' }));
    }
    const reordered = Object.fromEntries(
      Object.entries({ ...policy, originUs: 5 }).toReversed(),
    ) as unknown as GateSpec;
    holder.limit(0, 0, 'a', '', '');
    const same = attach('policy', reordered);
    expect([same.limit(0, 0, 'a', '', ''), ...same.answer]).toEqual([0, 0, 0, 0, 20, 0, 0, -1]);
  });

  test('lists all faults of a spec, and leaves the name free', () => {
    const faulty = spec({ limits: [limit({ numbers: bucket(0, Number.NaN, 10) })] });
    expect(() => attach('faulty', faulty)).toThrow(
      expect.objectContaining({ code: 'FP_GATE_INVALID', faults: expect.objectContaining({ length: 2 }) }),
    );
    expect(attach('faulty').limit(0, 0, 'a', '', '')).toBe(0);
  });

  test('can not be changed, since others decide by it', () => {
    const gate = attach('unchanged');
    expect(() => gate.change(0, policy)).toThrow(expect.objectContaining({ code: 'FP_GATE_INVALID' }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(0);
  });

  test('ends with its last handle', async () => {
    attach('short').limit(0, 0, 'a', '', '');
    const other = spec({ limits: [limit({ numbers: bucket(7, 1, 10) })] });
    const isFree = await collectUntil(() => {
      try {
        attach('short', other);
        return true;
      } catch {
        return false;
      }
    });
    expect(isFree).toBe(true);
  });

  test('admits exactly its capacity, however many threads ask at once', async () => {
    const capacity = 7777;
    const of = spec({ limits: [limit({ numbers: bucket(capacity, 1, 1_000_000) })] });
    const gate = attach('exact', of);
    const threads = Array.from({ length: 3 }, () => admissionsOfThread('exact', of, 5000));
    let admissions = 0;
    for (let call = 0; call < 1000; call += 1) if (gate.limit(0, 0, 'a', '', '') === 0) admissions += 1;
    for (const count of await Promise.all(threads)) admissions += count;
    expect(admissions).toBe(capacity);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(1);
    // One limit only, so nobody had anything to give back.
    expect(gate.contention()).toEqual({ overtaken: expect.any(Number), givenBack: 0 });
  });

  test('is left whole by threads that come and go', async () => {
    const of = spec({ limits: [limit({ numbers: bucket(100, 1, 1_000_000) })] });
    const gate = attach('visited', of);
    for (let visit = 0; visit < 5; visit += 1) expect(await admissionsOfThread('visited', of, 10)).toBe(10);
    expect([gate.limit(0, 0, 'a', '', ''), gate.answer[1]]).toEqual([0, 49]);
  });
});

/** How many of `calls` calls at one instant a thread of its own gets admitted. */
function admissionsOfThread(name: string, of: GateSpec, calls: number): Promise<number> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { attachGate } = await import(workerData.attachUrl);
      const { loadAddon } = await import(workerData.loadUrl);
      const gate = attachGate(loadAddon().addon, workerData.name, workerData.of, [3, 4]);
      let admissions = 0;
      for (let call = 0; call < workerData.calls; call += 1) if (gate.limit(0, 0, 'a', '', '') === 0) admissions += 1;
      parentPort.postMessage(admissions);
    })();
  `;
  const urls = { attachUrl: builtUrl('native/attach-gate.js'), loadUrl: builtUrl('native/load.js') };
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: { ...urls, name, of, calls } });
    let result = Number.NaN;
    worker.on('message', (message) => {
      result = message;
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(result));
  });
}
