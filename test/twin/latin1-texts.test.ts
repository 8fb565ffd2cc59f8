import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { encodeRecord } from '../../harness/core/record-packer.js';
import { Decision, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { describeTwins, nativeGate } from './engines.js';

const SEED = 20_261_126;
const NOW_US = 1_700_000_000_000_000;
const SECRET = 'a secret';

function aSpec(text: 'utf8' | 'latin1' | undefined, replayCapacity: number | null = null): GateSpec {
  return {
    classes: ['open', 'signed'],
    limits: [],
    auth: {
      signed: [false, true],
      hash: 'sha512',
      encoding: 'base64',
      ...(text === undefined ? {} : { text }),
      windowUsMax: 1_000,
      futureUs: 1,
      replayCapacity,
      replayPerKey: 1,
    },
    originUs: NOW_US,
  };
}

function macOf(message: string, text: 'utf8' | 'latin1'): string {
  return createHmac('sha512', SECRET).update(Buffer.from(message, text)).digest('base64');
}

const units = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 0x7f }) },
  { weight: 4, arbitrary: fc.integer({ min: 0x80, max: 0xff }) },
  { weight: 1, arbitrary: fc.constantFrom(0x100, 0x130, 0x20ac, 0xd800, 0xdc00, 0xffff) },
);
const messages = fc.oneof(
  { weight: 9, arbitrary: fc.array(units, { maxLength: 40 }).map((list) => String.fromCharCode(...list)) },
  // Around what the addon has room for.
  { weight: 1, arbitrary: fc.integer({ min: 4_090, max: 4_100 }).map((length) => 'ÿ'.repeat(length)) },
);

function check(create: (spec: GateSpec, secret: HashSecret) => Gate): void {
  const gate = create(aSpec('latin1'), [1, 2]);
  gate.addKey('k', SECRET, '');
  const caller = gate.internCaller('', '', 'k');
  const property = fc.property(messages, (message) => {
    const isCarried = [...message].every((character) => character <= 'ÿ');
    if (isCarried) expect(gate.sign('k', message)).toBe(macOf(message, 'latin1'));
    else expect(() => gate.sign('k', message)).toThrow('expected a text of characters up to U+00FF');
    const signature = macOf(message, 'latin1');
    const expected = isCarried ? Decision.admitted : Decision.malformed;
    expect(gate.decide(NOW_US, 1, '', '', 'k', NOW_US, 0, message, signature)).toBe(expected);
    expect(gate.verify(NOW_US, 'k', NOW_US, 0, message, signature)).toBe(expected);
    expect(gate.decideSigned(NOW_US, 1, caller, NOW_US, 0, message)).toBe(expected);
    // Where nothing is signed nobody looks at the text.
    expect(gate.decide(NOW_US, 0, '', '', '', 0, 0, message, '')).toBe(Decision.admitted);
    const fields = { nowUs: NOW_US, classId: 1, ip: '', account: '', keyId: 'k', timestampUs: NOW_US, windowUs: 0 };
    const record = encodeRecord({ ...fields, message: Buffer.from(message, 'latin1'), signature });
    expect(gate.decideRecord(record)).toBe(Decision.admitted);
  });
  fc.assert(property, { seed: SEED, numRuns: 400 });
}

function checkOrder(create: (spec: GateSpec, secret: HashSecret) => Gate): void {
  const gate = create(aSpec('latin1'), [1, 2]);
  gate.addKey('k', SECRET, '');
  const decide = (keyId: string, message: string, timestampUs = NOW_US): Decision =>
    gate.decide(NOW_US, 1, '', '', keyId, timestampUs, 0, message, '');
  expect(decide('k', 'Ā')).toBe(Decision.malformed);
  expect(decide('nobody', 'Ā')).toBe(Decision.malformed);
  expect(decide('nobody', 'ÿ')).toBe(Decision.unknownKey);
  expect(decide('k', 'ÿ')).toBe(Decision.badSignature);
  expect(() => gate.sign('nobody', 'Ā')).toThrow('expected a text');
  expect(() => gate.sign('nobody', 'ÿ')).toThrow('no key of this id is known');
  const stranger = gate.internCaller('', '', 'nobody');
  expect(() => gate.decideSigned(NOW_US, 1, stranger, NOW_US, 0, 'Ā')).toThrow('no key of this id is known');
}

describe('texts as Latin-1', () => {
  it('are signed one byte a character, and malformed where a character has no such byte', () => check(createGate));
  it('are found malformed before anybody asks for the key', () => checkOrder(createGate));

  it('are UTF-8 when the gate says nothing, and when it says so', () => {
    for (const text of [undefined, 'utf8'] as const) {
      const gate = createGate(aSpec(text), [1, 2]);
      gate.addKey('k', SECRET, '');
      expect(gate.sign('k', 'ÿĀ')).toBe(macOf('ÿĀ', 'utf8'));
    }
  });

  it('are part of what a gate that runs keeps', () => {
    const gate = createGate(aSpec('latin1'), [1, 2]);
    expect(() => gate.change(NOW_US, aSpec(undefined))).toThrow('can not change its auth');
    expect(() => gate.change(NOW_US, aSpec('latin1'))).not.toThrow();
    expect(() => createGate(aSpec(undefined), [1, 2]).change(NOW_US, aSpec('utf8'))).not.toThrow();
    const strange = { ...aSpec('latin1'), auth: { ...aSpec('latin1').auth, text: 'ascii' } } as unknown as GateSpec;
    expect(() => createGate(strange, [1, 2])).toThrow('auth.text');
  });
});

describeTwins('texts as Latin-1, native', () => {
  it('are signed one byte a character, and malformed where a character has no such byte', () => check(nativeGate));
  it('are found malformed before anybody asks for the key', () => checkOrder(nativeGate));

  it('are UTF-8 when the gate says nothing, and when it says so', () => {
    for (const text of [undefined, 'utf8'] as const) {
      const gate = nativeGate(aSpec(text), [1, 2]);
      gate.addKey('k', SECRET, '');
      expect(gate.sign('k', 'ÿĀ')).toBe(macOf('ÿĀ', 'utf8'));
    }
  });
});
