import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Gate, GateSpec } from '../../../harness/core/spec.js';
import { createNativeGate } from '../../../harness/native/native-gate.js';
import { demandAddon, describeTwins } from '../../twin/engines.js';
import { auth, bucket, fixedWindow, limit, spec } from '../core/specs.js';

const policy = spec({ limits: [limit({ numbers: bucket(2, 1, 10) })], auth: auth() });

function nativeGate(of: GateSpec = policy): Gate {
  return createNativeGate(demandAddon(), of);
}

describeTwins('a native gate', () => {
  test('is independent of every other one', () => {
    const gates = Array.from({ length: 20 }, () => nativeGate());
    for (const gate of gates) gate.limit(0, 0, 'a', '', '');
    for (const gate of gates) {
      gate.limit(0, 0, 'a', '', '');
      expect([...gate.answer]).toEqual([0, 0, 0, 20, 0]);
    }
  });

  test('throws the errors of the harness, with code and hint', () => {
    const gate = nativeGate();
    const calls: { code: string; call: () => unknown }[] = [
      { code: 'FP_TIME_INVALID', call: () => gate.limit(0.5, 0, 'a', '', '') },
      { code: 'FP_CLASS_INVALID', call: () => gate.limit(0, 1, 'a', '', '') },
      { code: 'FP_KEY_INVALID', call: () => gate.addKey('', 'secret', '') },
      { code: 'FP_KEY_INVALID', call: () => gate.sign('nobody', 'm') },
      {
        code: 'FP_BATCH_INVALID',
        call: () => gate.decideBatch(new Uint8Array(3), 1, new Uint8Array(1), new Float64Array(5)),
      },
      { code: 'FP_GATE_INVALID', call: () => nativeGate(spec({})).verify(0, 'k', 0, 0, 'm', '') },
    ];
    for (const { code, call } of calls) {
      expect(call).toThrow(expect.objectContaining({ name: 'FloodproofError', code, hint: expect.any(String) }));
    }
  });

  test('lists all faults of a spec, as the TypeScript gate does', () => {
    const faulty = spec({ limits: [limit({ numbers: bucket(0, Number.NaN, 10) })] });
    expect(() => nativeGate(faulty)).toThrow(
      expect.objectContaining({ code: 'FP_GATE_INVALID', faults: expect.objectContaining({ length: 2 }) }),
    );
  });

  test('refuses a spec that did not go through the checks of TypeScript, without dying of it', () => {
    const { NativeGate } = demandAddon();
    const zeros = [bucket(1, 0, 10), bucket(1, 1, 0), fixedWindow(1, 0, 'calendar')];
    for (const numbers of zeros) {
      expect(() => new NativeGate(JSON.stringify(spec({ limits: [limit({ numbers })] })))).toThrow(
        /^FP_GATE_INVALID: /,
      );
    }
    expect(() => new NativeGate(JSON.stringify(spec({ classes: [] })))).toThrow(/^FP_GATE_INVALID: /);
    expect(() => new NativeGate('{')).toThrow(/^FP_GATE_INVALID: /);
  });

  test('knows only numbers of gates that live', () => {
    expect(() => demandAddon().limit(4_000_000, 0, 0, 'a', '', '', new Float64Array(5))).toThrow(/not of this thread/);
  });

  test('writes its answer to nothing but a Float64Array with room for it', () => {
    const addon = demandAddon();
    const owner = new addon.NativeGate(JSON.stringify(policy));
    const detached = new Float64Array(5);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    for (const answer of [new Float64Array(4), detached, new Float32Array(5), [0, 0, 0, 0, 0], undefined]) {
      expect(() => addon.limit(owner.id(), 0, 0, 'a', '', '', answer as Float64Array)).toThrow();
    }
  });

  test('refuses what is no text', () => {
    const addon = demandAddon();
    const owner = new addon.NativeGate(JSON.stringify(policy));
    const wrong = 7 as unknown as string;
    expect(() => addon.limit(owner.id(), 0, 0, wrong, '', '', new Float64Array(5))).toThrow('expected a string');
  });

  test('hashes messages of every length around the size of its memory for them', () => {
    const gate = nativeGate(spec({ auth: auth({ replayCapacity: null }) }));
    gate.addKey('k', 'secret', '');
    for (const unit of ['a', 'é', '\u{1f600}']) {
      for (const length of [0, 1, 3, 4, 5, 59, 60, 61, 62, 63, 64, 65, 1000, 5]) {
        const message = unit.repeat(length);
        expect(gate.verify(0, 'k', 0, 0, message, gate.sign('k', message))).toBe(0);
        expect(gate.sign('k', message)).toBe(
          demandAddon().hmacSha256Hex(Buffer.from('secret'), Buffer.from(message, 'utf8')),
        );
      }
    }
  });

  test('works in several threads at once and still on this one after they ended', async () => {
    const folder = fileURLToPath(new URL('../../../native/binding/', import.meta.url));
    const name = readdirSync(folder).find((file) => file.endsWith('.node'));
    const gate = nativeGate();
    const threads = Array.from({ length: 4 }, () => runInThread(`${folder}${name}`));
    const admitted = countAdmitted((nowUs) => gate.limit(nowUs, 0, 'a', '', ''));
    expect(await Promise.all(threads)).toEqual([admitted, admitted, admitted, admitted]);
    expect(gate.limit(1_000_000, 0, 'a', '', '')).toBe(0);
  });
});

const INSTANTS = 5000;

function countAdmitted(decide: (nowUs: number) => number): number {
  let admitted = 0;
  for (let nowUs = 0; nowUs < INSTANTS; nowUs += 1) if (decide(nowUs) === 0) admitted += 1;
  return admitted;
}

/** A thread that loads the addon for itself and does what `countAdmitted` does. */
function runInThread(file: string): Promise<unknown> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const addon = require(workerData.file);
    const owner = new addon.NativeGate(workerData.spec);
    const answer = new Float64Array(5);
    let admitted = 0;
    for (let nowUs = 0; nowUs < ${INSTANTS}; nowUs += 1) {
      if (addon.limit(owner.id(), nowUs, 0, 'a', '', '', answer) === 0) admitted += 1;
    }
    parentPort.postMessage(admitted);
  `;
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: { file, spec: JSON.stringify(policy) } });
    let result: unknown;
    worker.on('message', (message) => {
      result = message;
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(result));
  });
}
