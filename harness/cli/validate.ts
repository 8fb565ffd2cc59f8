/** `floodproof validate`: reads scenario and policy files, says everything that is wrong, or that nothing is. */
import { FloodproofError, type Fault } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { isPolicyText } from '../scenario/file-kind.js';
import { loadPolicy } from '../scenario/policy.js';
import { loadScenario } from '../scenario/scenario.js';
import { fileReader, expandPaths } from './file-reader.js';

/** @throws {FloodproofError} FP_FILE_INVALID with the faults of all files. */
export function validateCommand(paths: readonly string[]): string {
  const faults: Fault[] = [];
  const lines: string[] = [];
  for (const file of expandPaths(paths)) {
    try {
      lines.push(`${file}: ${validate(file)}`);
    } catch (error) {
      if (!(error instanceof FloodproofError) || error.code !== 'FP_FILE_INVALID') throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw invalidFiles(faults);
  return lines.join('\n');
}

function validate(file: string): string {
  if (isPolicyText(file, fileReader.read(file))) {
    const policy = loadPolicy(fileReader, file);
    return `a right policy (${policy.limits.length} limits)`;
  }
  const plan = loadScenario(fileReader, file);
  return `a right scenario (${plan.actors.length} actors, ${plan.expectations.length} expectations)`;
}
