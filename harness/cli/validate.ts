/** `floodproof validate`: reads scenario and policy files, says everything that is wrong, or that nothing is. */
import { type Fault, FloodproofError } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { isPolicyText } from '../scenario/file-kind.js';
import { loadPolicy } from '../scenario/policy.js';
import { readScenario } from '../scenario/scenario.js';
import { waitingText } from '../scenario/waiting.js';
import { expandPaths, fileReader } from './file-reader.js';

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
    return `valid policy (${counted(policy.limits.length, 'limit')})`;
  }
  const { plan, waiting, faults } = readScenario(fileReader, file);
  if (waiting !== null) return `valid as far as it can be told: ${waitingText(waiting)}`;
  if (plan === null) throw invalidFiles(faults);
  return `valid scenario (${counted(plan.actors.length, 'actor')}, ${counted(plan.expectations.length, 'expectation')})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
