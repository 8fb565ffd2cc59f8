/** Limiters of the user's own, from a module whose default export says how they are made and what they claim. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Fault, FloodproofError } from '../errors.js';
import type { Contract, LimiterAdapter } from '../invariants/contract.js';
import type { PeerContract } from '../invariants/peers/peer.js';

const SHAPE =
  'export default { adapter: { name, clock, create() }, contract: { promises: [...] } }, or a list of such; an entry ' +
  'may have a name of its own';

/** @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID with every fault of its shape. */
export async function loadOwnAdapters(path: string): Promise<readonly PeerContract[]> {
  const exported = await importFrom(path);
  const entries = Array.isArray(exported) ? exported : [exported];
  const faults: Fault[] = [];
  const fault = (message: string): void => {
    faults.push({ code: 'FP_ADAPTER_INVALID', file: path, line: 0, column: 0, message, hint: SHAPE });
  };
  if (entries.length === 0) fault('the default export is an empty list');
  const found = entries.map((entry, index) => {
    const place = Array.isArray(exported) ? `default[${index}]` : 'default';
    for (const complaint of complaints(entry, place)) fault(complaint);
    return entry as PartialEntry;
  });
  if (faults.length > 0) {
    throw new FloodproofError('FP_FILE_INVALID', `${path} holds no limiter that can be checked`, {
      hint: SHAPE,
      faults,
    });
  }
  return named(found);
}

/** As a module holds it, once its shape has been looked at. */
interface PartialEntry {
  readonly name?: string;
  readonly adapter: LimiterAdapter;
  readonly contract: Contract;
}

/** Those of one name are told apart by a number, so that each can be asked for. */
function named(entries: readonly PartialEntry[]): readonly PeerContract[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const own = entry.name ?? entry.adapter.name;
    const count = (seen.get(own) ?? 0) + 1;
    seen.set(own, count);
    return { name: count === 1 ? own : `${own}#${count}`, adapter: entry.adapter, contract: entry.contract };
  });
}

async function importFrom(path: string): Promise<unknown> {
  let loaded: { default?: unknown };
  try {
    loaded = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new FloodproofError('FP_FILE_UNREADABLE', `${path} can not be loaded: ${words}`, {
      hint: 'check the path; the module must be JavaScript that this Node loads without a throw',
      cause,
    });
  }
  if (loaded.default === undefined) {
    throw new FloodproofError('FP_FILE_INVALID', `${path} has no default export`, { hint: SHAPE });
  }
  return loaded.default;
}

const clocks: readonly unknown[] = ['argument', 'global', 'real'];

function complaints(entry: unknown, place: string): string[] {
  if (!isObject(entry)) return [`${place} is ${kindOf(entry)}, not an object with adapter and contract`];
  const { adapter, contract, name } = entry;
  const found: string[] = [];
  if (name !== undefined && (typeof name !== 'string' || name === '')) found.push(`${place}.name must be a text`);
  if (isObject(adapter)) {
    if (typeof adapter.name !== 'string' || adapter.name === '') found.push(`${place}.adapter.name must be a text`);
    if (!clocks.includes(adapter.clock)) {
      found.push(`${place}.adapter.clock must be "argument", "global" or "real", got ${shown(adapter.clock)}`);
    }
    if (typeof adapter.create !== 'function') {
      found.push(`${place}.adapter.create must be a function that makes a limiter, got ${kindOf(adapter.create)}`);
    }
  } else found.push(`${place}.adapter must be an object, got ${kindOf(adapter)}`);
  // What a contract says is looked at before it is checked.
  if (!isObject(contract)) found.push(`${place}.contract must be an object, got ${kindOf(contract)}`);
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : kindOf(value);
}
