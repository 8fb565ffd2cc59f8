import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { SuiteDocument, VerdictDocument } from '../../../harness/judge/verdict.js';
import { suiteJsonSchema, suiteSchema } from '../../../harness/report/suite-schema.js';

const verdict: VerdictDocument = {
  schema: 'floodproof/verdict/1',
  scenario: 'order-flood-5x',
  claim: 'One key gets what the policy promises and no more.',
  target: 'gateway',
  engine: 'native',
  seed: 42,
  decisionHash: null,
  verdict: 'fail',
  expectations: [
    {
      text: 'abuse.leak <= 0',
      metric: 'abuse.leak',
      wanted: '<= 0 cells',
      measured: 20,
      interval: null,
      pass: false,
      unit: 'cells',
      evidence: ['orders-key admitted 50 cells in 1 s, at most 30 were promised.'],
    },
    {
      text: 'abuse.timeToFirstBlock <= 2s',
      metric: 'abuse.timeToFirstBlock',
      wanted: '<= 2 s',
      measured: 'infinite',
      interval: null,
      pass: false,
      unit: 'us',
      evidence: [],
      requests: [
        {
          intendedMs: 1000,
          sentMs: 1000.5,
          answeredMs: null,
          actor: 'flooder',
          identity: 3,
          requestClass: 'order.place',
          outcome: 'timeout',
          limit: 'orders-key',
          role: 'unsure',
          signature: 7,
        },
        {
          intendedMs: 1000,
          sentMs: null,
          answeredMs: null,
          actor: 'flooder',
          identity: 3,
          requestClass: 'order.place',
          outcome: 'unsent',
          limit: null,
        },
      ],
    },
    {
      text: 'legit.falseBlockRate <= 0.1% (95%)',
      metric: 'legit.falseBlockRate',
      wanted: '<= 0.1%',
      measured: null,
      interval: [0, 0.02],
      pass: null,
      unit: 'ratio',
      evidence: [],
    },
  ],
  actors: {
    flooder: {
      label: 'abuse',
      sent: 150,
      admitted: 70,
      throttled: 80,
      refused: 0,
      banned: 0,
      errors: 0,
      falseBlockRate: null,
      leakCells: 20,
      latencyMs: { p50: 1.2, p99: 4.5, p999: null },
    },
  },
  leaks: [
    {
      limit: 'orders-key',
      key: 'KEY',
      excessCells: 20,
      admittedCells: 50,
      boundCells: 30,
      fromMs: 2000,
      toMs: 3000.5,
      naiveExcessCells: 20,
      requests: [
        { sentMs: 2000, answeredMs: 2001.5, actor: 'flooder', requestClass: 'order.place' },
        {
          sentMs: 2000,
          answeredMs: 2001.5,
          actor: 'flooder',
          requestClass: 'order.place',
          identity: 3,
          outcome: 'admitted',
        },
      ],
      requestCount: 50,
      because: '50 cells were admitted in 1 s, where 20 + 10 per 1s x 1 s = 30 are promised.',
    },
  ],
  hardestHit: [
    { actor: 'traders', identity: 4, account: 'A4', ip: '127.0.0.4', answered: 9, falseBlocks: 2, unsureBlocks: 1 },
  ],
  unsure: 0,
  smallestProvableLeak: 1,
  smallestLatencyChange: null,
  controls: null,
  generator: {
    asked: 150,
    sent: 150,
    answered: 150,
    ownDelayMsP99: 1,
    targetWaitMsP99: 0.1,
    worstSecond: { second: -1, ownDelayMsP99: 2, eventLoopLagMsMax: 3, gcMs: 0, stolenCpuShare: 0.01 },
    faults: [],
  },
  notes: [],
  replay: 'floodproof run scenarios/release/order-flood-5x.yaml --seed 42',
  versions: { node: '20.20.0' },
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 8123.4,
};
const suite: SuiteDocument = {
  schema: 'floodproof/suite/1',
  verdict: 'fail',
  exitCode: 4,
  scenarios: [verdict],
  repeats: [
    {
      scenario: 'calm',
      text: 'legit.goodput >= 90',
      metric: 'legit.goodput',
      unit: 'perSecond',
      runs: 2,
      held: 1,
      mean: 90,
      interval: [80, 100],
    },
  ],
  errors: [{ scenario: 'replay', code: 'FP_GATEWAY_FAILED', message: 'the gateway process ended by itself' }],
};

function compiled() {
  return new Ajv({ strict: true, strictTuples: false }).compile(JSON.parse(suiteJsonSchema()));
}

describe('suite schema', () => {
  it('is committed as it is generated', async () => {
    await expect(suiteJsonSchema()).toMatchFileSnapshot('../../../harness/report/schema/suite.schema.json');
  });

  it('accepts a document that has every field of the types', () => {
    const validate = compiled();
    validate(suite);
    expect(validate.errors ?? []).toEqual([]);
    expect(suiteSchema.parse(suite)).toEqual(suite);
  });

  it.each([
    { because: 'a schema of another version is not this one', broken: { ...suite, schema: 'floodproof/suite/2' } },
    { because: 'a field that nobody knows is a mistake', broken: { ...suite, extra: 1 } },
    { because: 'a verdict is one of five words', broken: { ...suite, verdict: 'ok' } },
    { because: 'errors are there even when there is none', broken: { ...suite, errors: undefined } },
    {
      because: 'every scenario has its verdict',
      broken: { ...suite, scenarios: [{ ...verdict, verdict: undefined }] },
    },
    {
      because: 'a leak below one cell proves nothing',
      broken: {
        ...suite,
        scenarios: [{ ...verdict, leaks: verdict.leaks.map((leak) => ({ ...leak, excessCells: 0 })) }],
      },
    },
  ])('refuses a document: $because', ({ broken }) => {
    const validate = compiled();
    expect(validate(JSON.parse(JSON.stringify(broken)))).toBe(false);
    expect(suiteSchema.safeParse(broken).success).toBe(false);
  });
});
