/** Published vectors of HMAC against both engines: RFC 4231, and Wycheproof where FLOODPROOF_VECTORS leads to it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HashName } from '../../harness/core/hmac-key.js';
import { createGate, encodeRecord, hmacSha256 } from '../../harness/core/index.js';
import { Answer, Decision, type Gate, type GateSpec } from '../../harness/core/spec.js';
import { hashSecret } from '../unit/core/specs.js';
import { demandAddon, describeTwins, nativeGate } from './engines.js';

interface Vector {
  readonly id: number;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly tagHex: string;
  readonly isValid: boolean;
}

interface Rfc4231 {
  readonly tests: readonly { tcId: number; keyHex: string; dataHex: string; mac: Record<HashName, string> }[];
}

interface Wycheproof {
  readonly testGroups: readonly {
    tagSize: number;
    tests: readonly { tcId: number; key: string; msg: string; tag: string; result: string }[];
  }[];
}

function readRfc4231(hash: HashName): Vector[] {
  const text = readFileSync(new URL('../support/rfc4231.json', import.meta.url), 'utf8');
  const { tests } = JSON.parse(text) as Rfc4231;
  return tests.map(({ tcId, keyHex, dataHex, mac }) => ({
    id: tcId,
    key: Buffer.from(keyHex, 'hex'),
    message: Buffer.from(dataHex, 'hex'),
    tagHex: mac[hash],
    isValid: true,
  }));
}

/** The vectors whose tag is not cut short: a signature of this harness is always whole. */
function readWycheproof(folder: string, hash: HashName): Vector[] {
  const { testGroups } = JSON.parse(readFileSync(`${folder}/wycheproof/hmac_${hash}_test.json`, 'utf8')) as Wycheproof;
  const whole = testGroups.filter(({ tagSize }) => tagSize === Number(hash.slice(3))).flatMap(({ tests }) => tests);
  return whole.map(({ tcId, key, msg, tag, result }) => ({
    id: tcId,
    key: Buffer.from(key, 'hex'),
    message: Buffer.from(msg, 'hex'),
    tagHex: tag,
    isValid: result === 'valid',
  }));
}

type Encoding = 'hex' | 'base64';

function specOf(hash: HashName, encoding: Encoding): GateSpec {
  const auth = { signed: [true], windowUsMax: 1, futureUs: 1, hash, encoding, replayCapacity: null, replayPerKey: 1 };
  return { classes: ['signed'], limits: [], auth, originUs: 0 };
}

/** Decides the vector's tag as the signature of a request; a batch, since a message may be binary there. */
function decide(gate: Gate, { key, message, tagHex }: Vector, encoding: Encoding): number | undefined {
  gate.addKey('k', key, '');
  const request = { nowUs: 0, classId: 0, ip: '', account: '', keyId: 'k', timestampUs: 0, windowUs: 0 };
  const signature = Buffer.from(tagHex, 'hex').toString(encoding);
  const decisions = new Uint8Array(1);
  gate.decideBatch(encodeRecord({ ...request, message, signature }), 1, decisions, new Float64Array(Answer.size));
  return decisions[0];
}

function expectVerdicts(
  createOf: (spec: GateSpec) => Gate,
  { hash, vectors }: { readonly hash: HashName; readonly vectors: readonly Vector[] },
): void {
  for (const encoding of ['hex', 'base64'] as const) {
    const gate = createOf(specOf(hash, encoding));
    for (const vector of vectors) {
      const expected = vector.isValid ? Decision.admitted : Decision.badSignature;
      expect(decide(gate, vector, encoding), `test case ${vector.id} in ${encoding}`).toBe(expected);
    }
  }
}

const hashes = ['sha256', 'sha384', 'sha512'] as const;
const sources = hashes.map((hash) => ({
  source: 'RFC 4231',
  hash: hash as HashName,
  vectors: readRfc4231(hash),
  count: 6,
}));
const { FLOODPROOF_VECTORS } = process.env;
if (FLOODPROOF_VECTORS !== undefined) {
  for (const [hash, count] of [
    ['sha256', 87],
    ['sha512', 87],
  ] as const) {
    sources.push({ source: 'Wycheproof', hash, vectors: readWycheproof(FLOODPROOF_VECTORS, hash), count });
  }
}

describe.each(sources)('$source, $hash, in TypeScript', ({ hash, vectors, count }) => {
  test('is there in full', () => {
    expect(vectors).toHaveLength(count);
  });

  test('gives every tag, and accepts the valid ones alone', () => {
    expectVerdicts((spec) => createGate(spec, hashSecret), { hash, vectors });
    if (hash !== 'sha256') return;
    for (const { id, key, message, tagHex, isValid } of vectors) {
      const mac = Buffer.from(hmacSha256(key, message)).toString('hex');
      expect(mac === tagHex, `test case ${id}`).toBe(isValid);
    }
  });
});

describeTwins('vectors in the native engine', () => {
  test.each(sources)('$source, $hash: gives every tag, and accepts the valid ones alone', ({ hash, vectors }) => {
    expectVerdicts((spec) => nativeGate(spec, hashSecret), { hash, vectors });
    if (hash !== 'sha256') return;
    for (const { id, key, message, tagHex, isValid } of vectors) {
      expect(demandAddon().hmacSha256Hex(key, message) === tagHex, `test case ${id}`).toBe(isValid);
    }
  });
});
