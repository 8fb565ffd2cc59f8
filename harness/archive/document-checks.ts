/**
 * Whether a saved document can be shown: what reports read of it is there and of its kind. More than what they read is not
 * looked for, so that a folder of an older version, or of a newer one with fields of its own, is still shown.
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.int().nonnegative();
const orNull = number.nullable();
const interval = z.tuple([number, number]).nullable();
const verdictWord = z.enum(['pass', 'fail', 'undecided', 'invalid', 'interrupted']);
const label = z.enum(['legit', 'abuse']);
const percentiles = z.looseObject({ p50: orNull, p99: orNull, p999: orNull });
const controlFigures = z.looseObject({
  sent: number,
  ownDelayMsP99: number,
  latencyMs: z.looseObject({ legit: percentiles, abuse: percentiles }),
  serviceMs: z.looseObject({ legit: percentiles, abuse: percentiles }),
});

const evidenceRequest = z.looseObject({
  intendedMs: number,
  sentMs: orNull,
  answeredMs: orNull,
  actor: text,
  identity: number,
  requestClass: text,
  outcome: text,
  limit: text.nullable(),
});

/** A scenario has 100 actors and 100 phases at most; of very many no page can be drawn. */
const ACTORS_MAX = 1000;
const PHASES_MAX = 1000;

const verdictSchema = z.looseObject({
  schema: z.literal('floodproof/verdict/1'),
  scenario: text,
  claim: text,
  target: text,
  engine: text,
  seed: number,
  decisionHash: text.nullable(),
  verdict: verdictWord,
  expectations: z.array(
    z.looseObject({
      text,
      metric: text,
      wanted: text,
      measured: z.union([number, z.literal('infinite'), z.null()]),
      interval,
      pass: z.boolean().nullable(),
      unit: text,
      evidence: z.array(text),
      requests: z.array(evidenceRequest).optional(),
    }),
  ),
  actors: z
    .record(
      text,
      z.looseObject({
        label,
        sent: count,
        admitted: count,
        throttled: count,
        refused: count,
        banned: count,
        errors: count,
        falseBlockRate: orNull,
        leakCells: number,
        latencyMs: percentiles,
      }),
    )
    .refine((actors) => Object.keys(actors).length <= ACTORS_MAX, `has more than ${ACTORS_MAX} actors`),
  leaks: z.array(
    z.looseObject({
      limit: text,
      key: text,
      excessCells: number,
      admittedCells: number,
      boundCells: number,
      fromMs: number,
      toMs: number,
      naiveExcessCells: number,
      requests: z.array(z.looseObject({ sentMs: number, answeredMs: number, actor: text, requestClass: text })),
      requestCount: count,
      because: text,
    }),
  ),
  hardestHit: z
    .array(
      z.looseObject({
        actor: text,
        identity: number,
        account: text,
        ip: text,
        answered: count,
        falseBlocks: count,
        unsureBlocks: count,
      }),
    )
    .optional(),
  unsure: count,
  smallestProvableLeak: orNull,
  smallestLatencyChange: orNull,
  controls: z.looseObject({ honestAlone: controlFigures.nullable(), stub: controlFigures }).nullable(),
  generator: z.looseObject({
    asked: count,
    sent: count,
    answered: count,
    ownDelayMsP99: number,
    targetWaitMsP99: number,
    worstSecond: z
      .looseObject({
        second: number,
        ownDelayMsP99: number,
        eventLoopLagMsMax: number,
        gcMs: number,
        stolenCpuShare: number,
      })
      .nullable(),
    faults: z.array(text),
  }),
  notes: z.array(text),
  replay: text,
  versions: z.record(text, text),
  startedAt: text,
  durationMs: number,
});

/** Of a document with more bins no chart is drawn, and no memory taken. */
const BINS_MAX = 100_000;
const counts = z.array(count).max(BINS_MAX);
const gaps = z.array(orNull).max(BINS_MAX);
const histogram = z.looseObject({ upToMs: z.array(number), counts: z.array(count) });
const latency = z.looseObject({ p50: gaps, p90: gaps, p99: gaps, max: gaps, histogram });

const seriesSchema = z
  .looseObject({
    schema: z.literal('floodproof/series/1'),
    scenario: text,
    seed: number,
    fromMs: number,
    binMs: number.positive(),
    firstBin: z.literal(0),
    bins: count.max(BINS_MAX),
    phases: z.array(z.looseObject({ name: text, fromMs: number, toMs: number })).max(PHASES_MAX),
    actors: z
      .array(
        z.looseObject({
          name: text,
          label,
          behaviour: text,
          population: count,
          intended: counts,
          sent: counts,
          admitted: counts,
          refusals: z.record(text, counts),
          latency: z.looseObject({ service: latency, dispatch: latency, intended: latency }),
        }),
      )
      .max(ACTORS_MAX),
    limits: z.array(
      z.looseObject({
        actor: count,
        limit: text,
        keys: count,
        admittedCells: z.array(number).max(BINS_MAX),
        boundCells: gaps,
      }),
    ),
    leaks: z.array(
      z.looseObject({
        leak: count,
        atMs: z.array(number),
        admittedCells: z.array(number),
        boundCells: z.array(number),
      }),
    ),
    generator: z.array(
      z.looseObject({
        second: number,
        ownDelayMsP99: number,
        eventLoopLagMsMax: number,
        gcMs: number,
        stolenCpuShare: number,
      }),
    ),
  })
  .superRefine((series, context) => {
    const { bins } = series;
    const check = (length: number, path: (string | number)[]): void => {
      if (length !== bins) context.addIssue({ code: 'custom', path, message: `has ${length} of ${bins} bins` });
    };
    for (const [index, actor] of series.actors.entries()) {
      const at = ['actors', index];
      for (const name of ['intended', 'sent', 'admitted'] as const) check(actor[name].length, [...at, name]);
      for (const [reason, values] of Object.entries(actor.refusals)) check(values.length, [...at, 'refusals', reason]);
      for (const kind of ['service', 'dispatch', 'intended'] as const) {
        const one = actor.latency[kind];
        for (const name of ['p50', 'p90', 'p99', 'max'] as const) {
          check(one[name].length, [...at, 'latency', kind, name]);
        }
        if (one.histogram.upToMs.length !== one.histogram.counts.length) {
          context.addIssue({ code: 'custom', path: [...at, 'latency', kind], message: 'has a cut histogram' });
        }
      }
    }
    for (const [index, limit] of series.limits.entries()) {
      check(limit.admittedCells.length, ['limits', index, 'admittedCells']);
      check(limit.boundCells.length, ['limits', index, 'boundCells']);
      if (limit.actor >= series.actors.length) {
        context.addIssue({ code: 'custom', path: ['limits', index, 'actor'], message: 'is no actor of it' });
      }
    }
    for (const [index, { atMs, admittedCells, boundCells }] of series.leaks.entries()) {
      if (admittedCells.length === atMs.length && boundCells.length === atMs.length) continue;
      context.addIssue({ code: 'custom', path: ['leaks', index], message: 'has arrays of different lengths' });
    }
  });

const generatorFileSchema = z.looseObject({
  seconds: z.array(
    z.looseObject({
      second: number,
      asked: count,
      ownDelayUsP99: number,
      eventLoopLagUsMax: number,
      gcUs: number,
    }),
  ),
  machine: z.array(z.looseObject({ second: number, stolenCpuShare: number })),
});

const latencyFileSchema = z.looseObject({
  schema: z.literal('floodproof/latency/1'),
  histograms: z.array(z.looseObject({ kind: text, histogram: text })),
});

/** What is looked for in each document of a run folder. */
export const documentSchemas = {
  'verdict.json': verdictSchema,
  'series.json': seriesSchema,
  'generator.json': generatorFileSchema,
  'latency.json': latencyFileSchema,
} as const;
export type DocumentName = keyof typeof documentSchemas;

/** The first things that are wrong with a document, with their places, in one sentence; null = it can be shown. */
export function documentFault(name: DocumentName, document: unknown): string | null {
  const wanted = { 'verdict.json': 'floodproof/verdict/1', 'series.json': 'floodproof/series/1' } as const;
  const { schema } = (document ?? {}) as { readonly schema?: unknown };
  if (name in wanted && typeof schema === 'string') {
    const expected = wanted[name as keyof typeof wanted];
    if (schema !== expected) return `it is of the schema ${schema}, and this version reads ${expected}`;
  }
  const { error } = documentSchemas[name].safeParse(document);
  if (error === undefined) return null;
  const shown = error.issues.slice(0, ISSUES_SHOWN_MAX).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.join('.')}: ${message}`;
  });
  const more = error.issues.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const ISSUES_SHOWN_MAX = 3;
