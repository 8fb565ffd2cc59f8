import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGate, encodeRecord, type RequestRecord } from '../../../harness/core/index.js';
import { RECORD_HEADER_BYTES } from '../../../harness/core/record.js';
import { Answer, Decision, type Gate } from '../../../harness/core/spec.js';
import { auth, bucket, hashSecret, limit, spec } from './specs.js';

function newGate(): Gate {
  const gate = createGate(
    spec({
      classes: ['signed', 'unsigned'],
      auth: auth({ signed: [true, false] }),
      limits: [limit({ numbers: bucket(3, 1, 10), costs: [1, 1] })],
    }),
    hashSecret,
  );
  gate.addKey('k', 'secret', 'ann');
  return gate;
}

function record(changes: Partial<RequestRecord>): RequestRecord {
  return {
    nowUs: 0,
    classId: 1,
    ip: '10.0.0.1',
    account: '',
    keyId: '',
    timestampUs: 0,
    windowUs: 0,
    message: '',
    signature: '',
    ...changes,
  };
}

function decideAll(gate: Gate, bytes: Uint8Array, count: number): { decisions: number[]; answers: number[] } {
  const decisions = new Uint8Array(count);
  const answers = new Float64Array(count * Answer.size);
  gate.decideBatch(bytes, count, decisions, answers);
  return { decisions: [...decisions], answers: [...answers] };
}

describe('a batch', () => {
  test('decides as single calls would, in order', () => {
    const message = 'grüße';
    const signature = newGate().sign('k', message);
    const signed = record({ classId: 0, keyId: 'k', message, signature, nowUs: 5, timestampUs: 5 });
    const requests = [record({}), signed, signed, record({ nowUs: 9 }), record({ nowUs: 30, ip: '' })];
    const single = newGate();
    const expected = requests.map((request) => {
      const decision = single.decide(
        request.nowUs,
        request.classId,
        request.ip,
        request.account,
        request.keyId,
        request.timestampUs,
        request.windowUs,
        message,
        request.signature,
      );
      return { decision, answer: [...single.answer] };
    });
    const batch = decideAll(newGate(), Buffer.concat(requests.map(encodeRecord)), requests.length);
    expect(batch.decisions).toEqual(expected.map(({ decision }) => decision));
    expect(batch.decisions).toEqual([
      Decision.admitted,
      Decision.admitted,
      Decision.replayed,
      Decision.throttled,
      Decision.malformed,
    ]);
    expect(batch.answers).toEqual(expected.flatMap(({ answer }) => answer));
  });

  test('takes a binary message, an offset into a larger buffer, and bytes after its last record', () => {
    const gate = newGate();
    const message = Uint8Array.of(0xff, 0xfe, 0x00, 0x80);
    gate.addKey('k', 'secret', '');
    const request = record({ classId: 0, keyId: 'k', message, signature: signBytes(message) });
    const bytes = Buffer.concat([Uint8Array.of(1, 2, 3), encodeRecord(request), Uint8Array.of(4)]);
    expect(decideAll(gate, bytes.subarray(3), 1).decisions).toEqual([Decision.admitted]);
  });

  test('of no records decides nothing', () => {
    expect(decideAll(newGate(), new Uint8Array(0), 0)).toEqual({ decisions: [], answers: [] });
  });

  test('with an id that is not ASCII finds it malformed, as a single call does', () => {
    const bytes = encodeRecord(record({ ip: '10.0.0.é' }));
    expect(decideAll(newGate(), bytes, 1).decisions).toEqual([Decision.malformed]);
  });
});

describe('a record alone', () => {
  test('is decided as its fields would be', () => {
    const message = 'grüße';
    const signature = newGate().sign('k', message);
    const signed = record({ classId: 0, keyId: 'k', message, signature, nowUs: 5, timestampUs: 5 });
    const [single, packed] = [newGate(), newGate()];
    for (const request of [record({}), signed, signed, record({ nowUs: 9 }), record({ nowUs: 30, ip: '' })]) {
      const { nowUs, classId, ip, account, keyId, timestampUs, windowUs } = request;
      const wanted = single.decide(
        nowUs,
        classId,
        ip,
        account,
        keyId,
        timestampUs,
        windowUs,
        message,
        request.signature,
      );
      const bytes = encodeRecord(request);
      expect([packed.decideRecord(bytes), ...packed.answer]).toEqual([wanted, ...single.answer]);
    }
  });

  test('may lie at any offset of its memory, before other bytes, and in one memory after another', () => {
    const gate = newGate();
    const whole = encodeRecord(record({}));
    for (let offset = 0; offset < 9; offset += 1) {
      const bytes = Buffer.concat([Buffer.alloc(offset, 1), whole, Buffer.alloc(3, 1)]);
      const nowUs = 1000 * offset;
      bytes.writeDoubleLE(nowUs, offset);
      expect(gate.decideRecord(bytes.subarray(offset))).toBe(Decision.admitted);
      expect(gate.answer[Answer.resetAtUs]).toBe(nowUs + 10);
    }
  });

  const whole = encodeRecord(record({}));
  const withTime = encodeRecord(record({ nowUs: -1 }));
  const withAge = encodeRecord(record({ ageUs: 0.5 }));
  const withClass = encodeRecord(record({ classId: 2 }));
  const shared = new Uint8Array(new SharedArrayBuffer(whole.length));
  shared.set(whole);
  const faults: { because: string; bytes: unknown; code: string }[] = [
    { because: 'it is empty', bytes: new Uint8Array(0), code: 'FP_BATCH_INVALID' },
    { because: 'its header is cut short', bytes: whole.subarray(0, 51), code: 'FP_BATCH_INVALID' },
    { because: 'its fields are cut short', bytes: whole.subarray(0, whole.length - 1), code: 'FP_BATCH_INVALID' },
    { because: 'threads share it', bytes: shared, code: 'FP_BATCH_INVALID' },
    { because: 'it is no array of bytes', bytes: new Float64Array(20), code: 'FP_BATCH_INVALID' },
    { because: 'it is text', bytes: 'a record', code: 'FP_BATCH_INVALID' },
    { because: 'it is nothing', bytes: undefined, code: 'FP_BATCH_INVALID' },
    { because: 'its time is wrong', bytes: withTime, code: 'FP_TIME_INVALID' },
    { because: 'its class is wrong', bytes: withClass, code: 'FP_CLASS_INVALID' },
    { because: 'its age is wrong', bytes: withAge, code: 'FP_TIME_INVALID' },
  ];
  test.each(faults)('is refused when $because', ({ bytes, code }) => {
    const gate = newGate();
    const wanted = expect.objectContaining({ code });
    expect(() => gate.decideRecord(bytes as Uint8Array)).toThrow(wanted);
    expect(gate.decideRecord(whole)).toBe(Decision.admitted);
    expect(() => gate.decideRecord(bytes as Uint8Array)).toThrow(wanted);
    expect(gate.answer[Answer.remaining]).toBe(2);
  });

  test('in memory that was given away is refused', () => {
    const gate = newGate();
    const bytes = Uint8Array.from(whole);
    expect(gate.decideRecord(bytes)).toBe(Decision.admitted);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect(() => gate.decideRecord(bytes)).toThrow(expect.objectContaining({ code: 'FP_BATCH_INVALID' }));
  });
});

describe('a batch is refused before anything is decided', () => {
  const whole = encodeRecord(record({ message: 'a message' }));
  const lengthened = Uint8Array.from(whole);
  new DataView(lengthened.buffer).setUint32(48, 0xffffffff, true);
  const overstated = Uint8Array.from(whole);
  new DataView(overstated.buffer).setUint32(32, whole.length + 8, true);

  const cuts = [
    { bytes: whole.subarray(0, RECORD_HEADER_BYTES - 1), because: 'a record is cut short in its header' },
    { bytes: whole.subarray(0, whole.length - 1), because: 'a record is cut short in its fields' },
    { bytes: lengthened, because: 'a field is longer than its record' },
    { bytes: overstated, because: 'a record is longer than its fields' },
  ];
  test.each(cuts)('when $because', ({ bytes }) => {
    const gate = newGate();
    const batch = Buffer.concat([whole, bytes]);
    expect(() => decideAll(gate, batch, 2)).toThrow(expect.objectContaining({ code: 'FP_BATCH_INVALID' }));
    gate.limit(0, 1, '10.0.0.1', '', '');
    expect(gate.answer[Answer.remaining]).toBe(2);
  });

  test('when a time, a class or an age of any record is wrong', () => {
    const gate = newGate();
    const wrongTime = Buffer.concat([whole, encodeRecord(record({ nowUs: 0.5 }))]);
    expect(() => decideAll(gate, wrongTime, 2)).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
    const wrongAge = Buffer.concat([whole, encodeRecord(record({ ageUs: -1 }))]);
    expect(() => decideAll(gate, wrongAge, 2)).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
    const wrongClass = Buffer.concat([whole, encodeRecord(record({ classId: 2 }))]);
    expect(() => decideAll(gate, wrongClass, 2)).toThrow(expect.objectContaining({ code: 'FP_CLASS_INVALID' }));
    gate.limit(0, 1, '10.0.0.1', '', '');
    expect(gate.answer[Answer.remaining]).toBe(2);
  });

  const memory = new ArrayBuffer(1024);
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  const buffers: { count: number; decisions?: unknown; answers?: unknown; because: string }[] = [
    { count: -1, because: 'the count is negative' },
    { count: 0.5, because: 'the count is no whole number' },
    { count: 2, decisions: new Uint8Array(1), because: 'there is no room for the decisions' },
    { count: 2, answers: new Float64Array(13), because: 'there is no room for the answers' },
    { count: 1, decisions: shared, because: 'a buffer is shared with other threads' },
    { count: 1, decisions: new Float64Array(5), because: 'decisions are of another type' },
    { count: 1, answers: new Float32Array(5), because: 'answers are of another type' },
    { count: 1, answers: null, because: 'there are no answers' },
    {
      count: 1,
      decisions: new Uint8Array(memory, 0, 9),
      answers: new Float64Array(memory, 8),
      because: 'buffers overlap',
    },
  ];
  test.each(buffers)('when $because', ({ count, decisions, answers }) => {
    const bytes = Buffer.concat([whole, whole]);
    const wanted = expect.objectContaining({ code: 'FP_BATCH_INVALID' });
    const room = answers === undefined ? new Float64Array(14) : (answers as Float64Array);
    expect(() => newGate().decideBatch(bytes, count, (decisions ?? new Uint8Array(2)) as Uint8Array, room)).toThrow(
      wanted,
    );
  });

  const neighbours = [
    { decisions: new Uint8Array(memory, 0, 8), answers: new Float64Array(memory, 8, 7) },
    { decisions: new Uint8Array(memory, 64, 8), answers: new Float64Array(memory, 8, 7) },
  ];
  test.each(neighbours)('but not when buffers lie side by side in the same memory', ({ decisions, answers }) => {
    expect(() => newGate().decideBatch(whole, 1, decisions, answers)).not.toThrow();
  });
});

test('a field that is too long for its length is refused when the record is written', () => {
  expect(() => encodeRecord(record({ account: 'a'.repeat(65_536) }))).toThrow(RangeError);
  expect(encodeRecord(record({ account: 'a'.repeat(65_535) })).length).toBeGreaterThan(65_535);
});

function signBytes(message: Uint8Array): string {
  return createHmac('sha256', 'secret').update(message).digest('hex');
}
