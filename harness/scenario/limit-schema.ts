/** The shape of a limit in a policy file, one variant for each family. What the parts mean together: `limit-check.ts`. */
import { z } from 'zod';
import { HORIZON_US } from '../core/spec.js';
import { countField, durationField, field, nameField } from './field.js';
import { parseBy } from './limit-by.js';
import { requestClasses } from './plan.js';
import { CELLS_MAX, parseCellRate } from './rates.js';

const KEYS_MAX = 10_000_000;
const AGES_MAX = 16;
const STEPS_MAX = 16;

/** A mapping from request class to something, none of them required. */
function byClass<T extends z.ZodType>(value: T) {
  return z.strictObject(Object.fromEntries(requestClasses.map((name) => [name, value.optional()])));
}

const cost = countField({ min: 1, max: CELLS_MAX }, 'cells that a request costs');
const capacity = countField({ min: 1, max: CELLS_MAX }, 'cells at most');
const window = durationField({ minUs: 1, maxUs: HORIZON_US }, 'length of the window');
const anchor = z
  .enum(['calendar', 'first-hit'])
  .describe('"calendar": windows begin at multiples of their length since 1970; "first-hit": with a request')
  .default('calendar');

function rate(means: string) {
  return field(parseCellRate, {
    title: 'rate',
    type: 'string',
    pattern: '^[0-9]+ ?(/ ?(us|ms|s|min|h|d)|per [0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d))$',
    description: `${means}, for example "5 per 1s" or "60/s"`,
  });
}
const refill = rate('whole cells that come back in a period');

function credits(means: string) {
  return byClass(countField({ min: 1, max: CELLS_MAX }, 'cells for each element')).describe(means);
}

const banStep = durationField({ minUs: 1, maxUs: HORIZON_US }, 'length of the ban');
const ban = z
  .strictObject({
    after: countField({ min: 1, max: CELLS_MAX }, 'throttles without an admission in between'),
    for: z
      .union([banStep, z.array(banStep).min(1).max(STEPS_MAX)])
      .describe('a duration, or a list of them: the first ban, the next, and so on, the last one again and again'),
    forget: durationField(
      { minUs: 1, maxUs: HORIZON_US },
      'a key that was not banned for so long starts at the first step again; the longest step when it is left out',
    ).optional(),
  })
  .describe('what happens to a key that does not listen');

const common = {
  name: nameField('name of the limit, told in answers and reports'),
  match: z
    .union([z.literal('*'), z.array(z.enum(requestClasses)).min(1)])
    .describe('"*" (every class that carries what it counts by) or a list of request classes'),
  by: field(parseBy, {
    title: 'word or list',
    anyOf: [
      { enum: ['ip', 'master', 'account', 'key', 'class', 'global'] },
      {
        type: 'array',
        items: { enum: ['ip', 'master', 'account', 'key', 'class'] },
        minItems: 1,
        maxItems: 5,
        uniqueItems: true,
      },
      { type: 'array', items: { const: 'global' }, minItems: 1, maxItems: 1 },
    ],
    description:
      'what the limit counts by: `ip`, `account`, `key`, `class`, `master` (the account up to its first slash, so that sub-accounts share), `global`, or a list such as `[account, class]` with a counter for each combination',
  }),
  prefix: z
    .strictObject({
      v4: countField({ min: 1, max: 32 }, 'leading bits of an IPv4 address that count as one').prefault(32),
      v6: countField({ min: 1, max: 128 }, 'leading bits of an IPv6 address that count as one').prefault(64),
    })
    .describe('only by `ip`: addresses that share these bits share a counter; {v4: 32, v6: 64} when it is left out')
    .optional(),
  cost: z
    .union([cost, byClass(cost)])
    .describe('cells for each element of a request, or a mapping from class to cells (others cost 1)')
    .prefault(1),
  ban: ban.optional(),
  kill: z.boolean().describe('who is throttled or banned by this limit loses the connection too').default(false),
  shadow: z
    .boolean()
    .describe('judges and counts, but refuses nobody: an answer tells in x-shadow what it would have said')
    .default(false),
  maxKeys: countField({ min: 1, max: KEYS_MAX }, 'keys with a counter of their own').prefault(100_000),
};

const ages = z
  .array(
    z.strictObject({
      under: durationField({ minUs: 1, maxUs: HORIZON_US }, 'age of the order below which the cells are added'),
      cells: countField({ min: 0, max: CELLS_MAX }, 'cells on top of the cost, once for a request'),
    }),
  )
  .min(1)
  .max(AGES_MAX);

/** Whatever holds its cells only while it is in flight has no use for ages. */
const aged = {
  ...common,
  age: byClass(ages)
    .describe('from class to a list of {under, cells}: what is about a young order costs more, the first that fits')
    .optional(),
};

export const limitSchema = z.discriminatedUnion('family', [
  z
    .strictObject({ ...aged, family: z.literal('token-bucket'), capacity, refill })
    .describe('a bucket of cells or credits: 100 calls at 20/s are also 500 of 50000 credits each at 10000/s'),
  z
    .strictObject({
      ...aged,
      family: z.literal('decaying-counter'),
      capacity,
      decay: rate('whole cells by which the counter falls in a period'),
    })
    .describe('a counter that falls steadily and must not rise above its capacity'),
  z
    .strictObject({
      ...aged,
      family: z.literal('leaky-queue'),
      capacity,
      queue: countField({ min: 1, max: CELLS_MAX }, 'further cells that are admitted, and wait for their turn'),
      refill,
    })
    .describe('capacity is served at once, the queue at the refill rate, the rest is throttled'),
  z
    .strictObject({
      ...aged,
      family: z.literal('fixed-window'),
      capacity,
      window,
      anchor,
      counts: z
        .enum(['admitted', 'all'])
        .describe('"all": a request that this or another limit throttles counts too')
        .default('admitted'),
    })
    .describe('so many cells in each window'),
  z
    .strictObject({
      ...aged,
      family: z.literal('fill-counter'),
      capacity,
      window,
      anchor,
      fills: credits('cells that come back when an order is filled, never more than were used in the window'),
    })
    .describe('a window of orders in which filled ones do not count'),
  z
    .strictObject({
      ...aged,
      family: z.literal('ratio-monitor'),
      capacity,
      window,
      anchor,
      earns: credits('cells that a fill earns on top of the capacity, until the window ends'),
    })
    .describe('a window of orders, and so many more for each fill in it'),
  z
    .strictObject({ ...aged, family: z.literal('sliding-log'), capacity, window })
    .describe('so many cells in any window; the embedded gateway keeps up to 10000 for each key'),
  z
    .strictObject({ ...aged, family: z.literal('sliding-counter'), capacity, window })
    .describe('the usual approximation of a log by two windows, the last one weighted'),
  z
    .strictObject({
      ...aged,
      family: z.literal('earned-budget'),
      capacity,
      trickle: durationField(
        { minUs: 1, maxUs: HORIZON_US },
        'one request passes in each such time when the budget is used up; none when it is left out',
      ).optional(),
      earns: credits('cells that a fill earns for good'),
    })
    .describe('a budget for life, and what is earned'),
  z
    .strictObject({ ...common, family: z.literal('concurrency'), capacity })
    .describe('so many cells between admission and answer'),
]);

export type LimitEntry = z.output<typeof limitSchema>;
