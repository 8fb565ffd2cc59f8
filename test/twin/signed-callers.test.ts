import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { Decision, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { describeTwins, nativeGate } from './engines.js';
import { specs } from './random-specs.js';

const SEED = 20_261_126;
const NUM_RUNS = 150;

const callers: readonly (readonly [ip: string, account: string, keyId: string])[] = [
  ['10.0.0.1', '', 'k1'],
  ['10.0.0.2', 'x', 'k1'],
  ['10.0.0.1', 'b', 'k2'],
  ['::1', 'c', 'k3'],
  ['', '', 'k2'],
];
const requests = fc.record({
  stepUs: fc.nat({ max: 9 }),
  classId: fc.nat({ max: 2 }),
  caller: fc.nat({ max: callers.length - 1 }),
  offsetUs: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -60, max: 15 }) }, fc.constantFrom(Number.NaN, 0.5)),
  windowUs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 99 })),
  message: fc.constantFrom('m1', 'm2', 'm3', 'm4', '', 'grüße', 'long '.repeat(2000)),
  elements: fc.constantFrom(1, 1, 1, 2),
  ageUs: fc.constantFrom(0, 0, 30),
});

function addKeys(gate: Gate): Gate {
  gate.addKey('k1', 'first secret', 'a/1');
  gate.addKey('k2', 'second secret', 'b');
  gate.addKey('k3', 'third secret', '');
  return gate;
}

/** Plays the same requests in one call each, and signed first and decided then. @returns how often each decision fell. */
function compare(create: (spec: GateSpec, secret: HashSecret) => Gate): ReadonlyMap<Decision, number> {
  const fallen = new Map<Decision, number>();
  const property = fc.property(specs, fc.array(requests, { minLength: 20, maxLength: 60 }), (spec, list) => {
    const one = addKeys(create(spec, [1, 2]));
    const two = addKeys(create(spec, [1, 2]));
    for (const caller of callers) one.internCaller(...caller);
    let nowUs = spec.originUs;
    for (const { stepUs, caller, offsetUs, windowUs, message, elements, ageUs, ...request } of list) {
      nowUs += stepUs;
      const classId = request.classId % spec.classes.length;
      const timestampUs = nowUs + offsetUs;
      const said = one.decideSigned(nowUs, classId, caller, timestampUs, windowUs, message, elements, ageUs);
      const [ip, account, keyId] = callers[caller] ?? ['', '', ''];
      const signed = [timestampUs, windowUs, message, two.sign(keyId, message)] as const;
      expect(said).toBe(two.decide(nowUs, classId, ip, account, keyId, ...signed, elements, ageUs));
      expect([...one.answer]).toEqual([...two.answer]);
      fallen.set(said, (fallen.get(said) ?? 0) + 1);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: NUM_RUNS });
  return fallen;
}

function expectMany(fallen: ReadonlyMap<Decision, number>): void {
  const { admitted, throttled, replayed, stale, fromFuture, malformed } = Decision;
  for (const decision of [admitted, throttled, replayed, stale, fromFuture, malformed]) {
    expect(fallen.get(decision) ?? 0, `${decision}`).toBeGreaterThan(20);
  }
  expect(fallen.get(Decision.badSignature)).toBeUndefined();
}

const spec: GateSpec = {
  classes: ['open', 'signed'],
  limits: [],
  auth: {
    signed: [false, true],
    hash: 'sha256',
    encoding: 'hex',
    windowUsMax: 50,
    futureUs: 10,
    replayCapacity: 100,
    replayPerKey: 50,
  },
  originUs: 0,
};

function describeEngine(create: (spec: GateSpec, secret: HashSecret) => Gate): void {
  it('decides as after signing apart, whatever is asked', { timeout: 300_000 }, () => expectMany(compare(create)));

  it('signs under the key as it is now, and refuses to for a caller without one', () => {
    const gate = create(spec, [1, 2]);
    const caller = gate.internCaller('10.0.0.1', '', 'k');
    const nobody = gate.internCaller('10.0.0.1', '', '');
    const ask = (who: number, classId = 1) => gate.decideSigned(100, classId, who, 100, 0, 'm');
    const noKey = expect.objectContaining({ code: 'FP_KEY_INVALID' });
    expect(() => ask(caller)).toThrow(noKey);
    expect(() => ask(nobody)).toThrow(noKey);
    expect(ask(nobody, 0)).toBe(Decision.admitted);
    gate.addKey('k', 'secret', 'a');
    expect(ask(caller)).toBe(Decision.admitted);
    expect(ask(caller)).toBe(Decision.replayed);
    gate.addKey('k', 'another', 'a');
    expect(ask(caller)).toBe(Decision.admitted);
    gate.removeKey('k');
    expect(() => ask(caller)).toThrow(noKey);
  });

  it('forgets a caller for another who takes his number', () => {
    const numbers = { family: 'token-bucket', capacity: 1, refillCells: 1, refillPeriodUs: 1_000_000 } as const;
    const limit = { name: 'ip', by: ['ip'], ipPrefix: null, costs: [1, 1], ageCosts: [[], []], ban: null } as const;
    const gate = create({ ...spec, limits: [{ ...limit, isShadow: false, maxKeys: 100, numbers }] }, [1, 2]);
    gate.addKey('k', 'secret', 'a');
    gate.addKey('other', 'secret', 'a');
    expect(gate.internCaller('10.0.0.1', '', 'k')).toBe(0);
    const ask = () => gate.decideSigned(100, 1, 0, 100, 0, 'm');
    expect(ask()).toBe(Decision.admitted);
    expect(ask()).toBe(Decision.throttled);
    expect(gate.internCaller('10.0.0.2', '', 'other', 0)).toBe(0);
    expect(ask()).toBe(Decision.admitted);
    expect(gate.internCaller('10.0.0.3', '', 'none', 0)).toBe(0);
    expect(ask).toThrow(expect.objectContaining({ code: 'FP_KEY_INVALID' }));
    for (const number of [1, -1, 0.5, Number.NaN, 2 ** 32]) {
      const replace = () => gate.internCaller('10.0.0.4', '', 'k', number);
      expect(replace).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
    }
  });

  it('leaves its clock where it is when it refuses to sign', () => {
    const gate = create(spec, [1, 2]);
    gate.internCaller('10.0.0.1', '', 'k');
    gate.addKey('k', 'secret', 'a');
    gate.addKey('gone', 'secret', 'a');
    const other = gate.internCaller('10.0.0.1', '', 'gone');
    gate.removeKey('gone');
    expect(() => gate.decideSigned(1_000, 1, other, 1_000, 0, 'm')).toThrow();
    expect(gate.decideSigned(100, 1, 0, 100, 0, 'm')).toBe(Decision.admitted);
  });

  it('says first what is wrong first', () => {
    const gate = create(spec, [1, 2]);
    const ask = (
      ...numbers: readonly [now: number, classId: number, caller: number, elements: number, age: number]
    ) => {
      const [nowUs, classId, caller, elements, ageUs] = numbers;
      return () => gate.decideSigned(nowUs, classId, caller, 0, 0, 'm', elements, ageUs);
    };
    for (const [attempt, code] of [
      [ask(-1, 9, 9, 0, -1), 'FP_TIME_INVALID'],
      [ask(1, 9, 9, 0, -1), 'FP_CLASS_INVALID'],
      [ask(1, 1, 9, 0, -1), 'FP_ELEMENTS_INVALID'],
      [ask(1, 1, 9, 1, -1), 'FP_TIME_INVALID'],
      [ask(1, 1, 9, 1, 0), 'FP_CALLER_INVALID'],
    ] as const) {
      expect(attempt).toThrow(expect.objectContaining({ code }));
    }
  });
}

describe('a caller that the TypeScript engine signs for', () => describeEngine(createGate));
describeTwins('a caller that the native engine signs for', () => describeEngine(nativeGate));
