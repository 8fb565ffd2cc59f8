/** What must hold for every policy and every history. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import {
  Answer,
  Decision,
  type Gate,
  type GateSpec,
  type LimitBy,
  type LimitNumbers,
  type LimitSpec,
} from '../../../harness/core/spec.js';
import { hashSecret } from '../../unit/core/specs.js';

const { admitted, throttled, banned } = Decision;
const ORIGIN_US = 1_000;

interface Step {
  readonly gapUs: number;
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
}

const capacity = fc.integer({ min: 2, max: 5 });
const timeUs = fc.integer({ min: 1, max: 40 });
const rate = { refillCells: fc.integer({ min: 1, max: 7 }), refillPeriodUs: timeUs };
/** Families whose counters are full again some time, and whose requests end when they are decided. */
const numbers: fc.Arbitrary<LimitNumbers> = fc.oneof(
  fc.record({ family: fc.constant('token-bucket' as const), capacity, ...rate }),
  fc.record({
    family: fc.constant('fixed-window' as const),
    capacity,
    windowUs: timeUs,
    anchor: fc.constantFrom('calendar' as const, 'first-hit' as const),
    credit: fc.constantFrom('none' as const, 'below-zero' as const),
    countsDenied: fc.constant(false),
  }),
  fc.record({ family: fc.constant('sliding-log' as const), capacity, windowUs: timeUs }),
  fc.record({ family: fc.constant('sliding-counter' as const), capacity, windowUs: timeUs }),
  fc.record({ family: fc.constant('leaky-queue' as const), capacity, queueCells: capacity, ...rate }),
);

function specs(options: { maxKeys: fc.Arbitrary<number>; withBans: boolean }): fc.Arbitrary<GateSpec> {
  const bans = fc
    .record({
      afterThrottles: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
      forgetUs: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ afterThrottles, steps, forgetUs }) => ({
      afterThrottles,
      stepsUs: steps.toSorted((one, other) => one - other),
      forgetUs: steps.length === 1 ? 0 : forgetUs,
    }));
  const limit: fc.Arbitrary<LimitSpec> = fc.record({
    name: fc.constant(''),
    by: fc.constantFrom<LimitBy[]>(['ip'], ['account'], [], ['class', 'ip'], ['account', 'ip']),
    ipPrefix: fc.constant(null),
    numbers,
    costs: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 1, 2)),
    ageCosts: fc.constant([[], []]),
    isShadow: fc.constantFrom(false, false, true),
    ban: options.withBans ? fc.option(bans) : fc.constant(null),
    maxKeys: options.maxKeys,
  });
  return fc.array(limit, { minLength: 1, maxLength: 3 }).map((limits) => ({
    classes: ['first', 'second'],
    limits: limits.map((one, index) => ({ ...one, name: `${index}` })),
    auth: null,
    originUs: ORIGIN_US,
  }));
}

const anySpecs = specs({ maxKeys: fc.integer({ min: 1, max: 3 }), withBans: true });
const histories = fc.array(
  fc.record({
    gapUs: fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 8 }) }, fc.nat({ max: 60 })),
    classId: fc.nat({ max: 1 }),
    ip: fc.constantFrom('a', 'b', 'c', 'd'),
    account: fc.constantFrom('x', 'y', 'z'),
  }),
  { minLength: 10, maxLength: 40 },
);

interface Seen {
  readonly nowUs: number;
  readonly step: Step;
  readonly decision: Decision;
  readonly retryAtUs: number;
  readonly answer: readonly number[];
}

function ask(gate: Gate, nowUs: number, { classId, ip, account }: Step): Decision {
  return gate.limit(nowUs, classId, ip, account, '');
}

function play(gate: Gate, history: readonly Step[]): Seen[] {
  let nowUs = ORIGIN_US;
  return history.map((step) => {
    nowUs += step.gapUs;
    const decision = ask(gate, nowUs, step);
    return { nowUs, step, decision, retryAtUs: gate.answer[Answer.retryAtUs] ?? 0, answer: [...gate.answer] };
  });
}

test('the retry time is the first microsecond at which the same request passes', () => {
  let deniedCount = 0;
  const property = fc.property(anySpecs, histories, (spec, history) => {
    const last = play(createGate(spec, hashSecret), history).at(-1);
    if (last === undefined || last.decision === admitted) return;
    deniedCount += 1;
    expect([throttled, banned]).toContain(last.decision);
    const replayed = (): Gate => {
      const gate = createGate(spec, hashSecret);
      play(gate, history);
      return gate;
    };
    expect(last.retryAtUs).toBeGreaterThan(last.nowUs);
    // A limit by ip that throttles hides what the limits after it would say: ask on until the time stays put.
    const before = replayed();
    expect(ask(before, last.retryAtUs - 1, last.step)).not.toBe(admitted);
    const later = replayed();
    if (ask(later, last.retryAtUs, last.step) === admitted) return;
    const by = spec.limits[later.answer[Answer.limit] ?? -1]?.by ?? [];
    expect(by.includes('ip') && !by.includes('account')).toBe(false);
    expect(later.answer[Answer.retryAtUs]).toBeGreaterThan(last.retryAtUs);
  });
  fc.assert(property, { seed: 1, numRuns: 6000 });
  expect(deniedCount).toBeGreaterThan(500);
});

test('a request that is throttled leaves no trace, where there are no bans', () => {
  const noBans = specs({ maxKeys: fc.integer({ min: 1, max: 3 }), withBans: false });
  let throttledCount = 0;
  const property = fc.property(noBans, histories, (spec, history) => {
    const all = play(createGate(spec, hashSecret), history);
    const kept = all.filter(({ decision }) => decision === admitted);
    throttledCount += all.length - kept.length;
    const gate = createGate(spec, hashSecret);
    for (const { nowUs, step } of kept) expect(ask(gate, nowUs, step)).toBe(admitted);
    const end = all.at(-1);
    if (end === undefined) return;
    const full = createGate(spec, hashSecret);
    play(full, history);
    for (const ip of ['a', 'b', 'c', 'd', 'new']) {
      const step = { ...end.step, ip, account: ip };
      expect(ask(gate, end.nowUs, step)).toBe(ask(full, end.nowUs, step));
      expect([...gate.answer]).toEqual([...full.answer]);
    }
  });
  fc.assert(property, { seed: 2, numRuns: 3000 });
  expect(throttledCount).toBeGreaterThan(5000);
});

test('shadow limits change nothing but what is said of them', () => {
  let deniedCount = 0;
  const property = fc.property(anySpecs, histories, (spec, history) => {
    const withShadows = play(createGate(spec, hashSecret), history);
    const limits = spec.limits.map((one) => (one.isShadow ? { ...one, costs: [0, 0] } : one));
    const without = play(createGate({ ...spec, limits }, hashSecret), history);
    expect(without.map(({ answer }) => [...answer].slice(0, Answer.shadow))).toEqual(
      withShadows.map(({ answer }) => [...answer].slice(0, Answer.shadow)),
    );
    expect(without.map(({ decision }) => decision)).toEqual(withShadows.map(({ decision }) => decision));
    deniedCount += withShadows.filter(({ answer }) => (answer[Answer.shadow] ?? -1) >= 0).length;
  });
  fc.assert(property, { seed: 4, numRuns: 2000 });
  expect(deniedCount).toBeGreaterThan(2000);
});

test('a shadow limit alone says what it would say if it were enforced alone', () => {
  let deniedCount = 0;
  const property = fc.property(anySpecs, histories, (spec, history) => {
    const [first] = spec.limits;
    if (first === undefined) return;
    const only = (isShadow: boolean): GateSpec => ({ ...spec, limits: [{ ...first, isShadow }] });
    const enforced = play(createGate(only(false), hashSecret), history);
    const shadow = play(createGate(only(true), hashSecret), history);
    expect(shadow.map(({ answer }) => answer[Answer.shadow] === 0)).toEqual(
      enforced.map(({ decision }) => decision !== admitted),
    );
    deniedCount += enforced.filter(({ decision }) => decision !== admitted).length;
  });
  fc.assert(property, { seed: 5, numRuns: 2000 });
  expect(deniedCount).toBeGreaterThan(2000);
});

test('a gate whose counters are full and whose bans are over equals a fresh one', () => {
  // Nothing of small numbers lasts longer than 10 cells x 40 us, and a ban of 60 us that is remembered for as long.
  const LATER_US = 10_000;
  const roomy = specs({ maxKeys: fc.constant(10), withBans: true });
  const property = fc.property(roomy, histories, histories, (spec, past, future) => {
    const used = createGate(spec, hashSecret);
    play(used, past);
    const fresh = createGate(spec, hashSecret);
    let nowUs = ORIGIN_US + LATER_US;
    for (const step of future) {
      nowUs += step.gapUs;
      expect(ask(used, nowUs, step)).toBe(ask(fresh, nowUs, step));
      expect([...used.answer]).toEqual([...fresh.answer]);
    }
  });
  fc.assert(property, { seed: 3, numRuns: 2000 });
});
