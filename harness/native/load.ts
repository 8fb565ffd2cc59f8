/**
 * Finds the addon and loads it, or says why it can not be had.
 *
 * It lies in native/binding of the package, which is two folders above this file in harness/ as well as in dist/. Each
 * thread loads it for itself; a thread that ends while no other holds it unloads it, which the main thread prevents
 * by loading it too.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What this harness and the addon must agree on; see native/binding/src/lib.rs. */
const ABI = 6;

/** How the addon is brought. */
export const BUILD_COMMAND = 'npm run build:native';

/** Indexes into `Addon.numbers`; see native/binding/src/numbers.rs. */
export const Slot = {
  nowUs: 0,
  classId: 1,
  timestampUs: 2,
  windowUs: 3,
  caller: 4,
  gate: 5,
  /** 1 but during a call that says something else. */
  elements: 6,
  /** 0 but during a call that says something else. */
  ageUs: 7,
  /** Which limit is given cells, and how many. */
  creditedLimit: 8,
  cells: 9,
  decision: 10,
  /** The answer, in the order of `Answer`. */
  answer: 11,
} as const;

/**
 * The functions of all gates. Which one is called, and all numbers, are written to `Addon.numbers` before the call; a
 * decision and its answer lie there after it.
 */
export interface AddonGate {
  /** The gate's number, good until `owner` is collected. @param name - of a shared gate, or null */
  open(owner: object, spec: string, k0: number, k1: number, name: string | null): number;
  addKey(keyId: string, secret: Uint8Array, account: string): void;
  removeKey(keyId: string): boolean;
  sign(keyId: string, message: string): string;
  decide(ip: string, account: string, keyId: string, message: string, signature: string): void;
  limit(ip: string, account: string, keyId: string): void;
  verify(keyId: string, message: string, signature: string): void;
  decideRecord(record: Uint8Array): void;
  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void;
  /** In the place of the caller whose number lies in `Slot.caller`; a new one when it is below 0. */
  internCaller(ip: string, account: string, keyId: string): number;
  limitCaller(): void;
  decideSigned(message: string): void;
  limitBatch(callers: Uint32Array, count: number, decisions: Uint8Array, answers: Float64Array | null): void;
  release(ip: string, account: string, keyId: string): void;
  credit(ip: string, account: string, keyId: string): boolean;
  change(spec: string): void;
  /** Leaves two counts in the first places of the answer. */
  contention(): void;
}

/** What native/binding exports. Errors are plain, with a `code`. */
export interface Addon {
  abi(): number;
  hmacSha256Hex(secret: Uint8Array, message: Uint8Array): string;
  /** Of this thread. */
  readonly numbers: Float64Array;
  readonly gate: AddonGate;
}

export type LoadedAddon =
  | { readonly addon: Addon; readonly absent?: never }
  | { readonly addon?: never; readonly absent: string };

const addonFolder = fileURLToPath(new URL('../../native/binding/', import.meta.url));

/** @param folder - where the addon is looked for. */
export function loadAddon(folder: string = addonFolder): LoadedAddon {
  const prefix = `floodproof.${process.platform}-${process.arch}`;
  const names = listFolder(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.node'));
  if (names.length === 0) return { absent: `the addon is not built for ${process.platform}-${process.arch}` };
  const reasons: string[] = [];
  for (const name of names.sort()) {
    const loaded = loadFile(folder, name);
    if (loaded.addon !== undefined) return loaded;
    reasons.push(loaded.absent);
  }
  return { absent: reasons.join('; ') };
}

function loadFile(folder: string, name: string): LoadedAddon {
  try {
    return judgeAddon(createRequire(import.meta.url)(join(folder, name)), name);
  } catch (error) {
    // The first line says it all; after it Node lists the require stack.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { absent: `${name} can not be loaded: ${line}` };
  }
}

/** Whether what was loaded from file `name` is the addon that this harness was written for. */
export function judgeAddon(loaded: unknown, name: string): LoadedAddon {
  if (!isAddon(loaded)) return { absent: `${name} is no addon of Floodproof` };
  const abi = loaded.abi();
  return abi === ABI ? { addon: loaded } : { absent: `${name} is stale: it speaks version ${abi}, wanted is ${ABI}` };
}

function isAddon(value: unknown): value is Addon {
  return typeof value === 'object' && value !== null && 'abi' in value && typeof value.abi === 'function';
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No folder, no addon: the caller says so.
    return [];
  }
}
