/** Random policies and random things that callers do to a gate, right and wrong, for both engines alike. */
import fc from 'fast-check';
import { encodeRecord, type RequestRecord } from '../../harness/core/index.js';
import type { AuthSpec, GateSpec, LimitNumbers, LimitSpec } from '../../harness/core/spec.js';
import { Answer, type Gate, HORIZON_US } from '../../harness/core/spec.js';
import { inexactReason } from '../../harness/core/token-bucket.js';
import { FloodproofError } from '../../harness/errors.js';

const capacities = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
  fc.constantFrom(1000, 2 ** 31 - 1),
);
const smallTimes = fc.integer({ min: 1, max: 60 });

const numbers: fc.Arbitrary<LimitNumbers> = fc.oneof(
  fc
    .record({
      family: fc.constant('token-bucket' as const),
      capacity: capacities,
      refillCells: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) },
        fc.constantFrom(28_999, 2 ** 31 - 1),
      ),
      refillPeriodUs: fc.oneof(
        { weight: 5, arbitrary: smallTimes },
        fc.constantFrom(3_000_000, 86_400_000_000, 2 ** 40),
      ),
    })
    .filter((bucket) => inexactReason(bucket) === null),
  fc.record({
    family: fc.constant('fixed-window' as const),
    capacity: capacities,
    windowUs: fc.oneof({ weight: 5, arbitrary: smallTimes }, fc.constantFrom(60_000_000, 2 ** 52)),
    anchor: fc.constantFrom('calendar' as const, 'first-hit' as const),
  }),
);

function limits(classCount: number): fc.Arbitrary<LimitSpec[]> {
  const one = fc.record({
    name: fc.constant(''),
    by: fc.constantFrom('ip' as const, 'account' as const, 'key' as const, 'global' as const),
    numbers,
    costs: fc.array(fc.constantFrom(0, 1, 1, 1, 1, 1, 2, 3, 5), { minLength: classCount, maxLength: classCount }),
    ban: fc.option(fc.record({ afterThrottles: fc.integer({ min: 1, max: 3 }), forUs: smallTimes }), { freq: 2 }),
    maxKeys: fc.integer({ min: 1, max: 3 }),
  });
  return fc.array(one, { maxLength: 4 }).map((list) => list.map((limit, index) => ({ ...limit, name: `${index}` })));
}

function auths(classCount: number): fc.Arbitrary<AuthSpec> {
  return fc.record({
    signed: fc.array(fc.boolean(), { minLength: classCount, maxLength: classCount }),
    windowUsMax: fc.constantFrom(1, 20, 80, 400),
    futureUs: fc.integer({ min: 0, max: 20 }),
    hash: fc.constantFrom('sha256' as const, 'sha384' as const, 'sha512' as const),
    encoding: fc.constantFrom('hex' as const, 'base64' as const),
    replayCapacity: fc.option(fc.integer({ min: 1, max: 4 })),
    replayPerKey: fc.constant(1),
  });
}

export const specs: fc.Arbitrary<GateSpec> = fc.integer({ min: 1, max: 3 }).chain((classCount) =>
  fc.record({
    classes: fc.constant(Array.from({ length: classCount }, (_, index) => `class-${index}`)),
    limits: limits(classCount),
    auth: fc.option(auths(classCount), { freq: 6 }),
    originUs: fc.constantFrom(0, 12_345, 1_700_000_000_000_000, 2 ** 52 - HORIZON_US),
  }),
);

const weird = ['', ' ', 'é', '\ud800', '\u0130', 'x'.repeat(65), 'y'.repeat(257), `${'z'.repeat(256)}é`, 'a\0b'];
const ids = fc.oneof({ weight: 30, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') }, fc.constantFrom(...weird));
const keyIds = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('k1', 'k1', 'k1', 'k2', 'k2', 'k3', 'k9') },
  fc.constantFrom(...weird),
);
const messages = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6') },
  fc.constantFrom('', 'grüße', '\udfff', 'long '.repeat(2000), '\ufeff'),
);
const times = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: -60, max: 15 }) }, fc.constantFrom(Number.NaN, 0.5));
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
  ),
);

export const operations = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant('decide' as const) },
    { weight: 12, arbitrary: fc.constant('limit' as const) },
    { weight: 12, arbitrary: fc.constant('verify' as const) },
    fc.constantFrom(
      'batch' as const,
      'batch' as const,
      'cut-batch' as const,
      'add-key' as const,
      'remove-key' as const,
    ),
  ),
  stepUs: steps,
  classId: fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.constantFrom(-1, 0.5, 3)),
  ip: ids,
  account: ids,
  keyId: keyIds,
  ageUs: times,
  windowUs: windows,
  message: messages,
  spoil: spoils,
});
export type Operation = typeof operations extends fc.Arbitrary<infer Value> ? Value : never;

/** Applies operations to one gate; its clock and its batch of requests are its own, so that two can be compared. */
export class Caller {
  readonly #gate: Gate;
  readonly #classCount: number;
  #nowUs: number;
  #batch: RequestRecord[] = [];

  constructor(gate: Gate, spec: GateSpec) {
    this.#gate = gate;
    this.#classCount = spec.classes.length;
    this.#nowUs = spec.originUs;
    gate.addKey('k1', 'first secret', 'a');
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
    const { keyId, ip, account, windowUs, message } = operation;
    const classId = operation.classId < 3 ? operation.classId % this.#classCount : operation.classId;
    const timestampUs = nowUs + operation.ageUs;
    const signature = this.#sign(operation);
    switch (operation.kind) {
      case 'decide':
        this.#batch.push({ nowUs, classId, ip, account, keyId, timestampUs, windowUs, message, signature });
        return this.#seen(gate.decide(nowUs, classId, ip, account, keyId, timestampUs, windowUs, message, signature));
      case 'limit':
        return this.#seen(gate.limit(nowUs, classId, ip, account, keyId));
      case 'verify':
        return this.#seen(gate.verify(nowUs, keyId, timestampUs, windowUs, message, signature));
      case 'batch':
      case 'cut-batch':
        return this.#decideBatch(operation.kind === 'cut-batch');
      case 'add-key':
        gate.addKey(keyId, message, account);
        return 'added';
      case 'remove-key':
        return `removed: ${gate.removeKey(keyId)}`;
    }
  }

  /** Sends all that was decided since the last batch once more, with the clock where it is. */
  #decideBatch(isCut: boolean): string {
    const requests = this.#batch.map((request) => ({ ...request, nowUs: this.#nowUs }));
    this.#batch = [];
    const whole = Buffer.concat(requests.map(encodeRecord));
    const bytes = isCut ? whole.subarray(0, -1) : whole;
    const decisions = new Uint8Array(requests.length);
    const answers = new Float64Array(requests.length * Answer.size);
    this.#gate.decideBatch(bytes, requests.length, decisions, answers);
    return `${decisions.join(' ')} | ${answers.join(' ')}`;
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
        return signature.slice(0, 62);
      case 'no-hex':
        return `${signature.slice(0, 63)}g`;
      case 'alias':
        return signature.replace('0', '\u0130');
      case 'other':
        return this.#signRight('k1', 'another message');
    }
  }

  #signRight(keyId: string, message: string): string {
    try {
      return this.#gate.sign(keyId, message);
    } catch (error) {
      if (error instanceof FloodproofError) return '0'.repeat(64);
      throw error;
    }
  }

  #seen(decision: number): string {
    return `${decision} | ${this.#gate.answer.join(' ')}`;
  }
}
