/**
 * The machine-readable result, checked: the schema of the suite document that `floodproof run --json` prints. A field
 * of the types that the schema lacks does not compile (the annotations below); one that the types lack turns its test red.
 */
import { z } from 'zod';
import type { SuiteDocument, VerdictDocument } from '../judge/verdict.js';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const milliseconds = z.number();
const verdict = z
  .enum(['pass', 'fail', 'undecided', 'invalid', 'interrupted'])
  .describe('invalid: the generator fell behind; undecided: an expectation cannot be told from what was seen');

const EVIDENCE_MAX = 20;

const evidenceRequest = z.strictObject({
  intendedMs: milliseconds.describe('since the first phase'),
  sentMs: milliseconds.nullable().describe('null: never written'),
  answeredMs: milliseconds.nullable().describe('null: never answered'),
  actor: z.string(),
  identity: count,
  requestClass: z.string(),
  outcome: z.string(),
  limit: z.string().nullable().describe('the limit that the answer named'),
  role: z
    .enum(['unsure', 'original'])
    .exactOptional()
    .describe(
      'unsure: it cannot be told whether it is what the expectation speaks of; original: the first that was accepted with ' +
        'its signature, whoever sent it; left out: it is what is meant',
    ),
  signature: count.exactOptional().describe('number of its signature, where that is what was repeated'),
});

const hitIdentity = z.strictObject({
  actor: z.string(),
  identity: count,
  account: z.string(),
  ip: z.string(),
  answered: count,
  falseBlocks: count.describe('blocks that the policy did not call for, of this identity'),
  unsureBlocks: count.describe('blocks of which that cannot be told'),
});

const expectationSchema = z.strictObject({
  text: z.string().describe('as the scenario file writes it'),
  metric: z.string().describe('subject.metric, with " in phase" when it has one'),
  wanted: z.string().describe("the right side, in the metric's unit"),
  measured: z
    .union([z.number(), z.literal('infinite'), z.null()])
    .describe('"infinite": it never happened; null: it cannot be told'),
  interval: z.tuple([z.number(), z.number()]).nullable().describe('95 % interval; null: the metric has none'),
  pass: z.boolean().nullable().describe('null: undecided'),
  unit: z.string(),
  evidence: z.array(z.string()).describe('what shows it, a sentence each'),
  requests: z
    .array(evidenceRequest)
    .max(EVIDENCE_MAX)
    .exactOptional()
    .describe('some of the requests behind it, the worst first; left out: a leak, or there are none to show'),
});

const actorSchema = z.strictObject({
  label: z.enum(['legit', 'abuse']),
  sent: count,
  admitted: count,
  throttled: count,
  refused: count,
  banned: count,
  errors: count,
  falseBlockRate: share.nullable().describe('null for abuse'),
  leakCells: z.number().nonnegative(),
  latencyMs: z.strictObject({
    p50: milliseconds.nullable(),
    p99: milliseconds.nullable(),
    p999: milliseconds.nullable(),
  }),
});

const leakSchema = z.strictObject({
  limit: z.string(),
  key: z.string().describe('the address, account or key id; "*" for a global limit'),
  excessCells: z.number().positive().describe('cells certainly admitted above the bound, at least'),
  admittedCells: z.number().nonnegative(),
  boundCells: z.number().nonnegative(),
  fromMs: milliseconds.describe('since the first phase'),
  toMs: milliseconds.describe('since the first phase'),
  naiveExcessCells: z.number().nonnegative().describe('what counting by answer time would have claimed'),
  requests: z
    .array(
      z.strictObject({
        sentMs: milliseconds,
        answeredMs: milliseconds,
        actor: z.string(),
        requestClass: z.string(),
        identity: count.exactOptional(),
        outcome: z.string().exactOptional(),
      }),
    )
    .max(EVIDENCE_MAX)
    .describe('the first requests of the interval'),
  requestCount: count,
  because: z.string(),
});

const generatorSchema = z.strictObject({
  asked: count.describe('requests that were due'),
  sent: count,
  answered: count,
  ownDelayMsP99: milliseconds,
  targetWaitMsP99: milliseconds,
  worstSecond: z
    .strictObject({
      second: z.int().describe('since the first phase'),
      ownDelayMsP99: milliseconds,
      eventLoopLagMsMax: milliseconds,
      gcMs: milliseconds,
      stolenCpuShare: share,
    })
    .nullable(),
  faults: z.array(z.string()).describe('why the run is invalid; empty: it is valid'),
});

const controlPercentiles = z.strictObject({
  p50: milliseconds.nullable(),
  p99: milliseconds.nullable(),
  p999: milliseconds.nullable(),
});
const controlFigures = z.strictObject({
  sent: count,
  ownDelayMsP99: milliseconds,
  latencyMs: z.strictObject({ legit: controlPercentiles, abuse: controlPercentiles }),
  serviceMs: z.strictObject({ legit: controlPercentiles, abuse: controlPercentiles }),
});
const controlsSchema = z.strictObject({
  honestAlone: controlFigures.nullable().describe('the honest actors alone against a fresh target of the same kind'),
  stub: controlFigures.describe("everybody against a server that answers at once: the generator's own floor"),
});

const verdictSchema: z.ZodType<VerdictDocument> = z.strictObject({
  schema: z.literal('floodproof/verdict/1'),
  scenario: z.string(),
  claim: z.string(),
  target: z.string(),
  engine: z.enum(['native', 'ts']),
  seed: z.number(),
  decisionHash: z
    .string()
    .nullable()
    .describe('of all decisions in virtual time; null over HTTP, and of a run that was stopped'),
  verdict,
  expectations: z.array(expectationSchema),
  actors: z.record(z.string(), actorSchema),
  leaks: z.array(leakSchema),
  hardestHit: z
    .array(hitIdentity)
    .max(EVIDENCE_MAX)
    .exactOptional()
    .describe('honest identities that were hit hardest, the worst first; left out by older versions'),
  unsure: count.describe('requests of which it cannot be told whether the target was right'),
  smallestProvableLeak: z
    .number()
    .nullable()
    .describe('cells: the smallest excess that this run would have convicted; null when nothing was limited'),
  smallestLatencyChange: z
    .number()
    .nonnegative()
    .nullable()
    .describe(
      'share: the smallest growth of the honest latency.p99 from the first phase to those with abuse that this run would ' +
        'have told from none four times out of five; null: no such phases, or too few honest identities',
    ),
  controls: controlsSchema.nullable().describe('what was measured beside the run (--controls); null: nothing was'),
  generator: generatorSchema,
  notes: z.array(z.string()),
  replay: z.string().describe('the command that runs this again'),
  versions: z.record(z.string(), z.string()),
  startedAt: z.string(),
  durationMs: milliseconds,
});

export const suiteSchema: z.ZodType<SuiteDocument> = z
  .strictObject({
    schema: z.literal('floodproof/suite/1'),
    verdict,
    exitCode: z
      .int()
      .describe('0 pass, 1 bug, 2 usage, 3 failed, 4 environment, 5 invalid or undecided, 130 interrupted'),
    scenarios: z.array(verdictSchema),
    repeats: z
      .array(
        z.strictObject({
          scenario: z.string(),
          text: z.string(),
          metric: z.string(),
          unit: z.string(),
          runs: z.int().min(2).describe('judged runs that told a number'),
          held: count.describe('of these, in how many it held'),
          mean: z.number(),
          interval: z.tuple([z.number(), z.number()]).describe('95 % interval of the mean, from how runs differ'),
        }),
      )
      .describe('expectations of scenarios that were played more than once, over their runs; changes no verdict'),
    errors: z
      .array(
        z.strictObject({
          scenario: z.string(),
          code: z.string().describe('FP_..., or "interrupted": not played, the suite was stopped before'),
          message: z.string(),
        }),
      )
      .describe('scenarios that have no verdict'),
  })
  .describe('The result of "floodproof run --json".');

/** Text of `schema/suite.schema.json`. */
export function suiteJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(suiteSchema, { target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'Floodproof suite result', ...rest }, null, 2)}\n`;
}
