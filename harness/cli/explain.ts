/** `floodproof explain`: the plan in words, before anything is sent. */
import { explain, explainWaiting } from '../scenario/explain.js';
import { readCapacity } from './capacity.js';
import { scenariosWithin } from './catalogue.js';
import { loadScenarios } from './load.js';

/** @param capacity - as `--capacity` writes it; null = as each scenario says. */
export function explainCommand(paths: readonly string[], capacity: string | null): string {
  const options = { capacityPerSecond: capacity === null ? null : readCapacity(capacity) };
  const { plans, waiting } = loadScenarios(scenariosWithin(paths), options);
  return [...plans.map(explain), ...waiting.map(explainWaiting)].join('\n');
}
