/** The shape of what surrounds the target in virtual time. What the parts mean together: `virtual-check.ts`. */
import { z } from 'zod';
import { countField, durationField, field, rateField, ratioField } from './field.js';
import { parsePpm } from './numbers.js';

const MINUTE_US = 60_000_000;
const DAY_US = 86_400_000_000;
const RUN_US_MAX = 366 * DAY_US;
const EVENTS_MAX = 1_000;

const at = durationField({ minUs: 0, maxUs: RUN_US_MAX }, 'when, from the start of the first phase');
function wait(description: string) {
  return durationField({ minUs: 0, maxUs: MINUTE_US }, description);
}

const spanSchema = z.strictObject({ at, for: durationField({ minUs: 1, maxUs: RUN_US_MAX }, 'how long') });

export const virtualSchema = z
  .strictObject({
    delay: wait('of each request and of each answer, always').prefault('500us'),
    jitter: wait('mean of an exponential time on top of it').prefault('0s'),
    loss: ratioField({ min: 0, max: 1 }, 'share of requests and of answers that are lost').prefault('0%'),
    reorder: z
      .strictObject({
        share: ratioField({ min: 0, max: 1 }, 'share of requests that are held back'),
        by: durationField({ minUs: 1, maxUs: MINUTE_US }, 'mean of the exponential time'),
      })
      .describe('some requests are overtaken by later ones')
      .optional(),
    server: z
      .strictObject({
        rate: rateField('requests that are served, one after the other'),
        queue: countField({ min: 0, max: 100_000_000 }, 'requests that wait; more are answered 503').prefault(10_000),
      })
      .describe('a server that takes time; all is served at once when left out')
      .optional(),
    clock: z
      .strictObject({
        drift: field(parsePpm, {
          title: 'parts per million',
          type: 'string',
          pattern: '^-?[0-9]+(\\.[0-9]+)? ?ppm$',
          description: 'how far it runs off, for example "50ppm"',
        }).prefault('0ppm'),
        steps: z
          .array(
            z.strictObject({
              at,
              by: durationField({ minUs: -DAY_US, maxUs: DAY_US }, 'how far it jumps, ahead or (with a minus) back'),
            }),
          )
          .max(EVENTS_MAX)
          .describe('jumps')
          .prefault([]),
        freezes: z.array(spanSchema).max(EVENTS_MAX).describe('it stands still, and catches up after').prefault([]),
      })
      .describe("the server's clock against the true one")
      .prefault({}),
    outages: z.array(spanSchema).max(EVENTS_MAX).describe('everything is answered 503').prefault([]),
    restarts: z.array(at).max(EVENTS_MAX).describe('what the server holds on no disk is gone').prefault([]),
  })
  .describe('what surrounds the target in virtual time; over HTTP none of it applies');

export type VirtualEntry = z.output<typeof virtualSchema>;
