/** A gateway in a venue's clothes, with its own policy, and what a client of the venue needs to call it. */
import { readFileSync } from 'node:fs';
import { afterEach, expect } from 'vitest';
import type { RegisteredAccount } from '../../harness/actors/world.js';
import type { FaceName } from '../../harness/gateway/faces/face.js';
import { faceOf } from '../../harness/gateway/faces/faces.js';
import { type Gateway, startGateway } from '../../harness/gateway/gateway.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { readPolicy } from '../../harness/scenario/policy.js';
import { credentialFrom, secretText } from '../../harness/signing/keys/credential.js';
import { profileOf } from '../../harness/signing/profiles.js';
import { type CcxtExchange, type CcxtKeys, ccxtAt, ccxtError } from '../support/ccxt-venue.js';
import { ann, bob } from './gateway-support.js';

/** Replaces every occurrence of a text in a policy file; it must be there. */
export type PolicyChange = readonly [from: string, to: string];

/** The policy that the venue's face has, with other numbers where a test needs smaller ones. */
export function venuePolicy(venue: FaceName, changes: readonly PolicyChange[] = []): Policy {
  const file = new URL(`../../scenarios/policies/${faceOf(venue).policy}`, import.meta.url);
  const text = changes.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`${venue}'s policy does not say ${from}`);
      return before.replaceAll(from, to);
    },
    readFileSync(file, 'utf8'),
  );
  const { policy, faults } = readPolicy(`${venue}.yaml`, text);
  if (policy === null) throw new Error(JSON.stringify(faults));
  return policy;
}

function startVenue(venue: FaceName, changes: readonly PolicyChange[] = [], bugs: Error[] = []): Promise<Gateway> {
  const onBug = (error: Error): number => bugs.push(error);
  const registered = [ann, bob];
  const policy = venuePolicy(venue, changes);
  return startGateway({ policy, engine: 'ts', host: '127.0.0.1', port: 0, registered, face: venue, onBug });
}

/** Gateways of one test file: all are closed after the test that has started them, and none may have met a bug. */
export interface VenueStage {
  /** Of the test that runs. */
  readonly gateways: Gateway[];
  readonly bugs: Error[];
  start(venue: FaceName, changes?: readonly PolicyChange[]): Promise<Gateway>;
}

/** To be made where the file begins: what is registered to be done after each test later is done earlier. */
export function venueStage(): VenueStage {
  const gateways: Gateway[] = [];
  const bugs: Error[] = [];
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.close();
    expect(bugs.splice(0)).toEqual([]);
  });
  return {
    gateways,
    bugs,
    start: async (venue, changes = []) => {
      const gateway = await startVenue(venue, changes, bugs);
      gateways.push(gateway);
      return gateway;
    },
  };
}

/** As the venue would hand them out. */
export function keysOf(
  venue: FaceName,
  { keyId, secret }: Pick<RegisteredAccount, 'keyId' | 'secret'> = ann,
): CcxtKeys {
  const profile = profileOf(faceOf(venue).profile);
  const credential = credentialFrom(profile, { keyId, secret });
  return { apiKey: keyId, secret: secretText(profile, credential), password: credential.passphrase };
}

/** ccxt with Ann's keys; options of its own on top. */
export function trader(
  gateway: Gateway,
  venue: FaceName,
  { keys = keysOf(venue), options = {} }: { keys?: CcxtKeys; options?: Readonly<Record<string, unknown>> } = {},
): Promise<CcxtExchange> {
  return ccxtAt(gateway, venue, keys, { options });
}

/** ccxt's error classes by name. */
export async function ccxtErrors<Name extends string>(
  names: readonly Name[],
): Promise<Readonly<Record<Name, new (message?: string) => Error>>> {
  const classes = await Promise.all(names.map(async (name) => [name, await ccxtError(name)] as const));
  return Object.fromEntries(classes) as Record<Name, new (message?: string) => Error>;
}
