/** The cores of this project as limiters under test. */
import { createHash } from 'node:crypto';
import {
  Answer,
  Decision,
  type Gate,
  type GateSpec,
  HORIZON_US,
  type LimitNumbers,
  type LimitSpec,
  NEVER_US,
} from '../core/spec.js';
import { openEngine } from '../native/engine.js';
import { hasCredit } from './claims.js';
import type { Consumed, Limiter, LimiterAdapter } from './contract.js';

/** Keys that are kept apart, for the contract's `keys`. */
export const CORE_KEYS = 8_000;
/** So many cells that a request of one class costs this much for each of its elements. */
const ELEMENTS_MAX = 65_535;
const COST_MAX = 2 ** 31 - 1;

/**
 * A gate with these limits, each by account, all of one class.
 * @throws FP_ENGINE_ABSENT when the native engine is asked for and not built.
 */
export function coreAdapter(
  engine: 'ts' | 'native',
  promises: readonly LimitNumbers[],
  keys = CORE_KEYS,
): LimiterAdapter {
  const { createGate } = openEngine(engine);
  return {
    name: `core (${engine})`,
    clock: 'argument',
    create: () => new CoreLimiter((originUs) => createGate(specOf(promises, keys, originUs), [1, 2]), promises),
  };
}
