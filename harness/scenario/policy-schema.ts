/** The shape of a policy file. What the parts mean together is checked in `policy.ts`. */
import { z } from 'zod';
import { profileNames } from '../signing/profile-names.js';
import { parseAddressRange } from './address-range.js';
import { countField, durationField, field, nameField, paragraphField } from './field.js';
import { limitSchema } from './limit-schema.js';
import { requestClasses, type Weakness, weaknessTable } from './plan.js';
import { CELLS_MAX } from './rates.js';

const weaknesses = Object.keys(weaknessTable) as [Weakness, ...Weakness[]];

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const KEYS_MAX = 10_000_000;
const LIMITS_MAX = 64;
const PROXIES_MAX = 64;

/** A login comes before any key, so nothing could sign it. */
const signableClasses = requestClasses.filter((name) => name !== 'login');

export const authSchema = z
  .strictObject({
    profile: z
      .enum(profileNames)
      .describe('signing profile: how requests are signed, and how fresh they say that they are')
      .default('hmac-lines'),
    hash: z
      .enum(['sha256', 'sha384', 'sha512'])
      .describe('of hmac-lines alone: hash under the HMAC; sha256 when it is left out')
      .optional(),
    encoding: z
      .enum(['hex', 'base64'])
      .describe('of hmac-lines alone: signatures as hex digits, or base64 with padding; hex when it is left out')
      .optional(),
    signed: z.array(z.enum(signableClasses)).min(1).describe('request classes that must be signed'),
    window: durationField(
      { minUs: 1_000, maxUs: 24 * HOUR_US },
      'age of a signature at most, or how far ahead it may expire; as the profile has it when it is left out (hmac-lines: 5s)',
    ).optional(),
    future: durationField(
      { minUs: 1, maxUs: HOUR_US },
      'a timestamp this far ahead is refused; as the profile has it when it is left out (hmac-lines: 1s)',
    ).optional(),
    replay: z
      .enum(['refuse', 'allow'])
      .describe(
        '"refuse": one acceptance for each signature; "allow": the protocol has no replay check; as the profile has it when it is left out (hmac-lines: refuse)',
      )
      .optional(),
    replayCapacity: countField({ min: 1, max: KEYS_MAX }, 'signatures remembered at most').prefault(100_000),
    replayPerKey: countField(
      { min: 1, max: KEYS_MAX },
      'of these at most for one key; a quarter of them when it is left out',
    ).optional(),
  })
  .describe('how requests are signed; leave it out when nothing is');

const proxiesSchema = z.strictObject({
  trustedHop: countField({ min: 1, max: 16 }, 'trusted proxies; 1 = the last entry').optional(),
  trustedProxies: z
    .array(
      field(parseAddressRange, {
        title: 'range of addresses',
        type: 'string',
        pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$',
        description: 'for example 10.0.0.0/8 or 2001:db8::/32',
      }),
    )
    .min(1)
    .max(PROXIES_MAX)
    .describe('ranges that your own proxies are in: the right-most entry that is in none of them is the caller')
    .optional(),
});

const scryptSchema = z.strictObject({
  N: countField({ min: 2, max: 2 ** 20 }, 'a power of two').prefault(1024),
  r: countField({ min: 1, max: 64 }, 'block size').prefault(8),
  p: countField({ min: 1, max: 64 }, 'parallelism').prefault(1),
});

export const policySchema = z
  .strictObject({
    version: z.literal(1).describe('version of this file format'),
    name: nameField('name of the policy'),
    description: paragraphField(1000, 'what the policy is').optional(),
    auth: authSchema.optional(),
    clientIp: z
      .union([z.enum(['socket', 'forwarded-leftmost']), proxiesSchema])
      .describe(
        '"socket", {trustedHop: 1}, {trustedProxies: [10.0.0.0/8]} or "forwarded-leftmost" (which any caller can forge)',
      )
      .prefault('socket'),
    limits: z.array(limitSchema).max(LIMITS_MAX).describe('what is limited; a request must pass all that match'),
    resolution: durationField({ minUs: 1, maxUs: HOUR_US }, "grain of the target's clock").prefault('1us'),
    nodes: countField({ min: 1, max: 1_000 }, 'nodes that each count on their own').prefault(1),
    slack: countField({ min: 0, max: CELLS_MAX }, 'stated overshoot in cells').prefault(0),
    exclusive: z.boolean().describe('nobody else uses these identities, and their counters are fresh').default(true),
    latestDecision: durationField(
      { minUs: 1, maxUs: HOUR_US },
      'how long after sending a decision can still fall when no answer came',
    ).prefault('10s'),
    password: z
      .strictObject({ scrypt: scryptSchema.prefault({}) })
      .describe('cost of a login')
      .prefault({}),
    weaknesses: z
      .array(z.enum(weaknesses))
      .max(weaknesses.length)
      .describe('defects that whoever enforces this policy is to have, so that a scenario can be tried on them')
      .prefault([]),
  })
  .describe('What a target promises: its limits, its authentication, its penalties.');

export type PolicyFile = z.output<typeof policySchema>;
export type AuthEntry = z.output<typeof authSchema>;
