import { describe, expect, it } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { FloodproofError } from '../../../harness/errors.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { goodPolicy, textReader } from '../../support/scenario-files.js';

function load(text: string) {
  return loadPolicy(textReader({ 'policy.yaml': text }), 'policy.yaml');
}

function limitOf(text: string) {
  const head = 'version: 1\nname: one\nauth: { signed: [account, order.place] }\nlimits:\n  - { name: a, ';
  return load(`${head}${text} }\n`).limits[0];
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
        signed: [false, false, true, true, true, true],
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
          costs: [0, 0, 0, 1, 0, 0],
          ageCosts: [[], [], [], [], [], []],
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
    });
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
    { by: 'ip', costs: [1, 1, 1, 1, 1, 1], because: 'every request has an address' },
    { by: 'global', costs: [1, 1, 1, 1, 1, 1], because: 'every request is one' },
    { by: 'key', costs: [0, 0, 1, 1, 0, 0], because: 'signed requests carry a key' },
    { by: 'account', costs: [1, 0, 1, 1, 0, 0], because: 'a key has an account, and a login names one' },
  ])('takes "*" by $by for what carries it: $because', ({ by, costs }) => {
    const limit = limitOf(`match: "*", by: ${by}, family: token-bucket, capacity: 5, refill: 5/s`);
    expect(limit?.costs).toEqual(costs);
  });

  it.each([
    { cost: '3', costs: [3, 3, 0, 0, 0, 0], because: 'one number is for all' },
    { cost: '{ ticker: 4 }', costs: [1, 4, 0, 0, 0, 0], because: 'what is not named costs 1' },
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
      classes: ['login', 'ticker', 'account', 'order.place', 'order.amend', 'order.cancel'],
      limits: [
        {
          name: 'orders-key',
          by: ['key'],
          ipPrefix: null,
          numbers: { family: 'token-bucket', capacity: 20, refillCells: 10, refillPeriodUs: 1_000_000 },
          costs: [0, 0, 0, 1, 0, 0],
          ageCosts: [[], [], [], [], [], []],
          isShadow: false,
          ban: null,
          maxKeys: 100_000,
        },
      ],
      auth: {
        signed: [false, false, true, true, true, true],
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

  it('refuses a sliding log, which is for judging a target by its URL', () => {
    const policy = load(goodPolicy.replace('token-bucket', 'sliding-log').replace('refill: 10 per 1s', 'window: 1s'));
    expect(policy.limits[0]).toMatchObject({ family: 'sliding-log', capacity: 20, windowUs: 1_000_000 });
    let thrown: unknown = null;
    try {
      compilePolicy(policy, 0);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FloodproofError);
    expect(thrown).toMatchObject({
      code: 'FP_GATE_INVALID',
      message: 'the embedded gateway cannot enforce the policy small: it is for judging a target by its URL',
      faults: [{ code: 'FP_FAMILY_NOT_ENFORCED', file: 'policy.yaml' }],
    });
  });
});
