/** The shape of arrival processes in a scenario file. What their numbers mean together: `arrivals-check.ts`. */
import { z } from 'zod';
import { accepted, complained, type Parsed } from './faults.js';
import { countField, durationField, field, numberField, pathField, rateField, ratioField } from './field.js';
import { parseRatio } from './numbers.js';
import { parseArrivalRate, parseStepRate } from './rates.js';
import { traceKeys } from './trace-schema.js';

const DAY_US = 86_400_000_000;
const SPAN_US_MAX = 366 * DAY_US;
const HERD_SIZE_MAX = 1_000_000;
const STEPS_MAX = 1_000;
/** Each arrival brings 1 / (1 - branching) in all: a thousand, at this bound. */
const BRANCHING_MAX = 0.999;

const rate = rateField('arrivals of the whole actor');

/** Arrivals that one arrival causes on average, directly. */
function parseBranching(input: unknown): Parsed<number> {
  const ratio = parseRatio(input, { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  if (!ratio.ok) return ratio;
  if (ratio.value >= 0 && ratio.value <= BRANCHING_MAX) return accepted(ratio.value);
  const why = ratio.value >= 1 ? ': each arrival would bring others without end' : '';
  return complained(
    'FP_ARRIVALS_INVALID',
    `must be 0 to ${BRANCHING_MAX}, got ${String(input)}${why}`,
    'order flow has been measured at 0.3 to 0.9',
  );
}

const branching = field(parseBranching, {
  title: 'ratio',
  anyOf: [
    { type: 'number', minimum: 0, maximum: BRANCHING_MAX },
    { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)? ?%$' },
  ],
  description: `arrivals that one arrival brings, directly and on average; 0 to ${BRANCHING_MAX}`,
});

const decay = field(parseArrivalRate, {
  title: 'rate',
  type: 'string',
  pattern: '^[0-9]+(\\.[0-9]+)? ?(/ ?(us|ms|s|min|h|d)|per [0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d))$',
  description: 'how fast the excitement fades: "1.8/s" is by a factor e in 1/1.8 s',
});

function span(description: string, minUs = 1) {
  return durationField({ minUs, maxUs: SPAN_US_MAX }, description);
}

const stepSchema = z.strictObject({
  from: span('when the rate begins, in active time; the first is 0s', 0),
  rate: rateField('arrivals of the whole actor from then on; 0/s = none', parseStepRate),
});

export const arrivalsSchema = z
  .discriminatedUnion('process', [
    z.strictObject({ process: z.literal('constant').describe('evenly spaced'), rate }),
    z.strictObject({ process: z.literal('poisson').describe('independent of each other'), rate }),
    z.strictObject({
      process: z.literal('ramp').describe('a rate that rises or falls evenly'),
      from: rateField('arrivals of the whole actor at its start; 0/s = none yet', parseStepRate),
      to: rateField('arrivals of the whole actor at its end; 0/s = none any more', parseStepRate),
    }),
    z.strictObject({
      process: z.literal('step').describe('constant rates one after the other'),
      steps: z.array(stepSchema).min(1).max(STEPS_MAX).describe('rates in the order of their times'),
    }),
    z.strictObject({
      process: z.literal('on-off').describe('poisson while on, nothing while off; both last exponential times'),
      rate: rateField('arrivals of the whole actor while on'),
      on: span('mean time on'),
      off: span('mean time off'),
    }),
    z.strictObject({
      process: z.literal('mmpp').describe('poisson at one of two rates, by turns for exponential times'),
      calm: rateField('arrivals of the whole actor when calm'),
      burst: rateField('arrivals of the whole actor in a burst'),
      calmFor: span('mean length of a calm'),
      burstFor: span('mean length of a burst'),
    }),
    z.strictObject({
      process: z.literal('hawkes').describe('self-exciting: each arrival brings others for a while'),
      rate: rateField('mean arrivals of the whole actor'),
      branching,
      decay,
    }),
    z.strictObject({
      process: z.literal('diurnal').describe('poisson at a rate that swings about its mean as a cosine'),
      rate: rateField('mean arrivals of the whole actor over a period'),
      peakToTrough: numberField({ min: 1, max: 1_000 }, 'highest rate / lowest rate; 1 to 1000').prefault(2.5),
      period: span('time from peak to peak', 1_000).prefault('1d'),
      peakAt: span('time of the first peak, in active time; below the period', 0).prefault('12h'),
    }),
    z.strictObject({
      process: z.literal('herd').describe('many at once'),
      size: countField({ min: 1, max: HERD_SIZE_MAX }, 'arrivals of one herd'),
      first: span('time of the first herd, in active time', 0).prefault('0s'),
      every: span('time from herd to herd; only one when left out', 1_000).optional(),
      within: span('a herd is spread evenly at random over this time', 0).prefault('0s'),
    }),
    z.strictObject({
      process: z.literal('trace').describe('the times of a recording, from its first on'),
      file: pathField('path of the recording, from the folder of this file'),
      ...traceKeys,
      speed: numberField({ min: 0.000_001, max: 1_000_000 }, 'so many times as fast as recorded').prefault(1),
      keep: ratioField({ min: 0.000_001, max: 1 }, 'share of the recorded times that are kept, by the seed').prefault(
        '100%',
      ),
      loop: z.boolean().describe('starts again when it is used up').default(false),
    }),
  ])
  .describe(
    "when the actor wants something, fixed by the seed before the run; active time: an actor's own, passes only while it acts",
  );

export type ArrivalsEntry = z.output<typeof arrivalsSchema>;
