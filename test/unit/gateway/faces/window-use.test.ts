import { describe, expect, it } from 'vitest';
import { createGate } from '../../../../harness/core/index.js';
import { Answer, Decision } from '../../../../harness/core/spec.js';
import { WindowUse } from '../../../../harness/gateway/faces/window-use.js';
import { compileRules } from '../../../../harness/gateway/rules.js';
import { type Policy, requestClasses } from '../../../../harness/scenario/plan.js';
import { type Decided, Defence } from '../../../../harness/venue/defence.js';
import { Dice } from '../../../support/dice.js';
import { aFillCounter, aFixedWindow, aPolicy, aTokenBucket, costs, SECOND_US } from '../../../support/plan-builder.js';
import { hashSecret } from '../../core/specs.js';

const originUs = 1_700_000_000_000_000;
const ORDER = requestClasses.indexOf('order.place');
const TICKER = requestClasses.indexOf('ticker');
const keys = ['ann', 'bob'].map((account) => ({ account, keyId: `key-${account}`, secret: account, password: '' }));

const weight = aFixedWindow({
  name: 'weight',
  by: ['ip'],
  capacity: 30,
  windowUs: 6 * SECOND_US,
  costs: costs({ ticker: 2 }),
});
const orders = aFillCounter({
  name: 'orders',
  by: ['account'],
  capacity: 7,
  windowUs: 2 * SECOND_US,
  costs: costs({ 'order.place': 1 }, 0),
});
const greedy = aFixedWindow({
  name: 'greedy',
  by: ['key'],
  capacity: 9,
  windowUs: 3 * SECOND_US,
  countsDenied: true,
  costs: costs({ 'order.place': 1 }, 0),
});
const greedyIp = aFixedWindow({
  name: 'greedy-ip',
  by: ['ip'],
  capacity: 40,
  windowUs: 5 * SECOND_US,
  countsDenied: true,
});

const byClass = aFixedWindow({ name: 'by-class', by: ['class'], capacity: 12, windowUs: 4 * SECOND_US });

/** Plays random requests against a gate, and holds what is counted beside it against what the gate says is left. */
function play(policy: Policy, seed: number): number {
  const dice = new Dice(seed);
  const defence = new Defence({ policy, createGate, hashSecret, originUs, fallsUs: 0 });
  for (const key of keys) defence.addKey(key);
  const rules = compileRules(policy, defence.spec);
  const use = new WindowUse();
  let nowUs = originUs;
  let compared = 0;
  for (let step = 0; step < 400; step++) {
    nowUs += dice.below(SECOND_US / 2);
    const { account, keyId } = dice.one(keys);
    const isOrder = dice.chance(0.6);
    const classId = isOrder ? ORDER : TICKER;
    const ip = dice.one(['127.0.0.1', '127.0.0.2']);
    const elements = dice.between(1, 3);
    const text = `request ${step}`;
    const signature = dice.chance(0.15) ? '0'.repeat(64) : defence.sign(keyId, text);
    const decision = isOrder
      ? defence.decideSigned(nowUs, nowUs, ORDER, ip, account, keyId, nowUs, 0, text, signature, elements, 0)
      : defence.decideUnsigned(nowUs, TICKER, ip, '(anonymous)', elements, 0);
    const caller: Decided = {
      node: defence.node,
      classId,
      ip,
      account: isOrder ? account : '(anonymous)',
      keyId: isOrder ? keyId : '',
      elements,
    };
    const { answer } = defence;
    use.count({ decision, answer, nowUs, caller, rules });
    const named = policy.limits[answer[Answer.limit] ?? -1];
    const told = use.windows({ caller, nowUs, rules }).find(({ limit }) => limit === named?.name);
    if (named !== undefined && told !== undefined) {
      expect(Math.max(0, named.capacity - told.usedCells), `step ${step}`).toBe(answer[Answer.remaining]);
      compared++;
    }
    if (isOrder && decision === Decision.admitted && dice.chance(0.4)) {
      const cells = dice.between(1, 5);
      const index = policy.limits.indexOf(orders);
      defence.credit(nowUs, index, caller, cells);
      use.credit(index, caller, cells, nowUs);
    }
  }
  return compared;
}

describe('use of windows, counted beside the gate', () => {
  it.each([
    { because: 'by address and by account, with fills', limits: [weight, orders] },
    { because: 'with a limit that counts what is denied', limits: [weight, greedy, orders] },
    { because: 'with one before the verifier that does', limits: [greedyIp, orders] },
    { because: 'by class alone, behind the verifier', limits: [byClass, orders] },
    { because: 'beside a bucket', limits: [aTokenBucket({ name: 'bucket', by: ['ip'], capacity: 6 }), orders, weight] },
  ])('is what the gate says is left: $because', ({ limits }) => {
    const policy = aPolicy(limits);
    for (let seed = 1; seed <= 5; seed++) expect(play(policy, seed)).toBeGreaterThan(80);
  });

  it('says nothing of limits that nobody enforces, of prefixes, and of windows that begin with a request', () => {
    const policy = aPolicy([
      aFixedWindow({ name: 'shadow', by: ['ip'], isShadow: true }),
      aFixedWindow({ name: 'network', by: ['ip'], ipPrefix: { v4: 24, v6: 64 } }),
      aFixedWindow({ name: 'first-hit', by: ['ip'], anchor: 'first-hit' }),
      aFixedWindow({ name: 'addresses', by: ['ip'], ipPrefix: { v4: 32, v6: 64 } }),
    ]);
    const { spec } = new Defence({ policy, createGate, hashSecret, originUs, fallsUs: 0 });
    const rules = compileRules(policy, spec);
    const caller = { node: 0, classId: TICKER, ip: '127.0.0.1', account: '', keyId: '', elements: 1 };
    const namesOf = (ip: string) => {
      return new WindowUse().windows({ caller: { ...caller, ip }, nowUs: originUs, rules }).map(({ limit }) => limit);
    };
    expect([namesOf('127.0.0.1'), namesOf('::1')]).toEqual([['addresses'], []]);
  });

  it('counts no more callers than the limit has room for', () => {
    const policy = aPolicy([aFixedWindow({ name: 'few', by: ['ip'], maxKeys: 2 })]);
    const defence = new Defence({ policy, createGate, hashSecret, originUs, fallsUs: 0 });
    const rules = compileRules(policy, defence.spec);
    const use = new WindowUse();
    const used = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.1'].map((ip) => {
      const caller = { node: 0, classId: TICKER, ip, account: '', keyId: '', elements: 1 };
      use.count({ decision: Decision.admitted, answer: new Float64Array(Answer.size), nowUs: originUs, caller, rules });
      return use.windows({ caller, nowUs: originUs, rules })[0]?.usedCells;
    });
    expect(used).toEqual([1, 1, 0, 2]);
  });
});
