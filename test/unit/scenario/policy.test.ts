import { describe, expect, it } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import type { LimitNumbers } from '../../../harness/core/spec.js';
import { FloodproofError } from '../../../harness/errors.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { requestClasses } from '../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { goodPolicy, textReader } from '../../support/scenario-files.js';

function load(text: string) {
  return loadPolicy(textReader({ 'policy.yaml': text }), 'policy.yaml');
}

const plainWindow = {
  family: 'fixed-window',
  capacity: 5,
  windowUs: 1_000_000,
  anchor: 'calendar',
  credit: 'none',
  countsDenied: false,
} as const;

function policyWith(text: string, signed = 'account, order.place') {
  const head = `version: 1\nname: one\nauth: { signed: [${signed}] }\nlimits:\n  - { name: a, `;
  return load(`${head}${text} }\n`);
}

function limitOf(text: string, signed?: string) {
  return policyWith(text, signed).limits[0];
}

describe('loadPolicy', () => {
  it('fills in every default', () => {
    expect(load(goodPolicy)).toEqual({
      name: 'small',
      file: 'policy.yaml',
      auth: {
        profile: 'hmac-lines',
        hash: 'sha256',
        encoding: 'hex',
        signed: [false, false, true, true, true, true, false, false, false, false],
        windowUs: 5_000_000,
        futureUs: 1_000_000,
        replay: 'refuse',
        replayCapacity: 100_000,
        replayPerKey: 25_000,
      },
      clientIp: { from: 'socket' },
      limits: [
        {
          name: 'orders-key',
          by: ['key'],
          ipPrefix: null,
          costs: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
          ageCosts: [[], [], [], [], [], [], [], [], [], []],
          ban: null,
          kills: false,
          isShadow: false,
          maxKeys: 100_000,
          family: 'token-bucket',
          capacity: 20,
          refillCells: 10,
          refillPeriodUs: 1_000_000,
        },
      ],
      resolutionUs: 1,
      nodes: 1,
      slackCells: 0,
      exclusive: true,
      latestDecisionUs: 10_000_000,
      password: { scryptN: 1024, scryptR: 8, scryptP: 1 },
      weaknesses: [],
    });
  });

  it('reads the defects that a weakened policy has on purpose', () => {
    const text = goodPolicy.replace('limits:', 'weaknesses: [late-charge, wall-clock-limits]\nlimits:');
    expect(load(text).weaknesses).toEqual(['late-charge', 'wall-clock-limits']);
    expect(() => load(text.replace('late-charge', 'late-charges'))).toThrow('1 fault');
  });

  it('reads what a policy says of its target', () => {
    const text = `${goodPolicy.replace('limits:', 'clientIp: { trustedHop: 2 }\nresolution: 1ms\nnodes: 3\nslack: 7\nexclusive: false\nlatestDecision: 30s\npassword: { scrypt: { N: 16384, p: 2 } }\nlimits:')}    ban: { after: 5, for: 2min }\n    maxKeys: 9\n`;
    expect(load(text)).toMatchObject({
      clientIp: { from: 'trusted-hop', hops: 2 },
      resolutionUs: 1_000,
      nodes: 3,
      slackCells: 7,
      exclusive: false,
      latestDecisionUs: 30_000_000,
      password: { scryptN: 16_384, scryptR: 8, scryptP: 2 },
      limits: [{ ban: { afterThrottles: 5, stepsUs: [120_000_000], forgetUs: 0 }, maxKeys: 9 }],
    });
  });

  it.each([
    { by: 'ip', costs: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], because: 'every request has an address' },
    { by: 'global', costs: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], because: 'every request is one' },
    { by: 'key', costs: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0], because: 'signed requests carry a key' },
    { by: 'account', costs: [1, 0, 1, 1, 0, 0, 0, 0, 0, 0], because: 'a key has an account, and a login names one' },
  ])('takes "*" by $by for what carries it: $because', ({ by, costs }) => {
    const limit = limitOf(`match: "*", by: ${by}, family: token-bucket, capacity: 5, refill: 5/s`);
    expect(limit?.costs).toEqual(costs);
  });

  it.each([
    { cost: '3', costs: [3, 3, 0, 0, 0, 0, 0, 0, 0, 0], because: 'one number is for all' },
    { cost: '5', costs: [5, 5, 0, 0, 0, 0, 0, 0, 0, 0], because: 'all of the capacity can pass' },
    { cost: '{ ticker: 4 }', costs: [1, 4, 0, 0, 0, 0, 0, 0, 0, 0], because: 'what is not named costs 1' },
    { cost: '{ login: 5 }', costs: [5, 1, 0, 0, 0, 0, 0, 0, 0, 0], because: 'all of the capacity can pass' },
  ])('reads cost $cost: $because', ({ cost, costs }) => {
    const limit = limitOf(
      `match: [login, ticker], by: ip, cost: ${cost}, family: token-bucket, capacity: 5, refill: 5/s`,
    );
    expect(limit?.costs).toEqual(costs);
  });

  it('reads windows of both anchors, the calendar one by default', () => {
    const text = 'match: [login], by: ip, family: fixed-window, capacity: 5, window: 1min';
    expect(limitOf(text)).toMatchObject({ family: 'fixed-window', windowUs: 60_000_000, anchor: 'calendar' });
    expect(limitOf(`${text}, anchor: first-hit`)).toMatchObject({ anchor: 'first-hit' });
  });

  const bucket = 'family: token-bucket, capacity: 50, refill: 5/s';

  it.each([
    { by: 'global', parts: [], because: 'one counter has no parts' },
    { by: '[global]', parts: [], because: 'a list of one is the one' },
    { by: 'master', parts: ['master'], because: 'a word is a list of one' },
    {
      by: '[class, key, ip, account, master]',
      parts: ['ip', 'master', 'account', 'key', 'class'],
      because: 'the order is ours',
    },
  ])('reads by: $by, because $because', ({ by, parts }) => {
    expect(limitOf(`match: [account], by: ${by}, ${bucket}`)?.by).toEqual(parts);
  });

  it.each([
    { by: 'class', costs: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], because: 'every request is of a class' },
    { by: '[ip, class]', costs: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], because: 'every request has both' },
    { by: 'master', costs: [1, 0, 1, 1, 0, 0, 0, 0, 0, 0], because: 'a master is found by the account' },
    { by: '[ip, key]', costs: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0], because: 'both must be there' },
    { by: '[master, class]', costs: [1, 0, 1, 1, 0, 0, 0, 0, 0, 0], because: 'both must be there' },
  ])('takes "*" by $by for what carries it: $because', ({ by, costs }) => {
    expect(limitOf(`match: "*", by: ${by}, ${bucket}`)?.costs).toEqual(costs);
  });

  it.each([
    { text: 'by: ip', prefix: { v4: 32, v6: 64 }, because: 'a household has a /64 of its own' },
    { text: 'by: [key, ip]', prefix: { v4: 32, v6: 64 }, because: 'so it is in a combination' },
    { text: 'by: ip, prefix: { v6: 56 }', prefix: { v4: 32, v6: 56 }, because: 'what is not written is as usual' },
    { text: 'by: ip, prefix: { v4: 24 }', prefix: { v4: 24, v6: 64 }, because: 'what is not written is as usual' },
    { text: 'by: key', prefix: null, because: 'a key has no bits to share' },
  ])('counts $text with the prefix $prefix: $because', ({ text, prefix }) => {
    expect(limitOf(`match: [account], ${text}, ${bucket}`)?.ipPrefix).toEqual(prefix);
  });

  it.each([
    {
      ban: '{ after: 5, for: 2min }',
      stepsUs: [120_000_000],
      forgetUs: 0,
      because: 'one step is remembered by nobody',
    },
    { ban: '{ after: 5, for: [2min] }', stepsUs: [120_000_000], forgetUs: 0, because: 'a list of one is the one' },
    {
      ban: '{ after: 5, for: [2min, 2min, 1h] }',
      stepsUs: [120_000_000, 120_000_000, 3_600_000_000],
      forgetUs: 3_600_000_000,
      because: 'a ladder is forgotten after its longest step',
    },
    {
      ban: '{ after: 5, for: [1s, 2s], forget: 1min }',
      stepsUs: [1_000_000, 2_000_000],
      forgetUs: 60_000_000,
      because: 'unless it says otherwise',
    },
  ])('reads ban: $ban, because $because', ({ ban, stepsUs, forgetUs }) => {
    const limit = limitOf(`match: [account], by: key, ${bucket}, ban: ${ban}`);
    expect(limit?.ban).toEqual({ afterThrottles: 5, stepsUs, forgetUs });
  });

  it('reads ages, kills and shadows', () => {
    const ages = 'age: { order.cancel: [{ under: 5s, cells: 8 }, { under: 10s, cells: 0 }] }';
    const limit = limitOf(`match: "*", by: key, ${bucket}, ${ages}, kill: true`, 'order.cancel');
    expect(limit?.ageCosts).toEqual([
      [],
      [],
      [],
      [],
      [],
      [
        { underUs: 5_000_000, cells: 8 },
        { underUs: 10_000_000, cells: 0 },
      ],
      [],
      [],
      [],
      [],
    ]);
    expect(limit).toMatchObject({ kills: true, isShadow: false });
    expect(limitOf(`match: "*", by: key, ${bucket}, shadow: true`)).toMatchObject({ kills: false, isShadow: true });
  });

  it('takes an age whose cells use up the capacity, and cells that use up a queue', () => {
    const ages = 'age: { order.cancel: [{ under: 5s, cells: 49 }] }';
    expect(limitOf(`match: "*", by: key, ${bucket}, ${ages}`, 'order.cancel')?.ageCosts[5]).toHaveLength(1);
    const queue = 'family: leaky-queue, capacity: 5, queue: 2147483642, refill: 1 per 1us, cost: 2147483647';
    expect(limitOf(`match: [account], by: key, ${queue}`)?.costs[2]).toBe(2_147_483_647);
    const counter = 'family: sliding-counter, capacity: 52124, window: 1d';
    expect(limitOf(`match: [account], by: key, ${counter}`)?.capacity).toBe(52_124);
  });

  it('says what fills give, by class', () => {
    const limit = limitOf(
      'match: [order.place, account], by: key, family: earned-budget, capacity: 5, earns: { order.place: 7 }',
    );
    expect(limit).toMatchObject({
      creditsMax: [0, 0, 0, 7, 0, 0, 0, 0, 0, 0],
      costs: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      trickleUs: null,
    });
  });

  it.each([
    { ranges: '[10.0.0.0/8]', read: ['10.0.0.0/8'], because: 'it stands there' },
    { ranges: '[10.1.2.3]', read: ['10.1.2.3/32'], because: 'an address is a range of one' },
    { ranges: '["2001:DB8:0::/48", "::1"]', read: ['2001:db8::/48', '::1/128'], because: 'each has one spelling' },
    { ranges: '[10.128.0.0/9, 10.0.0.254/31]', read: ['10.128.0.0/9', '10.0.0.254/31'], because: 'bits are bits' },
  ])('trusts proxies in $ranges, read as $read, because $because', ({ ranges, read }) => {
    const text = goodPolicy.replace('limits:', `clientIp: { trustedProxies: ${ranges} }\nlimits:`);
    expect(load(text).clientIp).toEqual({ from: 'trusted-proxies', ranges: read });
  });

  it('leaves a quarter of the replay memory to one key, rounded up, unless it says otherwise', () => {
    const perKey = (text: string): number | undefined =>
      load(`version: 1\nname: signed\nauth: { signed: [account], ${text} }\nlimits: []\n`).auth?.replayPerKey;
    expect(perKey('replayCapacity: 9')).toBe(3);
    expect(perKey('replayCapacity: 8')).toBe(2);
    expect(perKey('replayCapacity: 1')).toBe(1);
    expect(perKey('replayCapacity: 9, replayPerKey: 9')).toBe(9);
  });

  it('says how signatures are made and written', () => {
    const text = 'version: 1\nname: signed\nauth: { signed: [account], hash: sha512, encoding: base64 }\nlimits: []\n';
    expect(compilePolicy(load(text), 0).auth).toMatchObject({ hash: 'sha512', encoding: 'base64' });
  });

  it('may have no limits when it has signatures', () => {
    const policy = load('version: 1\nname: signed\nauth: { signed: [account], replay: allow }\nlimits: []\n');
    expect(policy.limits).toEqual([]);
    expect(compilePolicy(policy, 0).auth?.replayCapacity).toBeNull();
  });
});

describe('compilePolicy', () => {
  it('gives what a gate is made of, and nothing else', () => {
    const spec = compilePolicy(load(goodPolicy), 1_700_000_000_000_000);
    expect(spec).toEqual({
      classes: requestClasses,
      limits: [
        {
          name: 'orders-key',
          by: ['key'],
          ipPrefix: null,
          numbers: { family: 'token-bucket', capacity: 20, refillCells: 10, refillPeriodUs: 1_000_000 },
          costs: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
          ageCosts: [[], [], [], [], [], [], [], [], [], []],
          isShadow: false,
          ban: null,
          maxKeys: 100_000,
        },
      ],
      auth: {
        signed: [false, false, true, true, true, true, false, false, false, false],
        hash: 'sha256',
        encoding: 'hex',
        windowUsMax: 5_000_000,
        futureUs: 1_000_000,
        replayCapacity: 100_000,
        replayPerKey: 25_000,
      },
      originUs: 1_700_000_000_000_000,
    });
    expect(createGate(spec, [1, 2]).engine).toBe('ts');
  });

  it('refuses a log that no gate can keep, and says so with the file', () => {
    const log = goodPolicy.replace('token-bucket', 'sliding-log').replace('refill: 10 per 1s', 'window: 1s');
    expect(compilePolicy(load(log), 0).limits[0]?.numbers).toEqual({
      family: 'sliding-log',
      capacity: 20,
      windowUs: 1_000_000,
    });
    const policy = load(log.replace('capacity: 20', 'capacity: 10001'));
    let thrown: unknown = null;
    try {
      compilePolicy(policy, 0);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FloodproofError);
    expect(thrown).toMatchObject({
      code: 'FP_GATE_INVALID',
      message: 'the embedded gateway cannot enforce the policy small',
      faults: [{ file: 'policy.yaml' }],
    });
  });

  it.each<{ text: string; numbers: LimitNumbers; because: string }>([
    {
      text: 'family: token-bucket, capacity: 50000, refill: 10000/s, cost: 500',
      numbers: { family: 'token-bucket', capacity: 50_000, refillCells: 10_000, refillPeriodUs: 1_000_000 },
      because: 'credits are cells',
    },
    {
      text: 'family: decaying-counter, capacity: 15, decay: 1 per 3s',
      numbers: { family: 'token-bucket', capacity: 15, refillCells: 1, refillPeriodUs: 3_000_000 },
      because: 'a counter that falls is a bucket that fills',
    },
    {
      text: 'family: leaky-queue, capacity: 10, queue: 5, refill: 10/s',
      numbers: { family: 'leaky-queue', capacity: 10, queueCells: 5, refillCells: 10, refillPeriodUs: 1_000_000 },
      because: 'a queue is one',
    },
    {
      text: 'family: fixed-window, capacity: 5, window: 1s, counts: all',
      numbers: { ...plainWindow, countsDenied: true },
      because: 'failed attempts may count',
    },
    {
      text: 'family: fixed-window, capacity: 5, window: 1s, anchor: first-hit',
      numbers: { ...plainWindow, anchor: 'first-hit' },
      because: 'by default they do not',
    },
    {
      text: 'family: fill-counter, capacity: 5, window: 1s, fills: { order.place: 5 }',
      numbers: { ...plainWindow, credit: 'to-zero' },
      because: 'fills undo orders, and no more',
    },
    {
      text: 'family: ratio-monitor, capacity: 5, window: 1s, earns: { order.place: 5 }',
      numbers: { ...plainWindow, credit: 'below-zero' },
      because: 'fills earn orders',
    },
    {
      text: 'family: sliding-log, capacity: 5, window: 1s',
      numbers: { family: 'sliding-log', capacity: 5, windowUs: 1_000_000 },
      because: 'a log is one',
    },
    {
      text: 'family: sliding-counter, capacity: 5, window: 1s',
      numbers: { family: 'sliding-counter', capacity: 5, windowUs: 1_000_000 },
      because: 'so is its approximation',
    },
    {
      text: 'family: earned-budget, capacity: 5, trickle: 10s, earns: { order.place: 1 }',
      numbers: { family: 'earned-budget', capacity: 5, trickleUs: 10_000_000 },
      because: 'a budget may trickle',
    },
    {
      text: 'family: earned-budget, capacity: 5, earns: { order.place: 1 }',
      numbers: { family: 'earned-budget', capacity: 5, trickleUs: null },
      because: 'or it does not',
    },
    {
      text: 'family: concurrency, capacity: 5',
      numbers: { family: 'concurrency', capacity: 5 },
      because: 'nothing passes with time',
    },
  ])('makes $numbers.family of $text: $because', ({ text, numbers }) => {
    const policy = policyWith(`match: [order.place], by: key, ${text}`);
    expect(compilePolicy(policy, 0).limits[0]?.numbers).toEqual(numbers);
  });
});
