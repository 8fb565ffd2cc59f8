/** What of recorded requests the embedded gateway does not have: it answers the house's paths alone. */
import { FloodproofError } from '../errors.js';
import { ClassPaths, housePatterns } from '../intake/class-paths.js';
import type { Plan } from '../scenario/plan.js';
import { loadTraces } from '../trace/load-traces.js';
import type { Console } from './console.js';

const house = new ClassPaths(housePatterns);
/** Paths that a message names. */
const NAMED_MAX = 5;

/** @param path - with query. */
export function isHousePath(method: string, path: string): boolean {
  return house.of(method, path) >= 0;
}

/**
 * A note where some of the recorded requests can only be answered with 404.
 * @throws {FloodproofError} FP_USAGE when all can: the run would tell nothing. What loading the recordings throws.
 */
export async function assertHousePaths(plan: Plan, seed: number, console: Console): Promise<void> {
  if (!plan.actors.some(({ behaviour }) => behaviour === 'recorded')) return;
  const traces = await loadTraces(plan, { seed });
  const asked = traces.flatMap(({ requests }) => requests?.distinct ?? []).filter((one) => one !== null);
  const foreign = asked.filter(({ method, path }) => !isHousePath(method, path));
  if (foreign.length === 0) return;
  const names = [...new Set(foreign.map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`))];
  const named =
    names.length > NAMED_MAX ? [...names.slice(0, NAMED_MAX), `and ${names.length - NAMED_MAX} more`] : names;
  const message = `${plan.file} asks for paths that the embedded gateway does not have: ${named.join(', ')}`;
  const hint = 'play it against the API that it was recorded of: --target http://127.0.0.1:PORT, and --adapter';
  const isAll = asked.every(({ method, path }) => !isHousePath(method, path));
  if (isAll) throw new FloodproofError('FP_USAGE', message, { hint });
  console.note(`${message}; these are answered with 404 (${hint})`);
}
