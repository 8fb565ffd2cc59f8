/** Published vectors of HMAC-SHA256 against both engines: RFC 4231, and Wycheproof where FLOODPROOF_VECTORS leads to it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createGate, encodeRecord, hmacSha256 } from '../../harness/core/index.js';
import { Answer, Decision, type Gate, type GateSpec } from '../../harness/core/spec.js';
import { createNativeGate } from '../../harness/native/native-gate.js';
import { hashSecret } from '../unit/core/specs.js';
import { demandAddon, describeTwins } from './engines.js';

interface Vector {
  readonly id: number;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly tagHex: string;
  readonly isValid: boolean;
}

interface Rfc4231 {
  readonly tests: readonly { tcId: number; keyHex: string; dataHex: string; mac: { sha256: string } }[];
}

interface Wycheproof {
  readonly testGroups: readonly {
    tagSize: number;
    tests: readonly { tcId: number; key: string; msg: string; tag: string; result: string }[];
  }[];
}

function readRfc4231(): Vector[] {
  const text = readFileSync(new URL('../support/rfc4231.json', import.meta.url), 'utf8');
  const { tests } = JSON.parse(text) as Rfc4231;
  return tests.map(({ tcId, keyHex, dataHex, mac }) => ({
    id: tcId,
    key: Buffer.from(keyHex, 'hex'),
    message: Buffer.from(dataHex, 'hex'),
    tagHex: mac.sha256,
    isValid: true,
  }));
}

/** The vectors whose tag is not cut short: a signature of this harness is always whole. */
function readWycheproof(folder: string): Vector[] {
  const { testGroups } = JSON.parse(readFileSync(`${folder}/wycheproof/hmac_sha256_test.json`, 'utf8')) as Wycheproof;
  const whole = testGroups.filter(({ tagSize }) => tagSize === 256).flatMap(({ tests }) => tests);
  return whole.map(({ tcId, key, msg, tag, result }) => ({
    id: tcId,
    key: Buffer.from(key, 'hex'),
    message: Buffer.from(msg, 'hex'),
    tagHex: tag,
    isValid: result === 'valid',
  }));
}

const spec: GateSpec = {
  classes: ['signed'],
  limits: [],
  auth: {
    signed: [true],
    windowUsMax: 1,
    futureUs: 1,
    hash: 'sha256',
    encoding: 'hex',
    replayCapacity: null,
    replayPerKey: 1,
  },
  originUs: 0,
};

/** Decides the vector's tag as the signature of a request; a batch, since a message may be binary there. */
function decide(gate: Gate, { key, message, tagHex }: Vector): number | undefined {
  gate.addKey('k', key, '');
  const request = { nowUs: 0, classId: 0, ip: '', account: '', keyId: 'k', timestampUs: 0, windowUs: 0 };
  const decisions = new Uint8Array(1);
  gate.decideBatch(
    encodeRecord({ ...request, message, signature: tagHex }),
    1,
    decisions,
    new Float64Array(Answer.size),
  );
  return decisions[0];
}

const sources = [{ source: 'RFC 4231', vectors: readRfc4231(), count: 6 }];
const { FLOODPROOF_VECTORS } = process.env;
if (FLOODPROOF_VECTORS !== undefined) {
  sources.push({ source: 'Wycheproof', vectors: readWycheproof(FLOODPROOF_VECTORS), count: 87 });
}

describe.each(sources)('$source in TypeScript', ({ vectors, count }) => {
  test('is there in full', () => {
    expect(vectors).toHaveLength(count);
  });

  test('gives every tag, and accepts the valid ones alone', () => {
    const gate = createGate(spec, hashSecret);
    for (const vector of vectors) {
      const mac = Buffer.from(hmacSha256(vector.key, vector.message)).toString('hex');
      expect(mac === vector.tagHex, `test case ${vector.id}`).toBe(vector.isValid);
      const expected = vector.isValid ? Decision.admitted : Decision.badSignature;
      expect(decide(gate, vector), `test case ${vector.id}`).toBe(expected);
    }
  });
});

describeTwins('vectors in the native engine', () => {
  test.each(sources)('$source: gives every tag, and accepts the valid ones alone', ({ vectors }) => {
    const addon = demandAddon();
    const gate = createNativeGate(addon, spec, hashSecret);
    for (const vector of vectors) {
      const mac = addon.hmacSha256Hex(vector.key, vector.message);
      expect(mac === vector.tagHex, `test case ${vector.id}`).toBe(vector.isValid);
      const expected = vector.isValid ? Decision.admitted : Decision.badSignature;
      expect(decide(gate, vector), `test case ${vector.id}`).toBe(expected);
    }
  });
});
