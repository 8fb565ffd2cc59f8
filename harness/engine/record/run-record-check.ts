/**
 * Whether a `plan.json` can be played: what the harness reads of it is there and of its kind. The plan was checked when
 * it was made from its files, so no more is looked for than what a damaged or half edited file lacks.
 */
import { z } from 'zod';

const SEED_MAX = 2 ** 32 - 1;
const WORKERS_MAX = 32;
const DELAY_US_MAX = 10_000_000;

const time = z.int().nonnegative();

const limitSchema = z.looseObject({
  name: z.string(),
  family: z.string(),
  by: z.array(z.string()),
  costs: z.array(z.number()),
  ageCosts: z.array(z.array(z.looseObject({ underUs: time, cells: time }))),
});

const policySchema = z.looseObject({
  name: z.string(),
  file: z.string(),
  auth: z.looseObject({ signed: z.array(z.boolean()) }).nullable(),
  clientIp: z.looseObject({ from: z.string() }),
  limits: z.array(limitSchema),
  exclusive: z.boolean(),
  password: z.looseObject({}),
});

const planSchema = z.looseObject({
  schema: z.literal('floodproof/plan/1'),
  name: z.string().regex(/^[^/\\]+$/, 'must be the name of a scenario'),
  claim: z.string(),
  policy: policySchema,
  warmupUs: time,
  phases: z.array(z.looseObject({ name: z.string(), startUs: time, endUs: time })).min(1),
  actors: z.array(
    z.looseObject({
      name: z.string(),
      label: z.enum(['legit', 'abuse']),
      population: z.int().positive(),
      behaviour: z.string(),
      params: z.looseObject({}),
      arrivals: z.looseObject({ process: z.string() }),
      active: z.array(z.looseObject({ startUs: time, endUs: time })),
    }),
  ),
  expectations: z.array(z.looseObject({ text: z.string(), metric: z.string(), wanted: z.looseObject({}) })),
  generator: z.looseObject({}),
  request: z.looseObject({ timeoutUs: time, connectionsPerIp: z.int().positive(), openMax: z.int().positive() }),
  holdUs: time,
});

const path = z.string().nullable();

const adapterSchema = z.looseObject({
  schema: z.literal('floodproof/adapter/1'),
  file: z.string(),
  sign: z.looseObject({ kind: z.string() }),
  credentials: z.looseObject({ from: z.string() }),
  hooks: z.looseObject({ file: z.string(), deadlineMs: z.int().positive() }).nullable(),
  headers: z.array(z.looseObject({ name: z.string() })),
  values: z.looseObject({}),
  calls: z.looseObject({}),
  outcomes: z.array(z.looseObject({ when: z.looseObject({}), is: z.string() })),
  answeredBy: z.looseObject({ limiter: z.array(z.looseObject({})), others: z.array(z.looseObject({})) }),
  retryAfter: z.array(z.looseObject({})),
});

const recordSchema = z.looseObject({
  schema: z.literal('floodproof/run/1'),
  plan: planSchema,
  seed: z.int().min(0).max(SEED_MAX),
  engine: z.enum(['auto', 'native', 'ts']),
  workers: z.int().min(1).max(WORKERS_MAX),
  target: z.string().min(1),
  gatewayPolicy: policySchema.nullable(),
  arrivalsMax: z.int().positive().nullable(),
  delay: z.looseObject({ us: z.int().positive().max(DELAY_US_MAX), by: z.enum(['relay', 'netem']) }).optional(),
  isPinned: z.boolean().optional(),
  adapter: adapterSchema.optional(),
  tls: z.looseObject({ ca: path, cert: path, key: path }).optional(),
});

/** The first thing that is wrong with what a `plan.json` holds, with its place; null = nothing. */
export function runRecordFault(record: unknown): string | null {
  const { error } = recordSchema.safeParse(record);
  const issue = error?.issues[0];
  if (issue === undefined) return null;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
