/** Says everything that is wrong with a gate's spec, at once. */
import { type Fault, FloodproofError } from '../errors.js';
import { type AuthSpec, type GateSpec, type HashSecret, HORIZON_US, type LimitSpec } from './spec.js';
import { inexactReason } from './token-bucket.js';

const INT32_MAX = 2 ** 31 - 1;
const WINDOW_US_MAX = 2 ** 52;
/** Keeps every instant that a gate can speak of below 2^53. */
const ORIGIN_US_MAX = 2 ** 52 - HORIZON_US;
const KEYS_MAX = 10_000_000;
const LIMITS_MAX = 64;
const CLASSES_MAX = 65_536;

const familiesOfLimits = ['token-bucket', 'fixed-window'];
const keysOfLimits = ['ip', 'account', 'key', 'global'];
const anchors = ['calendar', 'first-hit'];
const hashes = ['sha256', 'sha384', 'sha512'];
const encodings = ['hex', 'base64'];

/** Collects faults; each names its field. */
class FaultList {
  readonly faults: Fault[] = [];

  add(code: string, message: string, hint: string): void {
    this.faults.push({ code, file: '', line: 0, column: 0, message, hint });
  }

  /** @returns whether the number is whole and in range. */
  number(field: string, value: number, range: { min: number; max: number }): boolean {
    if (Number.isInteger(value) && value >= range.min && value <= range.max) return true;
    const wanted = `a whole number from ${range.min} to ${range.max}`;
    this.add('FP_NUMBER_RANGE', `${field} must be ${wanted}, got ${String(value)}`, `write ${wanted}`);
    return false;
  }

  choice(field: string, value: string, choices: readonly string[]): boolean {
    if (choices.includes(value)) return true;
    this.add('FP_CHOICE_UNKNOWN', `${field} must be one of ${choices.join(', ')}, got ${value}`, 'choose one of these');
    return false;
  }

  size(field: string, size: number, range: { min: number; max: number }): void {
    if (size >= range.min && size <= range.max) return;
    const hint = 'add or remove entries';
    this.add('FP_LIST_SIZE', `${field} must have ${range.min} to ${range.max} entries, got ${size}`, hint);
  }

  names(field: string, names: readonly string[]): void {
    const indexOf = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      const earlier = indexOf.get(name);
      if (typeof name !== 'string' || name === '') {
        this.add('FP_NAME_EMPTY', `${field}[${index}] has no name`, 'give it a name');
      } else if (earlier !== undefined) {
        const message = `${field}[${index}] has the name of ${field}[${earlier}]: ${name}`;
        this.add('FP_NAME_DUPLICATE', message, 'give each its own name');
      } else {
        indexOf.set(name, index);
      }
    }
  }
}

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

function validateLimit(list: FaultList, field: string, limit: LimitSpec, classCount: number): void {
  list.choice(`${field}.by`, limit.by, keysOfLimits);
  validateNumbers(list, field, limit);
  if (limit.costs.length !== classCount) {
    const message = `${field}.costs must have one entry for each of the ${classCount} classes, got ${limit.costs.length}`;
    list.add('FP_LIST_SIZE', message, 'write 0 for a class that the limit does not match');
  }
  for (const [index, cost] of limit.costs.entries()) {
    list.number(`${field}.costs[${index}]`, cost, { min: 0, max: INT32_MAX });
  }
  if (limit.ban !== null) {
    list.number(`${field}.ban.afterThrottles`, limit.ban.afterThrottles, { min: 1, max: INT32_MAX });
    list.number(`${field}.ban.forUs`, limit.ban.forUs, { min: 1, max: HORIZON_US });
  }
  list.number(`${field}.maxKeys`, limit.maxKeys, { min: 1, max: KEYS_MAX });
}

function validateNumbers(list: FaultList, field: string, limit: LimitSpec): void {
  const { numbers } = limit;
  if (!list.choice(`${field}.family`, numbers.family, familiesOfLimits)) return;
  const isCapacityRight = list.number(`${field}.capacity`, numbers.capacity, { min: 1, max: INT32_MAX });
  if (numbers.family === 'fixed-window') {
    list.number(`${field}.windowUs`, numbers.windowUs, { min: 1, max: WINDOW_US_MAX });
    list.choice(`${field}.anchor`, numbers.anchor, anchors);
    return;
  }
  const { refillCells, refillPeriodUs } = numbers;
  const isRefillRight = list.number(`${field}.refillCells`, refillCells, { min: 1, max: INT32_MAX });
  const periodRange = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const isPeriodRight = list.number(`${field}.refillPeriodUs`, refillPeriodUs, periodRange);
  if (!isCapacityRight || !isRefillRight || !isPeriodRight) return;
  const reason = inexactReason(numbers);
  if (reason !== null) {
    const hint = 'write the rate with a smaller reduced fraction, for example 100 per 1s instead of 99991 per 1000s';
    list.add('FP_LIMIT_INEXACT', `${field}.numbers can not be counted exactly: ${reason}`, hint);
  }
}

function validateAuth(list: FaultList, auth: AuthSpec, classCount: number): void {
  if (auth.signed.length !== classCount) {
    const message = `auth.signed must have one entry for each of the ${classCount} classes, got ${auth.signed.length}`;
    list.add('FP_LIST_SIZE', message, 'write true or false for every class');
  }
  list.choice('auth.hash', auth.hash, hashes);
  list.choice('auth.encoding', auth.encoding, encodings);
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
