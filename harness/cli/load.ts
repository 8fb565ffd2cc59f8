/** Paths of the command line -> plans and policies. */

import type { Plan, Policy } from '../scenario/plan.js';
import { loadPolicy } from '../scenario/policy.js';
import { loadScenarios as load } from '../scenario/scenario.js';
import { expandPaths, fileReader } from './file-reader.js';

/** @throws {FloodproofError} with the faults of all files at once. */
export function loadScenarios(paths: readonly string[]): readonly Plan[] {
  return load(fileReader, expandPaths(paths));
}

export function loadPolicyFile(path: string): Policy {
  return loadPolicy(fileReader, path);
}
