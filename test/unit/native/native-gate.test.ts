import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { encodeRecord } from '../../../harness/core/index.js';
import { Answer, Decision, type Gate, type GateSpec } from '../../../harness/core/spec.js';
import { type AddonGate, Slot } from '../../../harness/native/load.js';
import { createNativeGate } from '../../../harness/native/native-gate.js';
import { demandAddon, describeTwins } from '../../twin/engines.js';
import { auth, bucket, fixedWindow, hashSecret, limit, spec } from '../core/specs.js';
import { collectUntil } from './collection.js';

const { admitted, malformed, badSignature } = Decision;
const policy = spec({ limits: [limit({ numbers: bucket(2, 1, 10) })], auth: auth() });
const wrongType = expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' });

function nativeGate(of: GateSpec = policy): Gate {
  return createNativeGate(demandAddon(), of, hashSecret);
}

function open(gate: AddonGate, of: unknown, owner: object = {}): number {
  return gate.open(owner, JSON.stringify(of), 1, 2, null);
}

describeTwins('a native gate', () => {
  test('is independent of every other one', () => {
    const gates = Array.from({ length: 20 }, () => nativeGate());
    for (const gate of gates) gate.limit(0, 0, 'a', '', '');
    for (const gate of gates) {
      gate.limit(0, 0, 'a', '', '');
      expect([...gate.answer]).toEqual([0, 0, 0, 20, 0, 0, -1]);
    }
  });

  test('keeps its answer while others are called', () => {
    const [gate, other] = [nativeGate(), nativeGate()];
    gate.limit(0, 0, 'a', '', '');
    other.limit(5, 0, 'a', '', '');
    expect([...gate.answer]).toEqual([0, 1, 0, 10, 0, 0, -1]);
  });

  test('throws the errors of the harness, with code and hint', () => {
    const gate = nativeGate();
    const calls: { code: string; call: () => unknown }[] = [
      { code: 'FP_TIME_INVALID', call: () => gate.limit(0.5, 0, 'a', '', '') },
      { code: 'FP_CLASS_INVALID', call: () => gate.limit(0, 1, 'a', '', '') },
      { code: 'FP_KEY_INVALID', call: () => gate.addKey('', 'secret', '') },
      { code: 'FP_KEY_INVALID', call: () => gate.sign('nobody', 'm') },
      { code: 'FP_CALLER_INVALID', call: () => gate.limitCaller(0, 0, 0) },
      {
        code: 'FP_BATCH_INVALID',
        call: () => gate.decideBatch(new Uint8Array(3), 1, new Uint8Array(1), new Float64Array(Answer.size)),
      },
      { code: 'FP_ELEMENTS_INVALID', call: () => gate.limit(0, 0, 'a', '', '', 0) },
      { code: 'FP_TIME_INVALID', call: () => gate.limit(0, 0, 'a', '', '', 1, -1) },
      { code: 'FP_CREDIT_INVALID', call: () => gate.credit(0, 0, 0, 'a', '', '', 1) },
      { code: 'FP_CREDIT_INVALID', call: () => gate.credit(0, 1, 0, 'a', '', '', 1) },
      { code: 'FP_GATE_INVALID', call: () => gate.change(0, spec({ ...policy, auth: null })) },
      { code: 'FP_GATE_INVALID', call: () => nativeGate(spec({})).verify(0, 'k', 0, 0, 'm', '') },
      { code: 'FP_GATE_INVALID', call: () => createNativeGate(demandAddon(), policy, [0, 2 ** 32]) },
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

  test('takes no number from what is none', () => {
    const gate = nativeGate(spec({ auth: auth({ replayCapacity: null }) }));
    gate.addKey('k', 'secret', '');
    const signature = gate.sign('k', 'm');
    for (const wrong of ['7', null, undefined, [7], true, { valueOf: () => 7 }] as unknown as number[]) {
      expect(() => gate.limit(wrong, 0, 'a', '', '')).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
      expect(() => gate.limit(7, wrong, 'a', '', '')).toThrow(expect.objectContaining({ code: 'FP_CLASS_INVALID' }));
      expect(() => gate.limitCaller(7, 0, wrong)).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
      expect(gate.verify(7, 'k', wrong, 0, 'm', signature)).toBe(malformed);
      expect(gate.verify(7, 'k', 7, wrong, 'm', signature)).toBe(malformed);
    }
    for (const wrong of ['2', null, [2], true] as unknown as number[]) {
      const wrongElements = expect.objectContaining({ code: 'FP_ELEMENTS_INVALID' });
      expect(() => gate.limit(7, 0, 'a', '', '', wrong)).toThrow(wrongElements);
      expect(() => gate.release(7, 0, 'a', '', '', wrong)).toThrow(wrongElements);
      expect(() => gate.limit(7, 0, 'a', '', '', 1, wrong)).toThrow(
        expect.objectContaining({ code: 'FP_TIME_INVALID' }),
      );
    }
  });

  test('decides on after its answer was given away', () => {
    const gate = nativeGate();
    structuredClone(null, { transfer: [gate.answer.buffer as ArrayBuffer] });
    expect(gate.answer.length).toBe(0);
    expect([gate.limit(0, 0, 'a', '', ''), gate.limit(0, 0, 'a', '', ''), gate.limit(0, 0, 'a', '', '')]).toEqual([
      0, 0, 1,
    ]);
  });

  test('reads every unit of an id whole, wherever it stands', () => {
    const gate = nativeGate(spec({ limits: [limit({ numbers: bucket(2 ** 30, 1, 10) })] }));
    for (let length = 1; length <= 64; length += 1) {
      expect(gate.limit(0, 0, 'a'.repeat(length), '', '')).toBe(admitted);
      for (const alias of ['\u0161', '\uff61', '\u00e1', ' ', '\u007f']) {
        const id = 'a'.repeat(length - 1) + alias;
        expect(gate.limit(0, 0, id, '', ''), `${alias} at ${length}`).toBe(malformed);
      }
    }
    expect(gate.limit(0, 0, 'aaa\u0161', '', '')).toBe(malformed);
    expect(gate.limit(0, 0, 'a', '', ''), 'what a longer one left behind is not looked at').toBe(admitted);
  });

  test('reads every unit of a signature whole, wherever it stands', () => {
    const gate = nativeGate(spec({ auth: auth({ replayCapacity: null }) }));
    gate.addKey('k', 'secret', '');
    const signature = gate.sign('k', 'm');
    for (let index = 0; index < signature.length; index += 1) {
      const alias = String.fromCharCode(signature.charCodeAt(index) + 0x100);
      const spoiled = signature.slice(0, index) + alias + signature.slice(index + 1);
      expect(gate.verify(0, 'k', 0, 0, 'm', spoiled)).toBe(badSignature);
    }
    expect(gate.verify(0, 'k', 0, 0, 'm', signature)).toBe(admitted);
  });

  test('hashes messages of every length around the size of its memory for them', () => {
    const gate = nativeGate(spec({ auth: auth({ replayCapacity: null }) }));
    gate.addKey('k', 'secret', '');
    const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 1000, 4080, 4094, 4095, 4096, 4097, 2 ** 18, 2 ** 20 + 1, 5];
    for (const unit of ['a', '\u0080', 'é', '\u0161', '\u{1f600}', '\ud800']) {
      for (const length of lengths) {
        const message = `${'m'.repeat(length)}${unit}`;
        expect(gate.verify(0, 'k', 0, 0, message, gate.sign('k', message))).toBe(admitted);
        expect(gate.sign('k', message)).toBe(
          demandAddon().hmacSha256Hex(Buffer.from('secret'), Buffer.from(message, 'utf8')),
        );
      }
    }
  });

  test('decides one record as it decides a batch of one', () => {
    const [one, batch] = [nativeGate(), nativeGate()];
    for (const gate of [one, batch]) gate.addKey('k', 'secret', '');
    const signature = one.sign('k', 'm');
    const fields = { classId: 0, ip: 'a', account: '', keyId: 'k', timestampUs: 0, windowUs: 0, message: 'm' };
    const record = encodeRecord({ nowUs: 0, ...fields, signature });
    const odd = new Uint8Array(record.length + 1).subarray(1);
    odd.set(record);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const [decisions, answers] = [new Uint8Array(1), new Float64Array(Answer.size)];
      batch.decideBatch(record, 1, decisions, answers);
      expect([one.decideRecord(odd), ...one.answer]).toEqual([...decisions, ...answers]);
    }
  });

  test('limits interned callers as it limits the same by their texts', () => {
    const limits = [limit({ numbers: bucket(2, 1, 10) }), limit({ by: ['account'], numbers: bucket(3, 1, 7) })];
    const [byText, byNumber, inBatch] = [0, 1, 2].map(() => nativeGate(spec({ limits }))) as [Gate, Gate, Gate];
    const texts: [string, string][] = [
      ['a', 'x'],
      ['a', 'y'],
      ['', 'x'],
      ['b', ''],
      ['b', '\u0161'],
      ['a', 'x'],
    ];
    const callers = Uint32Array.from(texts, ([ip, account]) => byNumber.internCaller(ip, account, 'k'));
    expect([...callers]).toEqual([0, 1, 2, 3, 4, 5]);
    for (const [ip, account] of texts) inBatch.internCaller(ip, account, 'k');
    for (const nowUs of [0, 1, 9, 10, 25]) {
      const expected = texts.map(([ip, account]) => [byText.limit(nowUs, 0, ip, account, 'k'), ...byText.answer]);
      const actual = texts.map((_, caller) => [byNumber.limitCaller(nowUs, 0, caller), ...byNumber.answer]);
      expect(actual).toEqual(expected);
      const [decisions, answers] = [new Uint8Array(6), new Float64Array(6 * Answer.size)];
      inBatch.limitBatch(nowUs, 0, callers, 6, decisions, answers);
      expect([...decisions]).toEqual(expected.map(([decision]) => decision));
      expect([...answers]).toEqual(expected.flatMap(([, ...answer]) => answer));
    }
  });

  test('keeps ten million callers and no more', () => {
    const gate = nativeGate();
    for (let caller = 0; caller < 10_000_000; caller += 1) gate.internCaller('', '', '');
    const full = expect.objectContaining({ code: 'FP_CALLERS_FULL' });
    expect(() => gate.internCaller('', '', '')).toThrow(full);
    expect(() => gate.limitCaller(0, 0, 10_000_000)).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
    expect(gate.limitCaller(0, 0, 9_999_999)).toBe(malformed);
  });
});

describeTwins('the addon', () => {
  test('refuses a spec that did not go through the checks of TypeScript, without dying of it', () => {
    const { gate } = demandAddon();
    const invalid = expect.objectContaining({ code: 'FP_GATE_INVALID' });
    for (const numbers of [bucket(1, 0, 10), bucket(1, 1, 0), fixedWindow(1, 0, 'calendar')]) {
      expect(() => open(gate, spec({ limits: [limit({ numbers })] }))).toThrow(invalid);
    }
    expect(() => open(gate, spec({ classes: [] }))).toThrow(invalid);
    expect(() => open(gate, 7)).toThrow(invalid);
    expect(() => gate.open({}, '{', 1, 2, null)).toThrow(invalid);
  });

  test('refuses to open a gate without an owner, a secret or a spec', () => {
    const { gate } = demandAddon();
    const call = gate.open as (...values: unknown[]) => number;
    const text = JSON.stringify(policy);
    expect(() => call()).toThrow(wrongType);
    expect(() => call({}, policy, 1, 2, null)).toThrow(wrongType);
    expect(() => call({}, text, -1, 2, null)).toThrow(wrongType);
    expect(() => call({}, text, 1, '2', null)).toThrow(wrongType);
    expect(() => call({}, text, 1, 2)).toThrow(wrongType);
    expect(() => call('owner', text, 1, 2, null)).toThrow(expect.objectContaining({ code: 'ERR_NODE_API' }));
  });

  test('knows only numbers of gates that live', () => {
    const { gate, numbers } = demandAddon();
    for (const number of [4_000_000, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      numbers[Slot.gate] = number;
      expect(() => gate.limit('a', '', '')).toThrow(wrongType);
    }
  });

  test('refuses what is no text where the class needs it, and looks at nothing else', () => {
    const { gate, numbers } = demandAddon();
    const owner = {};
    const number = open(gate, policy, owner);
    const limitBy = gate.limit as (...values: unknown[]) => void;
    numbers.set([0, 0, 0, 0, 0, number]);
    for (const wrong of [7, null, undefined, {}, Symbol('s'), ['a'], Buffer.from('a')]) {
      expect(() => limitBy(wrong, '', '')).toThrow(wrongType);
      expect(() => gate.decide('a', '', 'k', wrong as string, '')).toThrow(wrongType);
    }
    expect(() => limitBy()).toThrow(wrongType);
    numbers[Slot.gate] = open(gate, spec({}), owner);
    limitBy(7, null, undefined);
    numbers[Slot.gate] = number;
    limitBy('a', 7);
    expect([...numbers.subarray(Slot.decision)]).toEqual([0, 0, 1, 0, 10, 0, 0, -1]);
    expect(owner).toEqual({});
  });

  test('gives its numbers away to nobody', () => {
    const { gate, numbers } = demandAddon();
    const owner = {};
    numbers.set([0, 0, 0, 0, 0, open(gate, policy, owner)]);
    try {
      structuredClone(null, { transfer: [numbers.buffer as ArrayBuffer] });
    } catch (error) {
      expect(error).toMatchObject({ name: 'DataCloneError' });
    }
    gate.limit('a', '', '');
    expect([numbers[Slot.decision], numbers[Slot.answer + Answer.remaining]]).toEqual([0, 1]);
    expect(owner).toEqual({});
  });

  const [none, bytes, answers] = [new Uint8Array(0), new Uint8Array(64), new Float64Array(8 * Answer.size)];
  const detached = new Uint8Array(64);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shared = new Uint8Array(new SharedArrayBuffer(64));
  const callers = new Uint32Array(8);
  const badBuffers: { call: keyof AddonGate; values: unknown[]; because: string }[] = [
    { call: 'decideRecord', values: [], because: 'there is no record' },
    { call: 'decideRecord', values: ['text'], because: 'a text is no record' },
    { call: 'decideRecord', values: [answers], because: 'a record is bytes' },
    { call: 'decideRecord', values: [new DataView(bytes.buffer)], because: 'a view is no array' },
    { call: 'decideRecord', values: [bytes.buffer], because: 'memory is no array' },
    { call: 'decideRecord', values: [detached], because: 'the record was given away' },
    { call: 'decideRecord', values: [shared], because: 'another thread could change the record' },
    { call: 'decideRecord', values: [none], because: 'the record is empty' },
    { call: 'decideRecord', values: [bytes.subarray(0, 51)], because: 'the header is cut short' },
    { call: 'decideBatch', values: [], because: 'there is nothing' },
    { call: 'decideBatch', values: [none, -1, bytes, answers], because: 'a count is not negative' },
    { call: 'decideBatch', values: [none, '0', bytes, answers], because: 'a count is a number' },
    { call: 'decideBatch', values: [none, 0.5, bytes, answers], because: 'a count is whole' },
    { call: 'decideBatch', values: [none, 2 ** 52, bytes, answers], because: 'no array is so large' },
    { call: 'decideBatch', values: [none, 65, bytes, answers], because: 'decisions is too small' },
    { call: 'decideBatch', values: [none, 9, bytes, answers], because: 'answers is too small' },
    { call: 'decideBatch', values: [none, 0, new Int8Array(1), answers], because: 'decisions is of another type' },
    { call: 'decideBatch', values: [none, 0, bytes, new Float32Array(5)], because: 'answers is of another type' },
    { call: 'decideBatch', values: [bytes, 0, bytes.subarray(63), answers], because: 'two arrays overlap' },
    { call: 'decideBatch', values: [none, 0, shared, answers], because: 'another thread could change decisions' },
    { call: 'decideBatch', values: [none, 1, detached, answers], because: 'decisions was given away' },
    { call: 'limitBatch', values: [], because: 'there is nothing' },
    { call: 'limitBatch', values: [bytes, 1, bytes, null], because: 'callers is of another type' },
    { call: 'limitBatch', values: [callers, 9, bytes, null], because: 'callers is too short' },
    { call: 'limitBatch', values: [callers, 8, bytes.subarray(0, 7), null], because: 'decisions is too small' },
    { call: 'limitBatch', values: [callers, 8, bytes, answers.subarray(1)], because: 'answers is too small' },
    { call: 'limitBatch', values: [callers, 8, bytes], because: 'answers must be null or an array' },
    {
      call: 'limitBatch',
      values: [callers, 8, new Uint8Array(callers.buffer), null],
      because: 'decisions would overwrite callers',
    },
    {
      call: 'limitBatch',
      values: [new Uint32Array(new SharedArrayBuffer(4)), 1, bytes, null],
      because: 'another thread could change callers',
    },
  ];
  test.each(badBuffers)('refuses buffers of $call: $because', ({ call, values }) => {
    const { gate, numbers } = demandAddon();
    const owner = {};
    numbers.set([0, 0, 0, 0, 0, open(gate, policy, owner)]);
    expect(() => (gate[call] as (...values: unknown[]) => void)(...values)).toThrow(
      expect.objectContaining({ code: 'FP_BATCH_INVALID' }),
    );
    expect(owner).toEqual({});
  });

  test('takes buffers that touch, and writes between their bounds alone', () => {
    const { gate, numbers } = demandAddon();
    const owner = {};
    const memory = new ArrayBuffer(120);
    const [records, decisions] = [new Uint32Array(memory, 56, 1), new Uint8Array(memory, 60, 1)];
    const [before, after] = [new Float64Array(memory, 0, 7), new Float64Array(memory, 64, 7)];
    new Uint8Array(memory).fill(7);
    records[0] = 0;
    numbers.set([0, 0, 0, 0, -1, open(gate, policy, owner)]);
    gate.internCaller('a', '', '');
    gate.limitBatch(records, 1, decisions, after);
    expect([records[0], decisions[0], ...after]).toEqual([0, 0, 0, 1, 0, 10, 0, 0, -1]);
    gate.limitBatch(records, 1, decisions, before);
    expect([records[0], decisions[0], ...before, ...after]).toEqual([
      0,
      0,
      ...[0, 0, 0, 20, 0, 0, -1],
      ...[0, 1, 0, 10, 0, 0, -1],
    ]);
    expect([...new Uint8Array(memory, 61, 3)]).toEqual([7, 7, 7]);
    expect(owner).toEqual({});
  });

  test('frees a gate when its owner is collected, and its functions outlive it', async () => {
    const { gate, numbers } = demandAddon();
    const number = open(gate, policy);
    const isFreed = await collectUntil(() => {
      numbers.set([0, 0, 0, 0, 0, number]);
      try {
        gate.limit('a', '', '');
        return false;
      } catch {
        return true;
      }
    });
    expect(isFreed).toBe(true);
    expect(open(gate, policy)).toBeLessThanOrEqual(number);
  });

  test('keeps a gate that is in use, whatever is collected', async () => {
    const gate = nativeGate(spec({ limits: [limit({ numbers: bucket(100, 1, 1000) })] }));
    let admissions = 0;
    await collectUntil(() => {
      nativeGate();
      if (gate.limit(0, 0, 'a', '', '') === admitted) admissions += 1;
      return admissions > 20;
    });
    expect(admissions).toBe(21);
  });

  test('works in several threads at once and still on this one after they ended', async () => {
    const folder = fileURLToPath(new URL('../../../native/binding/', import.meta.url));
    const name = readdirSync(folder).find((file) => file.endsWith('.node'));
    const gate = nativeGate();
    const threads = Array.from({ length: 4 }, () => runInThread(`${folder}${name}`));
    const admissions = countAdmitted((nowUs) => gate.limit(nowUs, 0, 'a', '', ''));
    expect(await Promise.all(threads)).toEqual([admissions, admissions, admissions, admissions]);
    expect(gate.limit(1_000_000, 0, 'a', '', '')).toBe(0);
  });
});

const INSTANTS = 5000;

function countAdmitted(decide: (nowUs: number) => number): number {
  let count = 0;
  for (let nowUs = 0; nowUs < INSTANTS; nowUs += 1) if (decide(nowUs) === 0) count += 1;
  return count;
}

/** A thread that loads the addon for itself, does what `countAdmitted` does, and ends with gates that still live. */
function runInThread(file: string): Promise<unknown> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { gate, numbers } = require(workerData.file);
    const owners = Array.from({ length: 10 }, () => ({}));
    const [number] = owners.map((owner) => gate.open(owner, workerData.spec, 1, 2, null));
    globalThis.kept = { owners, gate, numbers };
    let admitted = 0;
    for (let nowUs = 0; nowUs < ${INSTANTS}; nowUs += 1) {
      numbers.set([nowUs, 0, 0, 0, 0, number]);
      gate.limit('a', '', '');
      if (numbers[${Slot.decision}] === 0) admitted += 1;
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
