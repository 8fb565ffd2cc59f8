/** Short ways to write the specs that tests of the core need. */
import { createGate } from '../../../harness/core/index.js';
import type {
  AuthSpec,
  ConcurrencyNumbers,
  EarnedBudgetNumbers,
  FixedWindowNumbers,
  Gate,
  GateSpec,
  HashSecret,
  LeakyQueueNumbers,
  LimitSpec,
  SlidingCounterNumbers,
  SlidingLogNumbers,
  TokenBucketNumbers,
} from '../../../harness/core/spec.js';

/** The key of the hash in every test that does not try others. */
export const hashSecret: HashSecret = [0x1234_5678, 0x9abc_def0];

export function bucket(capacity: number, refillCells: number, refillPeriodUs: number): TokenBucketNumbers {
  return { family: 'token-bucket', capacity, refillCells, refillPeriodUs };
}

export function fixedWindow(
  capacity: number,
  windowUs: number,
  anchor: FixedWindowNumbers['anchor'],
  changes: Partial<FixedWindowNumbers> = {},
): FixedWindowNumbers {
  return { family: 'fixed-window', capacity, windowUs, anchor, credit: 'none', countsDenied: false, ...changes };
}

export function slidingLog(capacity: number, windowUs: number): SlidingLogNumbers {
  return { family: 'sliding-log', capacity, windowUs };
}

export function slidingCounter(capacity: number, windowUs: number): SlidingCounterNumbers {
  return { family: 'sliding-counter', capacity, windowUs };
}

export function leakyQueue(
  capacity: number,
  queueCells: number,
  refillCells: number,
  refillPeriodUs: number,
): LeakyQueueNumbers {
  return { family: 'leaky-queue', capacity, queueCells, refillCells, refillPeriodUs };
}

export function earnedBudget(capacity: number, trickleUs: number | null): EarnedBudgetNumbers {
  return { family: 'earned-budget', capacity, trickleUs };
}

export function concurrency(capacity: number): ConcurrencyNumbers {
  return { family: 'concurrency', capacity };
}

/** A limit by ip that costs one cell in the only class, unless told otherwise. */
export function limit(changes: Partial<LimitSpec>): LimitSpec {
  const costs = changes.costs ?? [1];
  return {
    name: `limit-by-${changes.by ?? 'ip'}`,
    by: ['ip'],
    ipPrefix: null,
    numbers: bucket(1, 1, 10),
    costs,
    ageCosts: costs.map(() => []),
    isShadow: false,
    ban: null,
    maxKeys: 100,
    ...changes,
  };
}

/** One unsigned class, unless told otherwise. */
export function spec(changes: Partial<GateSpec>): GateSpec {
  return { classes: ['any'], limits: [], auth: null, originUs: 0, ...changes };
}

/** One signed class with a window of 100 us, a tolerance of 10 us and room for ten claims. */
export function auth(changes: Partial<AuthSpec> = {}): AuthSpec {
  const times = { windowUsMax: 100, futureUs: 10 };
  const form = { hash: 'sha256', encoding: 'hex' } as const;
  const replayCapacity = changes.replayCapacity === undefined ? 10 : changes.replayCapacity;
  return { signed: [true], ...times, ...form, replayCapacity, replayPerKey: replayCapacity ?? 1, ...changes };
}

export function gateOf(...limits: LimitSpec[]): Gate {
  return createGate(spec({ limits }), hashSecret);
}

/** The answer by name. */
export function answerOf(gate: Gate): {
  limit: number;
  remaining: number;
  retryAtUs: number;
  resetAtUs: number;
  cold: number;
} {
  const [limitIndex = 0, remaining = 0, retryAtUs = 0, resetAtUs = 0, cold = 0] = gate.answer;
  return { limit: limitIndex, remaining, retryAtUs, resetAtUs, cold };
}
