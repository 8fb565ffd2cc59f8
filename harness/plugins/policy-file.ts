/** The policy of a plugin: parsed already, or a file that is read once. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { FloodproofError } from '../errors.js';
import type { Policy } from '../scenario/plan.js';
import { loadPolicy } from '../scenario/policy.js';

/** @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_INVALID with every fault of the file. */
export function policyFrom(policy: Policy | string): Policy {
  return typeof policy === 'string' ? loadPolicy({ read, resolve }, policy) : policy;
}

function read(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { cause: error });
  }
}

function resolve(from: string, reference: string): string {
  return isAbsolute(reference) ? reference : join(dirname(from), reference);
}
