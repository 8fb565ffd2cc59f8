/** An adapter made ready for a run: that it fits the plan, its credentials, its hooks before and after. */
import process from 'node:process';
import { buildWorld } from '../actors/identities/world.js';
import type { RegisteredAccount } from '../actors/world.js';
import type { AdaptedTask } from '../engine/worker.js';
import { FloodproofError } from '../errors.js';
import { type Adapter, environmentNames } from '../scenario/adapter.js';
import { loadAdapter } from '../scenario/adapter-file.js';
import { type BehaviourName, behaviourTable } from '../scenario/behaviours.js';
import type { Plan, RequestClass } from '../scenario/plan.js';
import {
  type AdapterSecrets,
  dealHolders,
  type Holder,
  holderFrom,
  pemNames,
  readEnvironment,
  redacted,
  secretsOf,
  type Wanted,
} from '../targets/http/adapted/holders.js';
import { Hooks, readProvisioned } from '../targets/user/hooks.js';
import { fileReader } from './file-reader.js';
import { meantPath } from './package-file.js';
import { type RecordedNeeds, recordedNeeds, withNeeds } from './recorded-callers.js';
import { visible } from './visible.js';

/** Accounts that are told to a hook, or dealt credentials to, at most. */
const ACCOUNTS_MAX = 100_000;

/** Lines that a hook may say before it returns; more are not kept. */
const NOTES_HELD_MAX = 1_000;

export function loadAdapterFile(path: string): Adapter {
  return loadAdapter(fileReader, meantPath(path));
}

/**
 * That the adapter has a call for all that the plan's actors may send, and names limits that the policy has.
 * @throws {FloodproofError} FP_ADAPTER_UNFIT with all that is missing.
 */
export function assertFits(adapter: Adapter, plan: Plan): void {
  const missing = new Set<string>();
  for (const { name, behaviour, params } of plan.actors) {
    // What was recorded goes as it stands, and names its own paths.
    if (behaviour === 'recorded') continue;
    const { classes } = behaviourTable[behaviour as BehaviourName];
    for (const one of classes) if (adapter.calls[one] === undefined) missing.add(`calls.${one} (${name} sends it)`);
    const isBatch = behaviour === 'batch-flood' && Number(params.elements) > 1;
    if (isBatch && adapter.calls['order.place']?.batch == null)
      missing.add(`calls.order.place.batch (${name} sends it)`);
  }
  const known = new Set(plan.policy.limits.map(({ name }) => name));
  for (const limit of limitNames(adapter)) {
    if (!known.has(limit)) missing.add(`a limit ${JSON.stringify(limit)} of ${plan.policy.file}`);
  }
  if (missing.size === 0) return;
  const message = `${adapter.file} does not fit ${plan.file}; missing: ${[...missing].join(', ')}`;
  throw new FloodproofError('FP_ADAPTER_UNFIT', message);
}

function limitNames({ outcomes }: Adapter): readonly string[] {
  return outcomes.flatMap(({ limit }) => {
    if (limit === null) return [];
    return limit.kind === 'fixed' ? [limit.name] : Object.values(limit.names);
  });
}

export interface AdaptedRun {
  readonly task: AdaptedTask;
  /** Takes the run's secrets out of a text. */
  redact(text: string): string;
  /** The error with its secrets taken out. */
  safe(error: unknown): unknown;
  /** Calls `tearDown`, whatever came before. @throws {FloodproofError} FP_HOOK_FAILED */
  close(): Promise<void>;
}

export interface AdaptedSetting {
  readonly adapter: Adapter;
  readonly plan: Plan;
  readonly seed: number;
  /** As given on the command line. */
  readonly target: string;
  readonly stop: AbortSignal;
  readonly note: (line: string) => void;
  /** Whether the adapter must have a call for all that the plan may send; left out = yes. */
  readonly mustFit?: boolean;
}

/**
 * Reads the credentials, or has a hook make them, and brings the target into its state before a run.
 *
 * @throws {FloodproofError} FP_ADAPTER_UNFIT, FP_ADAPTER_CREDENTIALS, FP_HOOK_FAILED; `tearDown` has been called then.
 */
export async function openAdaptedRun(setting: AdaptedSetting): Promise<AdaptedRun> {
  const { adapter, plan, seed, stop } = setting;
  if (setting.mustFit !== false) assertFits(adapter, plan);
  const environment = readEnvironment(environmentNames(adapter), process.env, pemNames(adapter));
  let secrets: AdapterSecrets = { holders: null, environment };
  const redact = (text: string): string => redacted(text, secretsOf(secrets));
  const safe = (error: unknown): unknown => redactedError(error, redact);
  const world = buildWorld(plan, seed);
  const isSeeded = adapter.credentials.from === 'seed' && adapter.hooks === null;
  const needs = isSeeded ? new Map<string, RecordedNeeds>() : await recordedNeeds(plan, world, seed);
  const accounts = isSeeded ? [] : withNeeds(firstOf(world.registered), needs);
  // What a hook prints while it makes credentials may hold them, and which they are is known when it has returned.
  const said = new HeldNotes((line) => setting.note(visible(redact(line))));
  const hooks = adapter.hooks === null ? null : new Hooks(adapter.hooks, (line) => said.note(line));
  const context = { target: setting.target, scenario: plan.name, seed, accounts };
  const close = async (): Promise<void> => {
    try {
      // Not bound to the run's end: what was made has to be taken back after an interrupt too.
      await hooks?.call('tearDown', context);
    } catch (error) {
      throw safe(error);
    } finally {
      await hooks?.close();
    }
  };
  try {
    const provisioned = await hooks?.call('provision', context, stop);
    const holders = holdersOf(adapter, environment, provisioned);
    if (holders !== null) {
      // Known as secrets before anything can complain about them.
      secrets = { environment, holders: Object.fromEntries(holders.map((holder, index) => [String(index), holder])) };
      secrets = { environment, holders: dealHolders(wantedOf(plan, accounts, needs), holders) };
    }
    said.release();
    await hooks?.call('reset', context, stop);
    return { task: { adapter, secrets }, redact, safe, close };
  } catch (error) {
    said.release();
    try {
      await close();
    } catch (second) {
      // What kept the first hook from being called keeps the last from it, and is told once.
      if (second instanceof FloodproofError && second.message !== (error as Error).message) {
        setting.note(`and then: ${second.message}`);
      }
    }
    throw safe(error);
  }
}

/** Lines that wait until they may be told. */
class HeldNotes {
  readonly #tell: (line: string) => void;
  #held: string[] | null = [];

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  note(line: string): void {
    if (this.#held === null) this.#tell(line);
    else if (this.#held.length < NOTES_HELD_MAX) this.#held.push(line);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const line of held) this.#tell(line);
  }
}

function holdersOf(
  { credentials, hooks }: Adapter,
  environment: Readonly<Record<string, string>>,
  provisioned: unknown,
): readonly Holder[] | null {
  if (credentials.from === 'seed') return null;
  if (credentials.from === 'hooks') return readProvisioned(provisioned, hooks?.file ?? '');
  return credentials.holders.map((holder) => holderFrom(holder, environment));
}

/** @throws {FloodproofError} FP_ADAPTER_CREDENTIALS when there are more than can be told. */
function firstOf(registered: Iterable<RegisteredAccount>): readonly RegisteredAccount[] {
  const found: RegisteredAccount[] = [];
  for (const account of registered) {
    found.push(account);
    if (found.length <= ACCOUNTS_MAX) continue;
    const message = `the scenario has more than ${ACCOUNTS_MAX} accounts, more than an adapter deals credentials to`;
    throw new FloodproofError('FP_ADAPTER_CREDENTIALS', message, { hint: 'lower the populations of the scenario' });
  }
  return found;
}

function wantedOf(
  plan: Plan,
  registered: readonly RegisteredAccount[],
  needs: ReadonlyMap<string, RecordedNeeds>,
): Wanted {
  return {
    registered,
    logsIn: logsIn(plan),
    neverLogIn: new Set([...needs].flatMap(([account, one]) => (one.logsIn ? [] : [account]))),
  };
}

function logsIn({ actors }: Pick<Plan, 'actors'>): boolean {
  return actors.some(({ behaviour }) =>
    (behaviourTable[behaviour as BehaviourName].classes as readonly RequestClass[]).includes('login'),
  );
}

function redactedError(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof FloodproofError)) return error;
  const { code, message, hint, faults } = error;
  return new FloodproofError(code, redact(message), { hint: redact(hint), faults });
}
