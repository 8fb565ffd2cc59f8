/**
 * Who the run's identities are at somebody's own API: names, keys and secrets by the account that the seed has made.
 * Observations and verdict know the seed's names alone, so no secret can get into them.
 */
import type { RegisteredAccount } from '../../../actors/world.js';
import { FloodproofError } from '../../../errors.js';
import type { Adapter, EnvironmentCredential } from '../../../scenario/adapter.js';

/** '' = has none. */
export interface Holder {
  readonly account: string;
  readonly password: string;
  readonly keyId: string;
  /** As the API hands it out. */
  readonly secret: string;
  readonly passphrase: string;
  /** PEM. */
  readonly privateKey: string;
  readonly token: string;
}

/** What a run needs besides the adapter itself; plain data, which is sent to worker threads and written nowhere. */
export interface AdapterSecrets {
  /** By the seed's account; null = everybody is who the seed says. */
  readonly holders: Readonly<Record<string, Holder>> | null;
  /** Values of the environment by name. */
  readonly environment: Readonly<Record<string, string>>;
}

export const nobody: Holder = {
  account: '',
  password: '',
  keyId: '',
  secret: '',
  passphrase: '',
  privateKey: '',
  token: '',
};

const VALUE_CHARS_MAX = 16_384;
/** Control characters but the tab. */
const breaks = /[^\P{Cc}\t]/u;

/** Why a value can't travel in a request, in words that don't repeat it; null = it can. */
export function unfit(value: string, isPem = false): string | null {
  if (value === '') return 'is empty';
  if (value.length > VALUE_CHARS_MAX) return `has more than ${VALUE_CHARS_MAX} characters`;
  if (breaks.test(isPem ? value.replaceAll(/[\r\n]/g, '') : value)) {
    return 'holds a line break or another control character, which no header or path may have';
  }
  return /\p{Surrogate}/u.test(value) ? 'is not well-formed text' : null;
}

/**
 * The values of all variables that the adapter names.
 * @throws {FloodproofError} FP_ADAPTER_CREDENTIALS with all that are missing or unfit; values are never repeated.
 */
export function readEnvironment(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  pemNames: ReadonlySet<string> = new Set(),
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const value = environment[name];
    const complaint = value === undefined ? 'is not set' : unfit(value, pemNames.has(name));
    if (complaint !== null) missing.push(`${name} ${complaint}`);
    else found[name] = value ?? '';
  }
  if (missing.length === 0) return found;
  throw new FloodproofError(
    'FP_ADAPTER_CREDENTIALS',
    `the environment lacks what the adapter names: ${missing.join('; ')}`,
  );
}

/** Names of variables that hold a key of several lines. */
export function pemNames({ credentials }: Adapter): ReadonlySet<string> {
  const holders = credentials.from === 'environment' ? credentials.holders : [];
  return new Set(holders.flatMap(({ privateKey }) => (privateKey === null ? [] : [privateKey])));
}

export function holderFrom(credential: EnvironmentCredential, environment: Readonly<Record<string, string>>): Holder {
  const value = (name: string | null): string => (name === null ? '' : (environment[name] ?? ''));
  return {
    account: value(credential.account),
    password: value(credential.password),
    keyId: value(credential.keyId),
    secret: value(credential.secret),
    passphrase: value(credential.passphrase),
    privateKey: value(credential.privateKey),
    token: value(credential.token),
  };
}

/** What a run needs of its holders. */
export interface Wanted {
  readonly registered: readonly RegisteredAccount[];
  /** Whether somebody logs in. */
  readonly logsIn: boolean;
  /** Accounts that do not, whatever others do; left out = none is known not to. */
  readonly neverLogIn?: ReadonlySet<string>;
}

/**
 * Deals holders to accounts: who has a key at the seed's gets one with a key, the others get one without, or what is left.
 *
 * @throws {FloodproofError} FP_ADAPTER_CREDENTIALS when there are too few: two identities under one key would be judged as
 * two keys, and that is not what the target counts.
 */
export function dealHolders(wanted: Wanted, holders: readonly Holder[]): Readonly<Record<string, Holder>> {
  const withKey = holders.filter(({ keyId }) => keyId !== '');
  const keys = wanted.registered.filter(({ keyId }) => keyId !== '');
  const others = wanted.registered.filter(({ keyId }) => keyId === '');
  assertEnough(keys.length, withKey.length, 'keys', 'keyId');
  const dealt: Record<string, Holder> = {};
  for (const [index, { account }] of keys.entries()) dealt[account] = withKey[index] as Holder;
  if (!wanted.logsIn) return dealt;
  const spare = [...holders.filter(({ keyId }) => keyId === ''), ...withKey.slice(keys.length)].filter(
    ({ account }) => account !== '',
  );
  const lacking = keys.filter(
    ({ account }) => dealt[account]?.account === '' && wanted.neverLogIn?.has(account) !== true,
  );
  assertEnough(lacking.length + others.length, spare.length, 'accounts to log in with', 'account and password');
  for (const { account } of [...lacking, ...others]) {
    const { account: name, password } = spare.shift() as Holder;
    dealt[account] = { ...(dealt[account] ?? nobody), account: name, password };
  }
  return dealt;
}

function assertEnough(needed: number, given: number, what: string, fields: string): void {
  if (given >= needed) return;
  throw new FloodproofError('FP_ADAPTER_CREDENTIALS', `the run needs ${needed} ${what}, the adapter has ${given}`, {
    hint: `give more credentials with ${fields}, let a hook provide them, or lower the populations of the scenario`,
  });
}

/** All secrets of a run, longest first, for taking them out of texts. */
export function secretsOf({ holders, environment }: AdapterSecrets): readonly string[] {
  const all = new Set(Object.values(environment));
  for (const { secret, passphrase, privateKey, password, token, keyId } of Object.values(holders ?? {})) {
    for (const value of [secret, passphrase, privateKey, password, token, keyId]) all.add(value);
  }
  return [...all].filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
}

/** The text without any of the secrets, as it is, percent-encoded or in base64. */
export function redacted(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])) {
      safe = safe.replaceAll(form, '[secret]');
    }
  }
  return safe;
}
