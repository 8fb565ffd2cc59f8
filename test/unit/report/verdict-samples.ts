/** Verdict documents by hand, to be changed where a test looks. */
import type {
  ActorResult,
  ExpectationResult,
  GeneratorResult,
  Leak,
  SuiteError,
  VerdictDocument,
} from '../../../harness/judge/verdict.js';

export function anExpectation(changes: Partial<ExpectationResult> = {}): ExpectationResult {
  return {
    text: 'legit.falseBlockRate <= 0.1%',
    metric: 'legit.falseBlockRate',
    wanted: '0.1 %',
    measured: 0,
    interval: [0, 0.0008],
    pass: true,
    unit: 'ratio',
    evidence: [],
    ...changes,
  };
}

export function anActor(changes: Partial<ActorResult> = {}): ActorResult {
  return {
    label: 'legit',
    sent: 12_345,
    admitted: 12_340,
    throttled: 5,
    refused: 0,
    banned: 0,
    errors: 0,
    falseBlockRate: 0.0004,
    leakCells: 0,
    latencyMs: { p50: 1.234, p99: 8.5, p999: 20 },
    ...changes,
  };
}

export function aLeak(changes: Partial<Leak> = {}): Leak {
  return {
    limit: 'orders-key',
    key: 'k-7f3a',
    excessCells: 12,
    admittedCells: 42,
    boundCells: 30,
    fromMs: 2_000,
    toMs: 3_000,
    naiveExcessCells: 15,
    requests: Array.from({ length: 20 }, (_, index) => ({
      sentMs: 2_000 + index,
      answeredMs: 2_001 + index,
      actor: 'flooder',
      requestClass: 'order.place',
    })),
    requestCount: 42,
    because: 'capacity 20 + 10 per 1 s x 1 s = 30 cells',
    ...changes,
  };
}

export function aGenerator(changes: Partial<GeneratorResult> = {}): GeneratorResult {
  return {
    asked: 20_000,
    sent: 20_000,
    answered: 19_998,
    ownDelayMsP99: 1.2,
    targetWaitMsP99: 0.3,
    worstSecond: { second: 3, ownDelayMsP99: 4.5, eventLoopLagMsMax: 12, gcMs: 3, stolenCpuShare: 0.01 },
    faults: [],
    ...changes,
  };
}

export function aVerdict(changes: Partial<VerdictDocument> = {}): VerdictDocument {
  return {
    schema: 'floodproof/verdict/1',
    scenario: 'order-flood-5x',
    claim: 'One key that sends five times its limit gets its limit and no more, and nobody else notices.',
    target: 'gateway',
    engine: 'native',
    seed: 42,
    decisionHash: null,
    verdict: 'pass',
    expectations: [anExpectation()],
    actors: {
      customers: anActor(),
      flooder: anActor({ label: 'abuse', throttled: 7_655, admitted: 4_690, falseBlockRate: null }),
    },
    leaks: [],
    unsure: 0,
    smallestProvableLeak: 3,
    smallestLatencyChange: null,
    controls: null,
    generator: aGenerator(),
    notes: [],
    replay: 'floodproof run scenarios/release/order-flood-5x.yaml --seed 42',
    versions: { floodproof: '0.1.0', node: '20.20.0' },
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 8_250,
    ...changes,
  };
}

export function aSuiteError(changes: Partial<SuiteError> = {}): SuiteError {
  return {
    scenario: 'replay',
    code: 'FP_GATEWAY_FAILED',
    message: 'the gateway process ended by itself (SIGKILL)',
    ...changes,
  };
}

export function aFailure(changes: Partial<VerdictDocument> = {}): VerdictDocument {
  return aVerdict({
    verdict: 'fail',
    expectations: [
      anExpectation(),
      anExpectation({
        text: 'abuse.leak <= 0',
        metric: 'abuse.leak',
        wanted: '0 cells',
        measured: 12,
        interval: null,
        pass: false,
        unit: 'cells',
        evidence: [
          'limit orders-key let key k-7f3a take 42 cells between 2 s and 3 s, where its policy allows 30: ' +
            'no order of decisions within sending and answer explains the other 12',
        ],
      }),
      anExpectation({
        text: 'legit.latency.p99 in attack <= max(2x calm, 50ms)',
        metric: 'legit.latency.p99 in attack',
        wanted: 'max(2 x 24 ms, 50 ms) = 50 ms',
        measured: null,
        interval: null,
        pass: null,
        unit: 'us',
        evidence: ['no honest request was admitted in the phase attack'],
      }),
    ],
    leaks: [aLeak()],
    ...changes,
  });
}
