/** Random things that callers do to a gate, right and wrong, for both engines alike. */
import fc from 'fast-check';
import { encodeRecord, type RequestRecord } from '../../harness/core/index.js';
import { Answer, type Gate, type GateSpec, HORIZON_US } from '../../harness/core/spec.js';
import { FloodproofError } from '../../harness/errors.js';
import { changedSpec, changes } from './random-changes.js';

const weird = ['', ' ', 'é', '\ud800', '\u0130', 'x'.repeat(65), 'y'.repeat(257), `${'z'.repeat(256)}é`, 'a\0b'];
const ips = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom(
      '10.0.0.1',
      '10.0.0.1',
      '10.0.0.2',
      '10.0.1.1',
      '10.128.0.0',
      '192.0.2.7',
      '::ffff:10.0.0.1',
    ),
  },
  { weight: 8, arbitrary: fc.constantFrom('2001:db8::1', '2001:db8::2', '2001:DB8:0:1::', '::1', '::', 'fe80::1') },
  { weight: 3, arbitrary: fc.constantFrom('::10.0.0.1', '::FFFF:A00:1', '1:2:3:4:5:6:10.0.0.1', '1:2:3:4:5:6:7::') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('a', '10.0.0', '010.0.0.1', 'fe80::1%eth0', '[::1]', '1::2::3', '10.0.0.1/8'),
  },
  fc.constantFrom(...weird),
);
const accounts = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i') },
  { weight: 10, arbitrary: fc.constantFrom('a/1', 'a/1/2', 'b/', '/', '/c', '//') },
  fc.constantFrom(...weird),
);
const keyIds = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('k1', 'k1', 'k1', 'k2', 'k2', 'k3', 'k9') },
  fc.constantFrom(...weird),
);
const messages = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6') },
  fc.constantFrom('', 'grüße', '\udfff', 'long '.repeat(2000), '\ufeff'),
);
const times = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: -60, max: 15 }) }, fc.constantFrom(Number.NaN, 0.5));
const ages = fc.oneof(
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 15, arbitrary: fc.integer({ min: 1, max: 45 }) },
  fc.constantFrom(2 ** 53 - 1, -1, 0.5, Number.NaN, 2 ** 53),
);
const elementCounts = fc.oneof(
  { weight: 40, arbitrary: fc.constant(1) },
  { weight: 8, arbitrary: fc.constantFrom(2, 3) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 0, -1, 1.5, Number.NaN, 65_536) },
);
const windows = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0) },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 99 }) },
  fc.constantFrom(-1, 0.5, Number.NaN, 2 ** 53),
);

/** How the clock moves before the operation. */
const steps = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: -60, max: 80 }) },
  { weight: 1, arbitrary: fc.constantFrom(1_000_000, 86_400_000_000, HORIZON_US / 3, -1_000_000) },
);

/** What is done to a right signature. */
const spoils = fc.oneof(
  { weight: 24, arbitrary: fc.constant('none' as const) },
  fc.constantFrom(
    'upper' as const,
    'flip' as const,
    'cut' as const,
    'no-hex' as const,
    'alias' as const,
    'other' as const,
    'last-bits' as const,
    'no-padding' as const,
  ),
);

export const operations = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant('decide' as const) },
    { weight: 20, arbitrary: fc.constant('limit' as const) },
    { weight: 8, arbitrary: fc.constant('verify' as const) },
    { weight: 8, arbitrary: fc.constant('release' as const) },
    { weight: 8, arbitrary: fc.constant('credit' as const) },
    { weight: 2, arbitrary: fc.constant('change' as const) },
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        'decide-signed' as const,
        'decide-signed' as const,
        'decide-signed' as const,
        'decide-signed' as const,
        'batch' as const,
        'batch' as const,
        'cut-batch' as const,
        'record' as const,
        'record' as const,
        'cut-record' as const,
        'intern' as const,
        'intern-again' as const,
        'limit-caller' as const,
        'limit-caller' as const,
        'limit-batch' as const,
        'add-key' as const,
        'remove-key' as const,
      ),
    },
  ),
  stepUs: steps,
  classId: fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.constantFrom(-1, 0.5, 3)),
  ip: ips,
  account: accounts,
  keyId: keyIds,
  /** Of the timestamp from now. */
  offsetUs: times,
  elements: elementCounts,
  ageUs: ages,
  windowUs: windows,
  message: messages,
  spoil: spoils,
  /** Of a caller; now and then there is none of this number yet. */
  caller: fc.oneof({ weight: 20, arbitrary: fc.nat({ max: 4 }) }, fc.constantFrom(9, 1000)),
  /** Of a limit, and of what it is credited with. */
  limit: fc.oneof({ weight: 20, arbitrary: fc.nat({ max: 3 }) }, fc.constantFrom(-1, 0.5, 64)),
  cells: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 4 }) },
    fc.constantFrom(2 ** 31 - 1, 0, 0.5, 2 ** 31),
  ),
  change: changes,
});
export type Operation = typeof operations extends fc.Arbitrary<infer Value> ? Value : never;

/** A count of elements that a record can say. */
function packable(elements: number): number {
  return Number.isInteger(elements) && elements >= 1 && elements <= 0xffff ? elements : 1;
}

/** The record of a request; the form in which one that leaves its elements out is written too. */
function recordOf(request: RequestRecord, isWithoutElements: boolean): Uint8Array {
  const record = encodeRecord(request);
  if (isWithoutElements) new DataView(record.buffer).setUint16(46, 0, true);
  return record;
}

/** A text as long as a right signature. */
function blankSignature(spec: GateSpec): string {
  const bytes = { sha256: 32, sha384: 48, sha512: 64 }[spec.auth?.hash ?? 'sha256'];
  return Buffer.alloc(bytes).toString(spec.auth?.encoding ?? 'hex');
}

/** The same bytes in base64 with a bit set that is not used, which a lenient reader takes for a second spelling. */
function withLastBits(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return signature.replace(/([A-Za-z0-9+/])(?==*$)/, (last) => alphabet[alphabet.indexOf(last) ^ 1] ?? last);
}

/** Applies operations to one gate; its clock and its batch of requests are its own, so that two can be compared. */
export class Caller {
  readonly #gate: Gate;
  readonly #classCount: number;
  readonly #blank: string;
  #spec: GateSpec;
  #nowUs: number;
  #batch: RequestRecord[] = [];

  constructor(gate: Gate, spec: GateSpec) {
    this.#gate = gate;
    this.#classCount = spec.classes.length;
    this.#blank = blankSignature(spec);
    this.#spec = spec;
    this.#nowUs = spec.originUs;
    gate.addKey('k1', 'first secret', 'a/1');
    gate.addKey('k2', Uint8Array.of(0xff, 0, 0x80), 'b');
    gate.addKey('k3', 'third secret', '');
  }

  /** All that can be seen of what the gate did: an error's code, or the decision and the numbers of its answer. */
  apply(operation: Operation): string {
    const { stepUs } = operation;
    // A step back is of this operation alone: the clock of an abuser who lies, not one that stays behind.
    const nowUs = this.#nowUs + stepUs;
    if (stepUs > 0) this.#nowUs = nowUs;
    try {
      return this.#act(operation, nowUs);
    } catch (error) {
      if (error instanceof FloodproofError) return error.code;
      throw error;
    }
  }

  #act(operation: Operation, nowUs: number): string {
    const gate = this.#gate;
    const { keyId, ip, account, windowUs, message, elements, ageUs } = operation;
    const classId = operation.classId < 3 ? operation.classId % this.#classCount : operation.classId;
    const timestampUs = nowUs + operation.offsetUs;
    const signature = this.#sign(operation);
    switch (operation.kind) {
      case 'decide': {
        const request = { nowUs, classId, ip, account, keyId, timestampUs, windowUs, message, signature, ageUs };
        this.#batch.push({ ...request, elements: packable(elements) });
        const texts = [message, signature, elements, ageUs] as const;
        return this.#seen(gate.decide(nowUs, classId, ip, account, keyId, timestampUs, windowUs, ...texts));
      }
      case 'limit':
        return this.#seen(gate.limit(nowUs, classId, ip, account, keyId, elements, ageUs));
      case 'verify':
        return this.#seen(gate.verify(nowUs, keyId, timestampUs, windowUs, message, signature));
      case 'batch':
      case 'cut-batch':
        return this.#decideBatch(operation.kind === 'cut-batch');
      case 'record':
      case 'cut-record': {
        const times = { nowUs, timestampUs, windowUs, ageUs };
        const numbers = { classId: Math.max(0, classId), elements: packable(elements) };
        const whole = recordOf({ ...times, ...numbers, ip, account, keyId, message, signature }, elements === 0);
        const isCut = operation.kind === 'cut-record';
        return this.#seen(gate.decideRecord(isCut ? whole.subarray(0, whole.length - 8) : whole));
      }
      case 'intern':
        return `caller ${gate.internCaller(ip, account, keyId)}`;
      case 'intern-again':
        return `caller ${gate.internCaller(ip, account, keyId, operation.caller)}`;
      case 'limit-caller':
        return this.#seen(gate.limitCaller(nowUs, classId, operation.caller, elements, ageUs));
      case 'decide-signed': {
        const { caller } = operation;
        return this.#seen(gate.decideSigned(nowUs, classId, caller, timestampUs, windowUs, message, elements, ageUs));
      }
      case 'limit-batch':
        return this.#limitBatch(operation, nowUs, classId);
      case 'add-key':
        gate.addKey(keyId, message, account);
        return 'added';
      case 'remove-key':
        return `removed: ${gate.removeKey(keyId)}`;
      case 'release':
        gate.release(nowUs, classId, ip, account, keyId, elements);
        return 'released';
      case 'credit':
        return gate.credit(nowUs, this.#creditable(operation.limit), classId, ip, account, keyId, operation.cells)
          ? 'credited'
          : 'not-credited';
      case 'change': {
        const spec = changedSpec(this.#spec, operation.change);
        gate.change(nowUs, spec);
        this.#spec = spec;
        return 'changed';
      }
    }
  }

  /** Sends all that was decided since the last batch once more, with the clock where it is. */
  #decideBatch(isCut: boolean): string {
    const requests = this.#batch.map((request) => ({ ...request, nowUs: this.#nowUs }));
    this.#batch = [];
    const whole = Buffer.concat(requests.map((request, index) => recordOf(request, index % 5 === 0)));
    const bytes = isCut ? whole.subarray(0, -1) : whole;
    const decisions = new Uint8Array(requests.length);
    const answers = new Float64Array(requests.length * Answer.size);
    this.#gate.decideBatch(bytes, requests.length, decisions, answers);
    return `${decisions.join(' ')} | ${answers.join(' ')}`;
  }

  /**
   * A few callers in a row, or more than are looked at together; with or without answers, and now and then without room
   * for the decisions.
   */
  #limitBatch({ caller, offsetUs, windowUs, message }: Operation, nowUs: number, classId: number): string {
    const count = windowUs === 0 ? 3 : 35;
    const callers = Uint32Array.from({ length: count }, (_, index) => Math.max(0, caller - (index % 2)));
    const decisions = new Uint8Array(message === '' ? count - 1 : count);
    const answers = offsetUs < -30 ? null : new Float64Array(count * Answer.size);
    this.#gate.limitBatch(nowUs, classId, callers, count, decisions, answers);
    return `${decisions.join(' ')} | ${answers?.join(' ')}`;
  }

  /** One of the limits that take credit, for most numbers, if there is any. */
  #creditable(limit: number): number {
    const taking = this.#spec.limits.flatMap(({ numbers }, index) =>
      numbers.family === 'earned-budget' || (numbers.family === 'fixed-window' && numbers.credit !== 'none')
        ? index
        : [],
    );
    return limit < 3 ? (taking[limit % taking.length] ?? limit) : limit;
  }

  #sign({ keyId, message, spoil }: Operation): string {
    const signature = this.#signRight(keyId, message);
    switch (spoil) {
      case 'none':
        return signature;
      case 'upper':
        return signature.toUpperCase();
      case 'flip':
        return (signature.startsWith('0') ? '1' : '0') + signature.slice(1);
      case 'cut':
        return signature.slice(0, -2);
      case 'no-hex':
        return `${signature.slice(0, -1)}g`;
      case 'alias':
        return signature.replace('0', '\u0130');
      case 'other':
        return this.#signRight('k1', 'another message');
      case 'last-bits':
        return withLastBits(signature);
      case 'no-padding':
        return signature.replace('=', '');
    }
  }

  #signRight(keyId: string, message: string): string {
    try {
      return this.#gate.sign(keyId, message);
    } catch (error) {
      if (error instanceof FloodproofError) return this.#blank;
      throw error;
    }
  }

  #seen(decision: number): string {
    return `${decision} | ${this.#gate.answer.join(' ')}`;
  }
}
