/** Paths of the command line -> plans and policies. */

import type { Policy } from '../scenario/plan.js';
import { loadPolicy } from '../scenario/policy.js';
import { type LoadOptions, loadScenarios as load, type ScenarioSet } from '../scenario/scenario.js';
import { expandPaths, fileReader } from './file-reader.js';
import { meantPath } from './package-file.js';

/**
 * The scenarios that can be played, and apart from them those that wait for a part which no target has yet.
 * @throws {FloodproofError} with the faults of all files at once.
 */
export function loadScenarios(paths: readonly string[], options?: LoadOptions): ScenarioSet {
  return load(fileReader, expandPaths(paths), options);
}

export function loadPolicyFile(path: string): Policy {
  return loadPolicy(fileReader, meantPath(path));
}
