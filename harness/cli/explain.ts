/** `floodproof explain`: the plan in words, before anything is sent. */
import { explain } from '../scenario/explain.js';
import { loadScenarios } from './load.js';

export function explainCommand(paths: readonly string[]): string {
  return loadScenarios(paths).map(explain).join('\n');
}
