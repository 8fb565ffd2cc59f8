/** The shape of a scenario file. What the parts mean together is checked in `scenario-check.ts`. */
import { z } from 'zod';
import { actorSchema } from './actor-schema.js';
import { countField, durationField, field, nameField, paragraphField, pathField, ratioField } from './field.js';
import { mappingField } from './mappings.js';
import { type Part, partTable } from './plan.js';
import { parseArrivalRate } from './rates.js';
import { virtualSchema } from './virtual-schema.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
/** Of a run in virtual time. */
export const RUN_US_MAX = 366 * 24 * 60 * MINUTE_US;
/** Of a run over HTTP. */
export const HTTP_RUN_US_MAX = 24 * 60 * MINUTE_US;
const parts = Object.keys(partTable) as [Part, ...Part[]];

/** The `subject.metric` of an expectation, as `weak.fails` names it. */
const failing = paragraphField(200, 'SUBJECT.METRIC of an expectation of this file');

export const phaseSchema = z.strictObject({
  name: nameField('name of the phase'),
  for: durationField({ minUs: 1_000, maxUs: RUN_US_MAX }, 'length'),
});

export const scenarioSchema = z
  .strictObject({
    version: z.literal(1).describe('version of this file format'),
    name: nameField('name of the scenario'),
    claim: paragraphField(1000, 'the claim under test, in one or two sentences'),
    maps: z.array(mappingField()).max(32).describe('ids in OWASP, ATT&CK or CAPEC').prefault([]),
    tags: z.array(nameField('a tag')).max(32).describe('words by which scenarios are chosen').prefault([]),
    needs: z
      .array(z.enum(parts))
      .max(parts.length)
      .describe('parts that not every target has; where one is missing, the scenario is left out')
      .prefault([]),
    policy: pathField('path of the policy file, from the folder of this file'),
    weak: z
      .strictObject({
        policy: pathField('path of a policy with a known defect, from the folder of this file'),
        fails: z.array(failing).min(1).max(200).describe('the expectations that it must fail'),
      })
      .describe('the weak defence that this scenario must expose, enforced by "run --weak"')
      .optional(),
    capacity: field(parseArrivalRate, {
      title: 'rate',
      type: 'string',
      pattern: '^[0-9]+(\\.[0-9]+)? ?(/ ?(us|ms|s|min|h|d)|per [0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d))$',
      description: 'requests that the target is taken to serve; rates may be "60% of capacity" then',
    }).optional(),
    virtual: virtualSchema.prefault({}),
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
