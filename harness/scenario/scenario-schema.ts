/** The shape of a scenario file. What the parts mean together is checked in `scenario-check.ts`. */
import { z } from 'zod';
import { behaviourNames, behaviourRow, fileKey, type ParamRow } from './behaviours.js';
import { formatDuration } from './durations.js';
import { countField, durationField, field, nameField, paragraphField, ratioField } from './field.js';
import { formatRatio } from './numbers.js';
import { parseArrivalRate } from './rates.js';
import { parseMapping, parsePath } from './texts.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
export const RUN_US_MAX = 24 * 60 * MINUTE_US;
const POPULATION_MAX = 1_000_000;

function paramSchema(row: ParamRow): z.ZodType {
  const description = row.means;
  switch (row.kind) {
    case 'ratio':
      return ratioField(row, description).prefault(formatRatio(row.preset));
    case 'count':
      return countField(row, description).prefault(row.preset);
    case 'duration':
      return durationField(row, description).prefault(formatDuration(row.preset));
    case 'choice':
      return z.enum(row.choices).describe(description).default(row.preset);
    case 'actor':
      return nameField(description);
  }
}

const rate = field(parseArrivalRate, {
  title: 'rate',
  type: 'string',
  pattern: '^[0-9]+(\\.[0-9]+)? ?(/ ?(us|ms|s|min|h|d)|per [0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d))$',
  description: 'arrivals of the whole actor, for example "60/s"; at most 100000/s',
});

const arrivalsSchema = z
  .discriminatedUnion('process', [
    z.strictObject({ process: z.literal('constant'), rate }),
    z.strictObject({ process: z.literal('ramp'), from: rate, to: rate }),
    z.strictObject({ process: z.literal('poisson'), rate }),
  ])
  .describe('when the actor wants something: fixed by the seed before the run');

const commonOfActors = {
  name: nameField('name of the actor; expectations name it'),
  label: z.enum(['legit', 'abuse']).describe('who it stands for: an honest customer or an attacker'),
  population: countField({ min: 1, max: POPULATION_MAX }, 'identities; 1 when left out').optional(),
  during: z
    .union([nameField('name of a phase'), z.array(nameField('name of a phase')).min(1)])
    .describe('the name of a phase or a list of them; all phases and the warm-up when left out')
    .optional(),
  arrivals: arrivalsSchema,
};

interface ActorWith {
  readonly with: Readonly<Record<string, number | string>>;
}
const actorVariants = behaviourNames.map((name) => {
  const row = behaviourRow(name);
  const params = Object.entries(row.params).map(([key, param]) => [fileKey(key, param), paramSchema(param)] as const);
  return z.strictObject({
    ...commonOfActors,
    behaviour: z.literal(name).describe(row.does),
    with: (z.strictObject(Object.fromEntries(params)) as unknown as z.ZodType<ActorWith['with'], object>)
      .describe('parameters of the behaviour')
      .prefault({}),
  });
});
type ActorVariant = (typeof actorVariants)[number];

export const actorSchema = z.discriminatedUnion('behaviour', actorVariants as [ActorVariant, ...ActorVariant[]]);

export const phaseSchema = z.strictObject({
  name: nameField('name of the phase'),
  for: durationField({ minUs: 1_000, maxUs: RUN_US_MAX }, 'length'),
});

export const scenarioSchema = z
  .strictObject({
    version: z.literal(1).describe('version of this file format'),
    name: nameField('name of the scenario'),
    claim: paragraphField(1000, 'the claim under test, in one or two sentences'),
    maps: z
      .array(field(parseMapping, { title: 'id', type: 'string', description: 'id of a public catalogue' }))
      .max(32)
      .describe('ids in OWASP, ATT&CK or CAPEC')
      .prefault([]),
    policy: field(parsePath, {
      title: 'path',
      type: 'string',
      description: 'path of the policy file, from the folder of this file',
    }),
    warmup: durationField({ minUs: 0, maxUs: RUN_US_MAX }, 'before the first phase; measured by nobody').prefault('2s'),
    phases: z.array(phaseSchema).min(1).max(100).describe('parts of the run, one after the other'),
    actors: z.array(actorSchema).min(1).max(100).describe('who sends'),
    expect: z
      .array(paragraphField(500, 'SUBJECT.METRIC [in PHASE] OPERATOR VALUE [(95%)]'))
      .min(1)
      .max(200)
      .describe('what must hold for a pass'),
    request: z
      .strictObject({
        timeout: durationField({ minUs: 1_000, maxUs: 10 * MINUTE_US }, 'no answer after this is an error').prefault(
          '10s',
        ),
        connectionsPerIp: countField({ min: 1, max: 10_000 }, 'connections of one address').prefault(64),
        openMax: countField({ min: 1, max: 1_000_000 }, 'requests that wait or fly at once').prefault(20_000),
      })
      .describe('how requests are sent')
      .prefault({}),
    generator: z
      .strictObject({
        ownDelayP99: durationField({ minUs: 1_000, maxUs: MINUTE_US }, 'own dispatch delay, p99').prefault('50ms'),
        ownDelayP99WorstSecond: durationField(
          { minUs: 1_000, maxUs: MINUTE_US },
          'own dispatch delay, p99 of any one second',
        ).prefault('250ms'),
        sentShare: ratioField({ min: 0, max: 1 }, 'share of due requests that must be handed over').prefault('99%'),
      })
      .describe('beyond these bounds of the generator itself the run is invalid')
      .prefault({}),
    hold: durationField({ minUs: 1_000, maxUs: RUN_US_MAX }, 'how long "contained" and "recovered" must last').prefault(
      '5s',
    ),
  })
  .describe('Who sends what, when, under which policy, and what must hold.');

export type ScenarioFile = z.output<typeof scenarioSchema>;
export type ActorEntry = z.output<typeof actorSchema>;
