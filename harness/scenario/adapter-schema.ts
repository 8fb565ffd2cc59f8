/** The shape of an adapter file. What its parts mean together is checked in `adapter-check.ts`. */
import { z } from 'zod';
import { profileNames } from '../signing/profile-names.js';
import { adapterFields, outcomeWords, waitUnits } from './adapter.js';
import {
  parseEnvironmentName,
  parseHeaderName,
  parseJsonTemplate,
  parsePointer,
  parseStatuses,
  parseTemplate,
} from './adapter-template.js';
import { durationField, field, nameField, paragraphField, pathField } from './field.js';
import { requestClasses } from './plan-policy.js';

const RULES_MAX = 200;
const HOLDERS_MAX = 10_000;
const MINUTE_US = 60_000_000;

function templateField(description: string) {
  return field(parseTemplate, { title: 'template', type: ['string', 'number', 'boolean'], description });
}

/** Any of these keys, each with a value of the same shape. */
function someOf<Key extends string, Schema extends z.ZodType>(
  keys: readonly Key[],
  schema: Schema,
): Record<Key, z.ZodOptional<Schema>> {
  return Object.fromEntries(keys.map((key) => [key, schema.optional()])) as Record<Key, z.ZodOptional<Schema>>;
}

function pointerField(description: string) {
  return field(parsePointer, { title: 'JSON pointer', type: 'string', pattern: '^(/.*)?$', description });
}

function environmentField(description: string) {
  const pattern = '^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$';
  return field(parseEnvironmentName, {
    title: 'name of an environment variable',
    type: 'string',
    pattern,
    description,
  });
}

const jsonField = (description: string) => field((input) => parseJsonTemplate(input), { title: 'JSON', description });
const templates = z.record(z.string(), templateField('with places such as {symbol}'));
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const matchSchema = z
  .union([
    scalar,
    z.array(scalar).min(1).max(100),
    z.strictObject({ there: z.boolean() }),
    z.strictObject({ begins: z.string().min(1) }),
    z.strictObject({ holds: z.string().min(1) }),
  ])
  .describe('a value, a list of values, { there: true }, { begins: TEXT } or { holds: TEXT }');

export const conditionSchema = z
  .strictObject({
    class: z.union([z.enum(requestClasses), z.array(z.enum(requestClasses)).min(1)]).optional(),
    signed: z.boolean().optional(),
    status: field(parseStatuses, {
      title: 'status',
      description: '429, "4xx", "200-299", or a list of such',
    }).optional(),
    header: z.record(z.string(), matchSchema).describe('by name').optional(),
    body: z.record(z.string(), matchSchema).describe('members of the JSON body by their pointer').optional(),
    text: matchSchema.describe('the whole body').optional(),
  })
  .describe('all of its parts must hold');

const waitSchema = z.strictObject({
  header: field(parseHeaderName, { title: 'header', type: 'string', description: 'header that holds it' }).optional(),
  body: pointerField('member of the body that holds it').optional(),
  unit: z.enum(waitUnits).describe('epoch-s and epoch-ms: the moment itself, since 1970').default('s'),
});

const limitSchema = z
  .union([
    z.string().min(1),
    z.strictObject({
      header: field(parseHeaderName, {
        title: 'header',
        type: 'string',
        description: 'header that names it',
      }).optional(),
      body: pointerField('member of the body that names it').optional(),
      names: z.record(z.string(), z.string()).describe("the API's words to names of the policy").prefault({}),
    }),
  ])
  .describe('a name of the policy, or where the answer names it');

const ruleSchema = z.strictObject({
  when: conditionSchema,
  is: z.enum(outcomeWords).describe('what came of the request'),
  limit: limitSchema.optional(),
  retryAfter: waitSchema.optional(),
});

const callForm = {
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('method'),
  path: templateField('path, with places such as {orderId}; without query'),
  query: templates.describe('parameters of the query').prefault({}),
  headers: templates.describe('headers of this call alone').prefault({}),
  form: templates.describe('body as application/x-www-form-urlencoded').optional(),
  json: jsonField('body as JSON, with places such as "{quantity}" or "{quantity:number}"').optional(),
};

const batchSchema = z.strictObject({
  ...callForm,
  each: jsonField('one order of the list that {orders} stands for'),
  answer: z.strictObject({
    list: pointerField('where the list of answers stands').prefault(''),
    orderId: pointerField('in each of them, the id of the order'),
  }),
});

const callSchema = z.strictObject({
  ...callForm,
  answer: z
    .strictObject({
      orderId: pointerField('where an answer holds the id of the order').optional(),
      token: pointerField('where an answer to a login holds the token').optional(),
    })
    .prefault({}),
  batch: batchSchema.optional(),
});

const valueSchema = z.strictObject({
  map: z.record(z.string(), z.string()).describe('from our word to theirs').prefault({}),
  remove: z.string().max(8).describe('characters to take out').default(''),
  case: z.enum(['upper', 'lower']).describe('how it is written').optional(),
});

const holderSchema = z.strictObject({
  keyId: environmentField('the id of the key').optional(),
  secret: environmentField('its secret, as the API hands it out').optional(),
  passphrase: environmentField('passphrase of the key').optional(),
  privateKey: environmentField('private key, PEM').optional(),
  account: environmentField('name to log in with').optional(),
  password: environmentField('password to log in with').optional(),
  token: environmentField('token of a session').optional(),
});

const signSchema = z
  .union([
    z.literal('none'),
    z.strictObject({
      profile: z.enum(profileNames).optional(),
      module: pathField('module that signs: JavaScript').optional(),
    }),
  ])
  .describe('"none", { profile: NAME } or { module: FILE }; left out = as the policy says');

export const adapterSchema = z
  .strictObject({
    version: z.literal(1).describe('version of this file format'),
    name: nameField('name of the adapter'),
    description: paragraphField(1000, 'which API this is').optional(),
    http2: z.boolean().describe('speak HTTP/2 over TLS where the target offers it').default(false),
    sign: signSchema.optional(),
    credentials: z
      .union([
        z.enum(['seed', 'hooks']),
        z.strictObject({ environment: z.array(holderSchema).min(1).max(HOLDERS_MAX) }),
      ])
      .describe('"seed", "hooks" or { environment: [{ keyId: NAME, secret: NAME }] }')
      .default('seed'),
    hooks: z
      .strictObject({
        module: pathField('module with provision, reset, tearDown: JavaScript'),
        deadline: durationField({ minUs: 100_000, maxUs: 10 * MINUTE_US }, 'for each of them').prefault('30s'),
      })
      .optional(),
    headers: templates.describe('headers of every call').prefault({}),
    values: z.strictObject(someOf(adapterFields, valueSchema)).describe('how fields are written').prefault({}),
    calls: z.strictObject(someOf(requestClasses, callSchema)).describe('how each class of request is made'),
    outcomes: z.array(ruleSchema).max(RULES_MAX).describe('how answers are read; the first that fits').prefault([]),
    answeredBy: z
      .strictObject({
        limiter: z.array(conditionSchema).max(RULES_MAX).describe("marks of the limiter's refusals").prefault([]),
        others: z
          .array(z.strictObject({ name: nameField('who'), when: conditionSchema }))
          .max(RULES_MAX)
          .describe('who may answer in its place')
          .prefault([]),
      })
      .prefault({}),
    retryAfter: z.array(waitSchema).max(20).describe('where a wait may stand').optional(),
  })
  .describe('How the requests of scenarios become calls of an API, and how its answers are read.');

export type AdapterFile = z.output<typeof adapterSchema>;
export type ConditionEntry = z.output<typeof conditionSchema>;
export type MatchEntry = z.output<typeof matchSchema>;
export type WaitEntry = z.output<typeof waitSchema>;
export type CallEntry = z.output<typeof callSchema>;
export type BatchEntry = z.output<typeof batchSchema>;
