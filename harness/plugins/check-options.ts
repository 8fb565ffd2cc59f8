/** Finds what is wrong with a plugin's options, all of it at once: many who write them have no compiler that would. */
import { type Fault, FloodproofError } from '../errors.js';
import type { Policy } from '../scenario/plan.js';
import { profileOf } from '../signing/profiles.js';
import type { GateOptions } from './gate-options.js';

const BODY_BYTES_MAX = 2 ** 26;

const functions = ['accountOf', 'elementsOf', 'ageUsOf', 'onDecision', 'onFailure'] as const;
const known: ReadonlySet<string> = new Set([
  ...functions,
  ...[
    'policy',
    'keys',
    'classOf',
    'engine',
    'share',
    'shadow',
    'failure',
    'bodyBytesMax',
    'clock',
    'prefix',
    'logLevel',
  ],
]);

/** @returns what is wrong with the options but for the policy, in words. */
export function optionFaults(options: GateOptions): string[] {
  const faults: string[] = [];
  const given = options as unknown as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!known.has(name)) faults.push(`there is no option ${name}`);
  }
  const { policy, keys, engine, share, shadow, failure, bodyBytesMax } = given;
  if (typeof policy !== 'string' && (typeof policy !== 'object' || policy === null)) {
    faults.push('policy must be the path of a policy file, or what loadPolicy has made of one');
  }
  if (keys !== undefined && typeof keys !== 'function' && !isIterable(keys)) {
    faults.push('keys must be a list of { id, secret, account }, or a function that returns one');
  }
  for (const name of functions) {
    if (given[name] !== undefined && typeof given[name] !== 'function') faults.push(`${name} must be a function`);
  }
  if (!isOneOf(engine, [undefined, 'auto', 'native', 'ts'])) faults.push('engine must be auto, native or ts');
  if (!isOneOf(failure, [undefined, 'closed', 'open'])) faults.push('failure must be closed or open');
  if (!isOneOf(shadow, [undefined, true, false])) faults.push('shadow must be true or false');
  if (share !== undefined && (typeof share !== 'string' || share === '')) faults.push('share must be a name');
  const isSize =
    Number.isSafeInteger(bodyBytesMax) && Number(bodyBytesMax) >= 1 && Number(bodyBytesMax) <= BODY_BYTES_MAX;
  if (bodyBytesMax !== undefined && !isSize)
    faults.push(`bodyBytesMax must be whole bytes from 1 to ${BODY_BYTES_MAX}`);
  return faults;
}

/** @returns what of the policy no gate in front of an app enforces, in words. */
export function policyFaults(policy: Policy, { share }: Pick<GateOptions, 'share'>): string[] {
  const faults: string[] = [];
  if (policy.weaknesses.length > 0) {
    faults.push(
      `the policy ${policy.name} has weaknesses (${policy.weaknesses.join(', ')}): they are for trying scenarios`,
    );
  }
  if (share !== undefined && policy.auth !== null) {
    const { freshness, name } = profileOf(policy.auth.profile, policy.auth);
    if (freshness === 'nonce' || freshness === 'none') {
      faults.push(`share: each thread would remember the numbers of ${name} for itself; leave it out`);
    }
  }
  return faults;
}

/** @throws {FloodproofError} FP_PLUGIN_OPTIONS with a fault for each, unless there is none. */
export function refuseFaults(messages: readonly string[]): void {
  if (messages.length === 0) return;
  const faults = messages.map((message): Fault => {
    return { code: 'FP_PLUGIN_OPTION', file: 'options', line: 0, column: 0, message, hint: 'see docs/plugins.md' };
  });
  throw new FloodproofError('FP_PLUGIN_OPTIONS', `a gate cannot be made of these options: ${messages.join('; ')}`, {
    faults,
  });
}

function isOneOf(value: unknown, allowed: readonly unknown[]): boolean {
  return allowed.includes(value);
}

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
