/** The shape of an actor in a scenario file. What its parts mean together: `actor-check.ts`. */
import { z } from 'zod';
import { arrivalsSchema } from './arrivals-schema.js';
import { behaviourNames, behaviourRow, fileKey, type ParamRow } from './behaviours.js';
import { formatDuration } from './durations.js';
import { countField, durationField, nameField, numberField, pathField, ratioField } from './field.js';
import { formatRatio } from './numbers.js';
import { columnField, traceKeys } from './trace-schema.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
const POPULATION_MAX = 10_000_000;
/** Beyond it nearly all draws are the first few. */
const ZIPF_MAX = 10;

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

const whoSchema = z
  .union([
    z.enum(['uniform', 'in-turn']),
    z.strictObject({
      zipf: numberField(
        { min: 0, max: ZIPF_MAX },
        'identity k with a chance proportional to k^-zipf; 0 to 10',
      ).optional(),
      trace: pathField('path of a recording that tells callers apart').optional(),
      ...traceKeys,
      who: columnField('csv: head of the column that says who; access-log: ip').optional(),
    }),
  ])
  .describe('"uniform", "in-turn", { zipf: 0.99 } or { trace: FILE, who: COLUMN }');

const share = ratioField({ min: 0, max: 1 }, 'share of the identities');
const clockSchema = z
  .strictObject({
    sigma: durationField({ minUs: 0, maxUs: HOUR_US }, 'standard deviation of the offsets, normal').prefault('0s'),
    stray: z
      .strictObject({ share, by: durationField({ minUs: 1, maxUs: DAY_US }, 'ahead or behind, by the seed') })
      .describe('some are off by more')
      .optional(),
    drift: z
      .strictObject({
        share,
        // A tenth of a minute: a clock that is further off is broken, not drifting.
        perMinute: durationField({ minUs: 1, maxUs: 6 * SECOND_US }, 'ahead or behind, by the seed'),
      })
      .describe('the clocks of some run off')
      .optional(),
  })
  .describe('how the clocks of the identities are off');

const retrySchema = z
  .strictObject({
    policy: z
      .enum(['never', 'immediate', 'fixed', 'exponential', 'full-jitter'])
      .describe('how long a client waits: not at all, "base" each time, twice as long each time, or up to that'),
    attempts: countField({ min: 0, max: 100 }, 'attempts of one wish after the first').prefault(3),
    base: durationField({ minUs: 1_000, maxUs: HOUR_US }, 'wait before the first retry').prefault('100ms'),
    cap: durationField({ minUs: 1_000, maxUs: DAY_US }, 'wait at most').prefault('10s'),
    follow: ratioField({ min: 0, max: 1 }, 'share of identities that wait as long as Retry-After says').prefault('90%'),
    budget: ratioField(
      { min: 0, max: 10 },
      'retries at most, as a share of first attempts, and ten on top; none when left out',
    ).optional(),
  })
  .describe('how the clients take a throttle or a failure; as the behaviour has it when left out');

const commonOfActors = {
  name: nameField('name of the actor; expectations name it'),
  label: z.enum(['legit', 'abuse']).describe('who it stands for: an honest customer or an attacker'),
  population: countField({ min: 1, max: POPULATION_MAX }, 'identities; 1 when left out').optional(),
  during: z
    .union([nameField('name of a phase'), z.array(nameField('name of a phase')).min(1)])
    .describe('the name of a phase or a list of them; all phases and the warm-up when left out')
    .optional(),
  arrivals: arrivalsSchema,
  who: whoSchema.prefault('uniform'),
  perAddress: countField({ min: 1, max: POPULATION_MAX }, 'identities that share one address').prefault(1),
  masters: countField({ min: 1, max: POPULATION_MAX }, 'the accounts are sub-accounts of so many masters').optional(),
  clock: clockSchema.optional(),
  retry: retrySchema.optional(),
  connection: z.enum(['keep', 'fresh']).describe('"fresh": each request has a connection of its own').default('keep'),
  symbols: z
    .strictObject({ zipf: numberField({ min: 0, max: ZIPF_MAX }, 'exponent; 0 = all alike') })
    .describe('which symbols are traded')
    .optional(),
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
export type ActorEntry = z.output<typeof actorSchema>;
