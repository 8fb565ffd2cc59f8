import { describe, expect, it, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Answer, Decision } from '../../../harness/core/spec.js';
import { type Policy, requestClasses } from '../../../harness/scenario/plan.js';
import { type Decided, Defence } from '../../../harness/venue/defence.js';
import { Dice } from '../../support/dice.js';
import { aConcurrency, aFixedWindow, aPolicy, aTokenBucket, costs, SECOND_US } from '../../support/plan-builder.js';
import { hashSecret } from '../core/specs.js';

const originUs = 1_700_000_000_000_000;
const ORDER = requestClasses.indexOf('order.place');
const TICKER = requestClasses.indexOf('ticker');
const IP = '127.0.0.1';
const ann = { account: 'ann', password: 'pw', keyId: 'key-ann', secret: 'secret' };

function aDefence(policy: Policy, fallsUs = 0): Defence {
  const defence = new Defence({ policy, createGate, hashSecret, originUs, fallsUs });
  defence.addKey(ann);
  return defence;
}

interface Presented {
  readonly nowUs: number;
  readonly wallUs?: number;
  /** Each has a signature of its own. */
  readonly text: string;
  readonly timestampUs: number;
  readonly windowUs?: number;
  readonly elements?: number;
  readonly isForged?: boolean;
}

function present(defence: Defence, request: Presented): Decision {
  const { nowUs, wallUs = nowUs, text, timestampUs, windowUs = 0, elements = 1, isForged = false } = request;
  const signature = isForged ? '0'.repeat(64) : defence.sign(ann.keyId, text);
  const { keyId, account } = ann;
  return defence.decideSigned(
    nowUs,
    wallUs,
    ORDER,
    IP,
    account,
    keyId,
    timestampUs,
    windowUs,
    text,
    signature,
    elements,
    0,
  );
}

const unlimited = aPolicy([]);
const WINDOW_US = unlimited.auth?.windowUs ?? 0;
const FUTURE_US = unlimited.auth?.futureUs ?? 0;

/** A wall clock that is stepped and stands still beside one that only runs on; readings of both, a second apart or less. */
function clockHistory(dice: Dice) {
  const readings: { nowUs: number; wallUs: number }[] = [];
  let nowUs = originUs;
  let wallUs = originUs;
  let fallsUs = 0;
  for (let i = 0; i < 60; i++) {
    const passedUs = dice.below(SECOND_US);
    nowUs += passedUs;
    if (dice.chance(0.2)) fallsUs += passedUs;
    else wallUs += passedUs;
    if (dice.chance(0.15)) {
      const stepUs = dice.between(-4, 4) * SECOND_US;
      wallUs += stepUs;
      fallsUs += Math.max(0, -stepUs);
    }
    readings.push({ nowUs, wallUs });
  }
  return { readings, fallsUs };
}

describe('a signature', () => {
  test.each([
    ['in a gate of its own', {}],
    ['over three nodes', { nodes: 3 }],
    ['in a memory that a restart would clear', { weaknesses: ['forgets-replays-on-restart'] as const }],
  ])('is accepted while it is fresh by the wall clock, and once, %s', (_, changes: Partial<Policy>) => {
    for (let seed = 1; seed <= 40; seed++) {
      const dice = new Dice(seed);
      const { readings, fallsUs } = clockHistory(dice);
      const defence = aDefence({ ...unlimited, ...changes }, fallsUs);
      const requests = Array.from({ length: 12 }, (_value, index) => ({
        text: `request ${index}`,
        timestampUs: originUs + dice.between(-3 * SECOND_US, 30 * SECOND_US),
        windowUs: dice.one([0, 2 * SECOND_US, 60 * SECOND_US]),
      }));
      const used = new Set<string>();
      for (const reading of readings) {
        for (const request of requests) {
          const { text, timestampUs, windowUs } = request;
          const freshUs = windowUs === 0 ? WINDOW_US : Math.min(windowUs, WINDOW_US);
          let expected: Decision = used.has(text) ? Decision.replayed : Decision.admitted;
          if (reading.wallUs - timestampUs > freshUs) expected = Decision.stale;
          if (timestampUs >= reading.wallUs + FUTURE_US) expected = Decision.fromFuture;
          if (expected === Decision.admitted) used.add(text);
          expect({ seed, ...reading, ...request, decision: present(defence, { ...reading, ...request }) }).toEqual({
            seed,
            ...reading,
            ...request,
            decision: expected,
          });
        }
      }
      expect(used.size).toBeGreaterThan(0);
    }
  });

  it('that is forged stays forged, however old it says it is', () => {
    const defence = aDefence({ ...unlimited, nodes: 2 }, SECOND_US);
    for (const ageUs of [0, 2 * WINDOW_US, -2 * FUTURE_US]) {
      const forged = { nowUs: originUs, text: 'text', timestampUs: originUs - ageUs, isForged: true };
      expect(present(defence, forged)).toBe(Decision.badSignature);
    }
  });

  it('of a request that was throttled can be used later, over several nodes too', () => {
    const policy = aPolicy([aTokenBucket({ capacity: 1, refillCells: 1, refillPeriodUs: SECOND_US })], { nodes: 2 });
    const defence = aDefence(policy);
    const first = { nowUs: originUs, timestampUs: originUs };
    expect(present(defence, { ...first, text: 'a' })).toBe(Decision.admitted);
    expect(present(defence, { ...first, text: 'b' })).toBe(Decision.admitted);
    expect(present(defence, { ...first, text: 'c' })).toBe(Decision.throttled);
    const later = { nowUs: originUs + 2 * SECOND_US, timestampUs: originUs };
    expect(present(defence, { ...later, text: 'c' })).toBe(Decision.admitted);
    expect(present(defence, { ...later, text: 'c' })).toBe(Decision.replayed);
  });

  it('is refused when the memory is full, and none is forgotten', () => {
    const { auth } = unlimited;
    const policy = { ...unlimited, nodes: 2, auth: auth && { ...auth, replayCapacity: 2, replayPerKey: 2 } };
    const defence = aDefence(policy);
    const at = { nowUs: originUs, timestampUs: originUs };
    const decisions = ['a', 'b', 'c', 'a'].map((text) => present(defence, { ...at, text }));
    expect(decisions).toEqual([Decision.admitted, Decision.admitted, Decision.replayFull, Decision.replayed]);
  });
});

describe('nodes', () => {
  it('each count for themselves what they are dealt in turn', () => {
    const policy = aPolicy([aTokenBucket({ by: ['ip'], capacity: 2 })], { nodes: 3 });
    const defence = aDefence(policy);
    const decisions = Array.from({ length: 9 }, () => {
      return [defence.decideUnsigned(originUs, TICKER, IP, '', 1, 0), defence.node];
    });
    const { admitted, throttled } = Decision;
    const expected = [admitted, admitted, throttled].flatMap((decision) => [0, 1, 2].map((node) => [decision, node]));
    expect(decisions).toEqual(expected);
  });

  it('give back what they hold themselves', () => {
    const policy = aPolicy([aConcurrency({ by: ['ip'], capacity: 1 })], { nodes: 2 });
    const defence = aDefence(policy);
    const ask = (): Decision => defence.decideUnsigned(originUs, TICKER, IP, '', 1, 0);
    const decided: Decided = { node: 1, classId: TICKER, ip: IP, account: '', keyId: '', elements: 1 };
    expect([ask(), ask()]).toEqual([Decision.admitted, Decision.admitted]);
    defence.release(originUs, decided);
    expect([ask(), ask()]).toEqual([Decision.throttled, Decision.admitted]);
  });
});

describe('weaknesses', () => {
  const at = { nowUs: originUs, timestampUs: originUs };
  const tight = [aTokenBucket({ by: ['key'], capacity: 3, refillCells: 1, refillPeriodUs: 3_600 * SECOND_US })];

  it('batches-as-one: whatever a batch holds, it costs as much as one request', () => {
    const weak = aDefence(aPolicy(tight, { weaknesses: ['batches-as-one'] }));
    const right = aDefence(aPolicy(tight));
    const batches = ['a', 'b', 'c', 'd'].map((text) => ({ ...at, text, elements: 2 }));
    const { admitted, throttled } = Decision;
    expect(batches.map((batch) => present(weak, batch))).toEqual([admitted, admitted, admitted, throttled]);
    expect(batches.map((batch) => present(right, batch))).toEqual([admitted, throttled, throttled, throttled]);
  });

  it('late-charge: requests of one instant all pass a window, and count some milliseconds later', () => {
    const window = aFixedWindow({
      by: ['key'],
      capacity: 3,
      costs: costs({ 'order.place': 1 }, 0),
      countsDenied: true,
    });
    const defence = aDefence(aPolicy([window], { weaknesses: ['late-charge'] }));
    const texts = ['a', 'b', 'c', 'd', 'e'];
    expect(texts.map((text) => present(defence, { ...at, text }))).toEqual(texts.map(() => Decision.admitted));
    const { keyId, account } = ann;
    const decided: Decided = { node: 0, classId: ORDER, ip: IP, account, keyId, elements: 1 };
    expect(defence.isChargedLate(ORDER)).toBe(true);
    const laterUs = originUs + 5_000;
    defence.chargeLate(laterUs, decided, 0);
    defence.chargeLate(laterUs, decided, 0);
    expect(present(defence, { ...at, nowUs: laterUs, text: 'f' })).toBe(Decision.admitted);
    expect(defence.answer[Answer.remaining]).toBe(0);
    defence.chargeLate(laterUs, decided, 0);
    expect(present(defence, { ...at, nowUs: laterUs, text: 'g' })).toBe(Decision.throttled);
  });

  it('late-charge: limits by class and other families charge at once', () => {
    const limits = [aFixedWindow({ name: 'by-class', by: ['class'], capacity: 2 }), ...tight];
    const defence = aDefence(aPolicy(limits, { weaknesses: ['late-charge'] }));
    expect(defence.isChargedLate(ORDER)).toBe(false);
    const decisions = ['a', 'b', 'c'].map((text) => present(defence, { ...at, text }));
    expect(decisions).toEqual([Decision.admitted, Decision.admitted, Decision.throttled]);
  });

  it('unsigned-orders: orders are taken at their word, other requests are not', () => {
    const defence = aDefence(aPolicy(tight, { weaknesses: ['unsigned-orders'] }));
    expect(requestClasses.filter((_, id) => defence.believes(id))).toEqual([
      'order.place',
      'order.amend',
      'order.cancel',
    ]);
    const ask = (): Decision => defence.decideBelieved(originUs, ORDER, IP, ann.account, ann.keyId, 1, 0);
    expect([ask(), ask(), ask(), ask()]).toEqual([0, 0, 0, Decision.throttled]);
    expect(aDefence(aPolicy(tight)).believes(ORDER)).toBe(false);
  });

  it.each([
    ['forgets-replays-on-restart: used signatures are accepted once more', ['forgets-replays-on-restart'] as const, 0],
    ['a right memory of used signatures outlives a restart', [] as const, Decision.replayed],
  ])('%s', (_, weaknesses, expected) => {
    const defence = aDefence({ ...unlimited, weaknesses });
    expect(present(defence, { ...at, text: 'a' })).toBe(Decision.admitted);
    defence.restart();
    expect(present(defence, { ...at, text: 'a' })).toBe(expected);
  });

  it('node-local-replays: each node accepts a signature once', () => {
    const ask = (weaknesses: Policy['weaknesses']): Decision[] => {
      const defence = aDefence({ ...unlimited, nodes: 3, weaknesses });
      return [1, 2, 3, 4].map(() => present(defence, { ...at, text: 'a' }));
    };
    const { admitted, replayed } = Decision;
    expect(ask(['node-local-replays'])).toEqual([admitted, admitted, admitted, replayed]);
    expect(ask([])).toEqual([admitted, replayed, replayed, replayed]);
  });
});

describe('a request that expires and is remembered', () => {
  const plainAuth = unlimited.auth;
  if (plainAuth === null) throw new Error('the policy signs');
  const expiring = (futureUs: number) =>
    aDefence({ ...unlimited, auth: { ...plainAuth, profile: 'bitmex', windowUs: 60 * SECOND_US, futureUs } });
  const ask = (defence: Defence, nowUs: number, expiresUs: number, notBeforeUs: number | null = null): Decision => {
    const message = `${expiresUs}`;
    const signature = defence.sign(ann.keyId, message);
    const freshness = { rule: 'expiry', expiresUs, notBeforeUs } as const;
    const claim = { keyId: ann.keyId, message, signature, freshness, proves: null, carriedBody: null };
    return defence.decideClaim(nowUs, nowUs, ORDER, IP, ann.account, claim, 1, 0);
  };
  const { admitted, replayed, stale, fromFuture } = Decision;

  it.each([
    { futureUs: 0, aheadUs: 0, because: 'to the window, its last instant included' },
    { futureUs: 1, aheadUs: 0, because: 'a clock is ahead by less than that' },
    { futureUs: 2_000_000, aheadUs: 1_999_999, because: 'by the clock of a caller that is ahead' },
  ])('may do so just so far ahead, and is taken once until then: $because', ({ futureUs, aheadUs }) => {
    const defence = expiring(futureUs);
    const lastUs = originUs + 60 * SECOND_US + aheadUs;
    expect(ask(defence, originUs, lastUs + 2)).toBe(fromFuture);
    expect(ask(defence, originUs, lastUs + 1)).toBe(admitted);
    expect(ask(defence, lastUs, lastUs + 1)).toBe(replayed);
    expect(ask(defence, lastUs + 1, lastUs + 1)).toBe(stale);
    const soonUs = lastUs + SECOND_US;
    expect(ask(defence, lastUs + 1, soonUs, lastUs + 1 + aheadUs)).toBe(admitted);
    expect(ask(defence, lastUs + 1, soonUs + 1, lastUs + 2 + aheadUs)).toBe(fromFuture);
  });
});

describe('a caller with a number', () => {
  it.each([0, 3 * SECOND_US])('is decided on as by his texts, where the wall clock falls back by %i', (fallsUs) => {
    const policy = aPolicy([aTokenBucket({ capacity: 20, refillCells: 20, refillPeriodUs: SECOND_US })]);
    const one = aDefence(policy, fallsUs);
    const other = aDefence(policy, fallsUs);
    const number = one.internCaller(IP, ann.account, ann.keyId);
    const dice = new Dice(5);
    const fallen = new Map<Decision, number>();
    let nowUs = originUs;
    for (let request = 0; request < 3_000; request += 1) {
      nowUs += dice.below(60_000);
      const wallUs = nowUs - (request > 1_500 ? fallsUs : 0);
      const timestampUs = wallUs + 1_000_000 * (2 - dice.below(9)) - (wallUs % 1_000_000);
      const windowUs = dice.below(2) * SECOND_US;
      const text = `${timestampUs} ${windowUs}`;
      const said = one.decideOwn(nowUs, wallUs, ORDER, number, timestampUs, windowUs, text, 1, 0);
      expect(said).toBe(present(other, { nowUs, wallUs, text, timestampUs, windowUs }));
      expect([...one.answer]).toEqual([...other.answer]);
      fallen.set(said, (fallen.get(said) ?? 0) + 1);
    }
    for (const decision of [Decision.admitted, Decision.replayed, Decision.stale, Decision.fromFuture]) {
      expect(fallen.get(decision) ?? 0, `${decision}`).toBeGreaterThan(20);
    }
  });

  it('is not known by one number to several nodes', () => {
    expect(aDefence(aPolicy([])).knowsCallers).toBe(true);
    expect(aDefence(aPolicy([], { nodes: 2 })).knowsCallers).toBe(false);
  });
});
