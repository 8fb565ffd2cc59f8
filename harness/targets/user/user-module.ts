/** Loads a JavaScript module of the user's own. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FloodproofError } from '../../errors.js';
import type { SignFunction } from '../http/adapted/request-signer.js';

/**
 * What a module exports.
 * @throws {FloodproofError} FP_ADAPTER_MODULE when it can't be loaded.
 */
export async function loadUserModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(file)) throw new FloodproofError('FP_ADAPTER_MODULE', `the module ${file} is not there`);
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new FloodproofError('FP_ADAPTER_MODULE', `the module ${file} can't be loaded: ${words}`, { cause });
  }
}

/** A function that a module exports by its name, or within its default export. */
export function exportedFunction(
  module: Readonly<Record<string, unknown>>,
  name: string,
): ((...values: never[]) => unknown) | null {
  const inner = module.default;
  const candidates = [module[name], typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined];
  const found = candidates.find((candidate) => typeof candidate === 'function');
  return (found as ((...values: never[]) => unknown) | undefined) ?? null;
}

/**
 * The function by which a module signs: `sign`, or the default export.
 * @throws {FloodproofError} FP_ADAPTER_MODULE when it exports none.
 */
export async function loadSignFunction(file: string): Promise<SignFunction> {
  const module = await loadUserModule(file);
  const found = exportedFunction(module, 'sign') ?? (typeof module.default === 'function' ? module.default : null);
  if (found === null) {
    const hint =
      'export function sign({ method, path, body, nowMs, nonce, keyId, secret }) { return { headers: {} }; }';
    throw new FloodproofError('FP_ADAPTER_MODULE', `the module ${file} exports no function sign`, { hint });
  }
  return found as SignFunction;
}
