/** `floodproof explain`: the plan in words, before anything is sent. */
import { explain, explainWaiting } from '../scenario/explain.js';
import { loadScenarios } from './load.js';

export function explainCommand(paths: readonly string[]): string {
  const { plans, waiting } = loadScenarios(paths);
  return [...plans.map(explain), ...waiting.map(explainWaiting)].join('\n');
}
