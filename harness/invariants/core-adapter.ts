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
import { capacityOf, hasCredit } from './claims.js';
import type { Consumed, Limiter, LimiterAdapter } from './contract.js';

/** Keys that are kept apart when nothing else is said, for the contract's `keys`. */
export const CORE_KEYS = 1_000;
const ORIGIN_US_MAX = 2 ** 52 - HORIZON_US;
/** A request of one class costs so many cells as it has elements, and this many for each class before its own. */
const ELEMENTS_MAX = 65_535;
const COST_MAX = 2 ** 31 - 1;
/** Names of the classes that cost `ELEMENTS_MAX` cells more each; the last one costs more than any limit has. */
const CLASSES_MAX = 32_770;

/**
 * A gate with these limits, each by account. It is made at the first request, whose time is its origin.
 *
 * Costs up to the smallest capacity are counted as such; above it one cost stands for all, since none of them passes.
 *
 * @throws FP_ENGINE_ABSENT when the native engine is asked for and not built.
 */
export function coreAdapter(
  engine: 'ts' | 'native',
  promises: readonly LimitNumbers[],
  keys = CORE_KEYS,
): LimiterAdapter {
  const { createGate } = openEngine(engine);
  const spec = specOf(promises, keys);
  return {
    name: `core (${engine})`,
    clock: 'argument',
    create: () => {
      const fresh = (originUs: number): Gate => createGate({ ...spec, originUs }, [1, 2]);
      return new CoreLimiter(fresh, promises, spec.classes.length);
    },
  };
}

function specOf(promises: readonly LimitNumbers[], keys: number): GateSpec {
  const most = Math.min(...promises.map(capacityOf));
  const steps = Math.min(CLASSES_MAX - 1, Math.ceil(most / ELEMENTS_MAX));
  const classes = Array.from({ length: steps + 1 }, (_, index) => `c${index}`);
  const limits = promises.map((numbers, index): LimitSpec => {
    const isPlain = numbers.family === 'concurrency';
    return {
      name: `limit-${index}`,
      by: ['account'],
      ipPrefix: null,
      numbers,
      costs: classes.map((_, classId) => (classId === steps ? COST_MAX : 1)),
      ageCosts: classes.map((_, classId) =>
        isPlain || classId === 0 || classId === steps ? [] : [{ underUs: HORIZON_US, cells: classId * ELEMENTS_MAX }],
      ),
      isShadow: false,
      ban: null,
      maxKeys: keys,
    };
  });
  return { classes, limits, auth: null, originUs: 0 };
}

class CoreLimiter implements Limiter {
  readonly #fresh: (originUs: number) => Gate;
  readonly #promises: readonly LimitNumbers[];
  readonly #classCount: number;
  readonly #most: number;
  #gate: Gate | null = null;

  constructor(fresh: (originUs: number) => Gate, promises: readonly LimitNumbers[], classCount: number) {
    this.#fresh = fresh;
    this.#promises = promises;
    this.#classCount = classCount;
    this.#most = Math.min(...promises.map(capacityOf));
  }

  consume(key: string, cost: number, nowUs: number): Consumed {
    if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
    const gate = this.#gateAt(nowUs);
    const decision = gate.limit(nowUs, this.#classOf(cost), '', accountOf(key), '', this.#elementsOf(cost));
    const { answer } = gate;
    if (decision === Decision.admitted) {
      return { admitted: true, remaining: answer[Answer.remaining] ?? 0, delayUs: answer[Answer.delayUs] ?? 0 };
    }
    if (decision === Decision.never) return { admitted: false, retryAfterUs: Number.POSITIVE_INFINITY };
    if (decision !== Decision.throttled) return { admitted: false };
    const retryAtUs = answer[Answer.retryAtUs] ?? 0;
    const retryAfterUs = retryAtUs === NEVER_US ? Number.POSITIVE_INFINITY : retryAtUs - nowUs;
    // Of several limits the answer is the last one's to come free, which may not be the one with the fewest cells.
    if (this.#promises.length > 1) return { admitted: false, retryAfterUs };
    return { admitted: false, retryAfterUs, remaining: answer[Answer.remaining] ?? 0 };
  }

  release(key: string, cost: number, nowUs: number): void {
    this.#gateAt(nowUs).release(nowUs, this.#classOf(cost), '', accountOf(key), '', this.#elementsOf(cost));
  }

  credit(key: string, cells: number, nowUs: number): void {
    const gate = this.#gateAt(nowUs);
    for (const [index, numbers] of this.#promises.entries()) {
      if (hasCredit(numbers)) gate.credit(nowUs, index, 0, '', accountOf(key), '', cells);
    }
  }

  #gateAt(nowUs: number): Gate {
    this.#gate ??= this.#fresh(Math.min(nowUs, ORIGIN_US_MAX));
    return this.#gate;
  }

  #classOf(cost: number): number {
    return cost > this.#most ? this.#classCount - 1 : Math.floor((cost - 1) / ELEMENTS_MAX);
  }

  #elementsOf(cost: number): number {
    return cost > this.#most ? 1 : ((cost - 1) % ELEMENTS_MAX) + 1;
  }
}

/** An account is visible ASCII; other texts by their hash, of UTF-16 since not every key is well-formed. */
function accountOf(key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return `k${key}`;
  return `h${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex')}`;
}
