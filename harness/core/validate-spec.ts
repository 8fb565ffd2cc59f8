/** Says everything that is wrong with a gate's spec, at once. */
import { FloodproofError } from '../errors.js';
import { FaultList } from './fault-list.js';
import { type AuthSpec, type GateSpec, type HashSecret, HORIZON_US } from './spec.js';
import { KEYS_MAX, validateLimit } from './validate-limit.js';

/** Keeps every instant that a gate can speak of below 2^53. */
const ORIGIN_US_MAX = 2 ** 52 - HORIZON_US;
const LIMITS_MAX = 64;
const CLASSES_MAX = 65_536;

const hashes = ['sha256', 'sha384', 'sha512'];
const encodings = ['hex', 'base64'];
const texts = ['utf8', 'latin1'];

/** @throws {FloodproofError} FP_GATE_INVALID, with a fault for every field that is wrong. */
export function validateSpec(spec: GateSpec): void {
  const list = new FaultList();
  list.size('classes', spec.classes.length, { min: 1, max: CLASSES_MAX });
  list.names('classes', spec.classes);
  list.size('limits', spec.limits.length, { min: 0, max: LIMITS_MAX });
  list.names(
    'limits',
    spec.limits.map((limit) => limit.name),
  );
  for (const [index, limit] of spec.limits.entries()) {
    validateLimit(list, `limits[${index}]`, limit, spec.classes.length);
  }
  if (spec.auth !== null) validateAuth(list, spec.auth, spec.classes.length);
  list.number('originUs', spec.originUs, { min: 0, max: ORIGIN_US_MAX });
  const [first] = list.faults;
  if (first === undefined) return;
  const more = list.faults.length === 1 ? '' : ` (and ${list.faults.length - 1} more)`;
  throw new FloodproofError('FP_GATE_INVALID', `the gate can not be compiled: ${first.message}${more}`, {
    faults: list.faults,
  });
}

function validateAuth(list: FaultList, auth: AuthSpec, classCount: number): void {
  if (auth.signed.length !== classCount) {
    const message = `auth.signed must have one entry for each of the ${classCount} classes, got ${auth.signed.length}`;
    list.add('FP_LIST_SIZE', message, 'write true or false for every class');
  }
  list.choice('auth.hash', auth.hash, hashes);
  list.choice('auth.encoding', auth.encoding, encodings);
  if (auth.text !== undefined) list.choice('auth.text', auth.text, texts);
  list.number('auth.windowUsMax', auth.windowUsMax, { min: 1, max: HORIZON_US });
  list.number('auth.futureUs', auth.futureUs, { min: 0, max: HORIZON_US });
  const { replayCapacity } = auth;
  if (replayCapacity === null) return;
  if (list.number('auth.replayCapacity', replayCapacity, { min: 1, max: KEYS_MAX })) {
    list.number('auth.replayPerKey', auth.replayPerKey, { min: 1, max: replayCapacity });
  }
}

/** @throws {FloodproofError} FP_GATE_INVALID */
export function validateHashSecret(secret: HashSecret): void {
  const isWord = (word: unknown): boolean => typeof word === 'number' && word >>> 0 === word;
  if (Array.isArray(secret) && secret.length === 2 && secret.every(isWord)) return;
  // The secret stays out of the message.
  throw new FloodproofError('FP_GATE_INVALID', 'the hash secret must be two whole numbers from 0 to 2^32 - 1', {
    hint: 'draw them at random once for each process, or derive them from the seed of a run',
  });
}
