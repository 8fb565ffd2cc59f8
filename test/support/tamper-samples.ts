/** Signed requests of any profile to spoil, keys to sign them with, and a defence to show them to. */
import { generateKeyPairSync } from 'node:crypto';
import { createGate } from '../../harness/core/index.js';
import { Decision, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { requestClasses } from '../../harness/scenario/plan.js';
import { credentialFrom } from '../../harness/signing/keys/credential.js';
import type { Received, SigningProfile, Stamp, Unsigned } from '../../harness/signing/profile.js';
import { isMalformed } from '../../harness/signing/profile.js';
import type { ProfileName } from '../../harness/signing/profile-names.js';
import { profileOf } from '../../harness/signing/profiles.js';
import type { SignedWire } from '../../harness/signing/signed-wire.js';
import type { TriedOn } from '../../harness/signing/tampers/tamper-kinds.js';
import { macUnder, made, type TamperSetting } from '../../harness/signing/tampers/tamper-setting.js';
import type { Verified, VerifyRules } from '../../harness/signing/verify.js';
import { Defence } from '../../harness/venue/defence.js';
import { aPolicy } from './plan-builder.js';

export const NOW_US = 1_790_000_000_123_000;
export const HOST = 'api.example.com:8443';
const OWN_KEY = 'key-1';
export const OTHER_KEY = 'key-2';

const body = '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"64999.50","quantity":"0.25","note":"Zoë"}';
const json = 'application/json';

export const samples: Readonly<Record<TriedOn, Unsigned>> = {
  order: { method: 'POST', path: '/v1/orders?dry=true', body, host: HOST, contentType: json },
  plain: { method: 'POST', path: '/v1/orders', body, host: HOST, contentType: json },
  reading: {
    method: 'GET',
    path: '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50',
    body: '',
    host: HOST,
    contentType: null,
  },
  cancel: { method: 'DELETE', path: '/v1/orders/17', body: '', host: HOST, contentType: null },
};

const isRsa = (name: ProfileName): boolean => profileOf(name).keyKind === 'rsa';
/** RSA keys take long to make: once for a file of tests. */
const pems = new Map<string, string>();
function secretOf(name: ProfileName, keyId: string): string {
  if (!isRsa(name)) return `secret of ${keyId}`;
  let pem = pems.get(keyId);
  if (pem === undefined) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    pems.set(keyId, pem);
  }
  return pem;
}

export interface Bench {
  readonly name: ProfileName;
  readonly profile: SigningProfile;
  readonly setting: TamperSetting;
  readonly credentialOf: (keyId: string) => TamperSetting['own'] | undefined;
  readonly rules: VerifyRules;
  readonly wire: SignedWire;
}

export const defaultStamp: Stamp = { nowUs: NOW_US, nonce: 'n-100', rising: NOW_US, windowMs: 0 };

const benches = new Map<ProfileName, Pick<Bench, 'credentialOf' | 'profile'> & { sign: TamperSetting['sign'] }>();

function keysOf(name: ProfileName) {
  const kept = benches.get(name);
  if (kept !== undefined) return kept;
  const profile = profileOf(name);
  const keys = new Map(
    [OWN_KEY, OTHER_KEY].map((keyId) => [keyId, credentialFrom(profile, { keyId, secret: secretOf(name, keyId) })]),
  );
  const macs = new Map([...keys].map(([keyId, { secret }]) => [keyId, macUnder(profile, secret)]));
  const sign = (keyId: string, text: string): string => macs.get(keyId)?.(text) ?? '';
  const bench = { profile, credentialOf: (keyId: string) => keys.get(keyId), sign };
  benches.set(name, bench);
  return bench;
}

/** A request of the profile, signed rightly. */
export function benchOf(name: ProfileName, request: Unsigned, stamp: Stamp = defaultStamp): Bench {
  const { profile, credentialOf, sign } = keysOf(name);
  const own = credentialOf(OWN_KEY);
  const other = credentialOf(OTHER_KEY);
  if (own === undefined || other === undefined) throw new Error('the bench has no keys');
  const { windowUs, futureUs } = profile.defaults;
  const setting = { profile, request, stamp, own, other, sign, windowUs, futureUs };
  return { name, profile, setting, credentialOf, rules: profile.defaults, wire: made(setting, {}) };
}

export type CreateGate = (spec: GateSpec, hashSecret: HashSecret) => Gate;

/** A defence of the profile's own rules, with both keys and without limits. */
export function defenceOf(name: ProfileName, rules: VerifyRules, create: CreateGate = createGate): Defence {
  const profile = profileOf(name);
  const form = profile.kind === 'hmac' ? profile : ({ hash: 'sha256', encoding: 'hex' } as const);
  const auth = {
    profile: name,
    hash: form.hash,
    encoding: form.encoding,
    signed: requestClasses.map(() => true),
    ...rules,
    replayCapacity: 10_000,
    replayPerKey: 10_000,
  };
  const { windowUs, futureUs, replay } = auth;
  const policy = aPolicy([], { auth: { ...auth, windowUs, futureUs, replay } });
  const defence = new Defence({
    policy,
    createGate: create,
    hashSecret: [1, 2],
    originUs: NOW_US - 1_000_000,
    fallsUs: 0,
  });
  for (const keyId of [OWN_KEY, OTHER_KEY]) {
    defence.addKey({ keyId, secret: secretOf(name, keyId), account: `account-of-${keyId}` });
  }
  return defence;
}

const CLASS = requestClasses.indexOf('order.place');

/** What a server that reads the profile and asks the defence makes of the request. */
export function decided(defence: Defence, profile: SigningProfile, request: Received, nowUs: number): Decision {
  const claim = profile.read(request);
  if (isMalformed(claim)) return defence.decideMalformed(nowUs, CLASS, '127.0.0.1', 1);
  return defence.decideClaim(nowUs, nowUs, CLASS, '127.0.0.1', '', claim, 1, 0);
}

const decisions: Readonly<Record<Verified, Decision>> = {
  malformed: Decision.malformed,
  'unknown-key': Decision.unknownKey,
  'bad-signature': Decision.badSignature,
  stale: Decision.stale,
  'from-future': Decision.fromFuture,
  replayed: Decision.replayed,
  'nonce-not-rising': Decision.stale,
  admitted: Decision.admitted,
};

export function decisionOf(verified: Verified): Decision {
  return decisions[verified];
}
