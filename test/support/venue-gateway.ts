/** A gateway in a venue's clothes, with two accounts, under the policy that it has by itself or one made of it. */
import type { RegisteredAccount } from '../../harness/actors/world.js';
import { fileReader } from '../../harness/cli/file-reader.js';
import type { FaceName } from '../../harness/gateway/faces/face.js';
import { faceOf } from '../../harness/gateway/faces/faces.js';
import { type Gateway, startGateway } from '../../harness/gateway/gateway.js';
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { loadPolicy } from '../../harness/scenario/policy.js';
import { credentialFrom, secretText } from '../../harness/signing/keys/credential.js';
import { profileOf } from '../../harness/signing/profiles.js';
import type { CcxtKeys } from './ccxt-venue.js';

export const ann: RegisteredAccount = {
  account: 'ann',
  password: 'correct horse',
  keyId: 'key-of-ann',
  secret: 'secret-of-ann',
};
export const bob: RegisteredAccount = {
  account: 'bob',
  password: 'battery staple',
  keyId: 'key-of-bob',
  secret: 'secret-of-bob',
};

export function venuePolicy(venue: FaceName): Policy {
  return loadPolicy(fileReader, `scenarios/policies/${faceOf(venue).policy}`);
}

export function startVenue(venue: FaceName, policy: Policy = venuePolicy(venue)): Promise<Gateway> {
  return startGateway({ policy, engine: 'ts', host: '127.0.0.1', port: 0, registered: [ann, bob], face: venue });
}

/**
 * Nothing comes back while a test runs: buckets fill ten thousand times as slowly, windows are as much longer, and those of the
 * calendar, which may end at any moment of a test, last until 2070.
 */
export function withoutRefill(policy: Policy): Policy {
  return { ...policy, limits: policy.limits.map(slowed) };
}

const SLOWER = 10_000;
/** From 1970, where windows of the calendar begin. */
const HUNDRED_YEARS_US = 100 * 365 * 86_400_000_000;

function slowed(limit: PolicyLimit): PolicyLimit {
  if ('anchor' in limit && limit.anchor === 'calendar') return { ...limit, windowUs: HUNDRED_YEARS_US };
  if ('windowUs' in limit) return { ...limit, windowUs: limit.windowUs * SLOWER };
  if ('refillPeriodUs' in limit) return { ...limit, refillPeriodUs: limit.refillPeriodUs * SLOWER };
  return limit;
}

/** Only the limits of these names, with other numbers where `change` has some. */
export function onlyLimits(policy: Policy, names: readonly string[], change: Partial<PolicyLimit> = {}): Policy {
  const kept = policy.limits.filter(({ name }) => names.includes(name));
  if (kept.length !== names.length) throw new Error(`not all of these are limits: ${names.join(', ')}`);
  return { ...policy, limits: kept.map((limit) => ({ ...limit, ...change }) as PolicyLimit) };
}

/** Keys as clients of the venue are given them. */
export function keysOf(venue: FaceName, { keyId, secret }: RegisteredAccount = ann): CcxtKeys {
  const profile = profileOf(faceOf(venue).profile);
  const credential = credentialFrom(profile, { keyId, secret });
  const { passphrase } = credential;
  const keys = { apiKey: keyId, secret: secretText(profile, credential) };
  return passphrase === '' ? keys : { ...keys, password: passphrase };
}
