/** What checks the HMAC-SHA256 of a request, behind one call: Floodproof's verifiers and the libraries that people use. */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Decision, type Gate, type GateSpec } from '../../core/spec.js';
import type { Engine } from '../../native/engine.js';
import { ownCopy } from './own-copy.js';
import type { Contestant } from './rounds.js';

export interface SignedItem {
  readonly keyId: string;
  readonly timestampUs: number;
  readonly message: string;
  /** 64 hex digits. */
  readonly signature: string;
}

export type Secrets = ReadonlyMap<string, string>;
export type VerifierRival = (secrets: Secrets) => Contestant<SignedItem> | Promise<Contestant<SignedItem>>;

const spec = (originUs: number): GateSpec => ({
  classes: ['signed'],
  limits: [],
  // Without replay memory: the rivals have none. Freshness is checked all the same.
  auth: {
    signed: [true],
    windowUsMax: 3_600_000_000,
    futureUs: 3_600_000_000,
    hash: 'sha256',
    encoding: 'hex',
    replayCapacity: null,
    replayPerKey: 1,
  },
  originUs,
});

function verifyOf(gate: Gate, admitted: number) {
  return ({ keyId, timestampUs, message, signature }: SignedItem, nowUs: number): boolean =>
    gate.verify(nowUs, keyId, timestampUs, 0, message, signature) === admitted;
}

/** One of our engines. */
export function engineVerifier(name: string, engine: Engine, originUs: number): VerifierRival {
  return (secrets) => {
    const gate = engine.createGate(spec(originUs));
    for (const [keyId, secret] of secrets) gate.addKey(keyId, secret, '');
    return { name, form: 'value', decide: ownCopy(verifyOf)(gate, Decision.admitted) };
  };
}

const CREATE_HMAC = 'node:crypto createHmac';

/** What nearly every server does. */
export const createHmacVerifier: VerifierRival = (secrets) => {
  const keys = new Map<string, KeyObject>();
  for (const [keyId, secret] of secrets) keys.set(keyId, createSecretKey(Buffer.from(secret)));
  const decide: Contestant<SignedItem>['decide'] = ({ keyId, message, signature }) => {
    const key = keys.get(keyId);
    if (key === undefined) return false;
    return isEqual(createHmac('sha256', key).update(message).digest(), signature);
  };
  return { name: CREATE_HMAC, form: 'value', decide };
};

async function nobleHashes(): Promise<VerifierRival> {
  const [{ hmac }, { sha256 }] = await Promise.all([import('@noble/hashes/hmac.js'), import('@noble/hashes/sha2.js')]);
  return (secrets) => {
    // The keyed state is made once and cloned: the fastest way that the package offers.
    const states = new Map([...secrets].map(([keyId, secret]) => [keyId, hmac.create(sha256, Buffer.from(secret))]));
    const decide: Contestant<SignedItem>['decide'] = ({ keyId, message, signature }) => {
      const state = states.get(keyId);
      if (state === undefined) return false;
      return isEqual(state.clone().update(Buffer.from(message, 'utf8')).digest(), signature);
    };
    return { name: '@noble/hashes', form: 'value', decide };
  };
}

async function hashWasm(): Promise<VerifierRival> {
  const { createHMAC, createSHA256 } = await import('hash-wasm');
  return async (secrets) => {
    const hashers = new Map<string, Awaited<ReturnType<typeof createHMAC>>>();
    for (const [keyId, secret] of secrets) hashers.set(keyId, await createHMAC(createSHA256(), secret));
    const decide: Contestant<SignedItem>['decide'] = ({ keyId, message, signature }) => {
      const hasher = hashers.get(keyId);
      if (hasher === undefined) return false;
      return isEqual(hasher.init().update(message).digest('binary'), signature);
    };
    return { name: 'hash-wasm', form: 'value', decide };
  };
}

export const verifierPackages: Readonly<Record<string, () => Promise<VerifierRival>>> = {
  '@noble/hashes': nobleHashes,
  'hash-wasm': hashWasm,
};

function isEqual(mac: Uint8Array, signature: string): boolean {
  const given = Buffer.from(signature, 'hex');
  return given.length === mac.length && timingSafeEqual(mac, given);
}

/**
 * Every rival takes the right signature and refuses a wrong one, a changed message, another's key and one that is
 * not known.
 *
 * @returns what is decided otherwise, or null.
 */
export async function verifierDisagreement(rival: Contestant<SignedItem>, right: SignedItem): Promise<string | null> {
  const flipped = (right.signature.startsWith('0') ? '1' : '0') + right.signature.slice(1);
  const rows: readonly { item: SignedItem; wanted: boolean; because: string }[] = [
    { item: right, wanted: true, because: 'the right signature' },
    { item: { ...right, signature: right.signature.toUpperCase() }, wanted: true, because: 'upper-case hex' },
    { item: { ...right, signature: flipped }, wanted: false, because: 'a wrong first digit' },
    { item: { ...right, signature: right.signature.slice(2) }, wanted: false, because: 'a signature cut short' },
    { item: { ...right, message: `${right.message} ` }, wanted: false, because: 'a changed message' },
    { item: { ...right, keyId: 'nobody' }, wanted: false, because: 'an unknown key' },
  ];
  for (const { item, wanted, because } of rows) {
    if (Boolean(await rival.decide(item, right.timestampUs)) !== wanted) {
      return `${because} is ${wanted ? 'refused' : 'taken'}`;
    }
  }
  return null;
}
