/** What property tests of limiters are drawn from: contracts with a right limiter, traffic, clocks that misbehave. */
import fc from 'fast-check';
import type { LimitNumbers } from '../core/spec.js';
import { claimsOf } from './claims.js';
import type { Contract, LimiterAdapter } from './contract.js';
import { validateContract } from './contract-faults.js';
import { type History, HistoryArbitrary } from './history.js';
import { modelAdapter } from './model-limiter.js';
import { shapeOf, withCredit } from './shape.js';

export interface ContractAndLimiter {
  readonly contract: Contract;
  /** Keeps it, exactly. */
  readonly adapter: LimiterAdapter;
}

const DAY_US = 86_400_000_000;

/** From 1 us to ten years, the short and the usual ones often. */
const lengthsUs = fc.oneof(
  fc.constantFrom(1_000, 1_000_000, 60_000_000, 3_600_000_000, DAY_US, 30 * DAY_US, 366 * DAY_US, 3_660 * DAY_US),
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.integer({ min: 1, max: 3_660 * DAY_US }),
);
const capacities = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
);
const refillCells = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 50 }));

/** Numbers of every family. */
function numbers(): fc.Arbitrary<LimitNumbers> {
  const windows = {
    family: fc.constant('fixed-window' as const),
    capacity: capacities,
    windowUs: lengthsUs,
    anchor: fc.constantFrom('calendar' as const, 'first-hit' as const),
  };
  return fc.oneof(
    fc.record({
      family: fc.constant('token-bucket' as const),
      capacity: capacities,
      refillCells,
      refillPeriodUs: lengthsUs,
    }),
    fc.record({
      ...windows,
      credit: fc.constantFrom('none' as const, 'to-zero' as const, 'below-zero' as const),
      countsDenied: fc.constant(false),
    }),
    fc.record({ ...windows, credit: fc.constant('none' as const), countsDenied: fc.constant(true) }),
    fc.record({ family: fc.constant('sliding-log' as const), capacity: capacities, windowUs: lengthsUs }),
    fc.record({ family: fc.constant('sliding-counter' as const), capacity: capacities, windowUs: lengthsUs }),
    fc.record({
      family: fc.constant('leaky-queue' as const),
      capacity: capacities,
      queueCells: capacities,
      refillCells,
      refillPeriodUs: lengthsUs,
    }),
    fc.record({
      family: fc.constant('earned-budget' as const),
      capacity: capacities,
      trickleUs: fc.oneof(fc.constant(null), lengthsUs),
    }),
    fc.record({ family: fc.constant('concurrency' as const), capacity: capacities }),
  );
}

/** Contracts of one to three promises of any family that can be counted exactly, each with a limiter that keeps it. */
export function policies(): fc.Arbitrary<ContractAndLimiter> {
  return fc
    .array(numbers(), { minLength: 1, maxLength: 3 })
    .map((promises): Contract => {
      const charges = promises.some((one) => one.family === 'fixed-window' && one.countsDenied);
      return { promises, deniedRequests: charges ? 'charged' : 'free' };
    })
    .filter(isRight)
    .map((contract) => ({ contract, adapter: modelAdapter(contract) }));
}

/** Histories of one key that meet the edges of the contract: bursts, waits for a refill, costs up to the capacity. */
export function traffic(contract: Contract): fc.Arbitrary<History> {
  validateContract(contract);
  const claims = claimsOf(contract);
  return new HistoryArbitrary(withCredit(shapeOf(claims, false), claims, false));
}

/** One move of a clock. */
export interface ClockMove {
  /** Time passes, or the clock is set and no time passes. */
  readonly kind: 'pass' | 'set';
  /** Whole microseconds; a clock is also set back. */
  readonly byUs: number;
}

/** Clocks that stand still, are set back and forth by a microsecond to a year, and jump. */
export function hostileClocks(): fc.Arbitrary<readonly ClockMove[]> {
  const steps = fc.constantFrom(1, 1_000, 1_000_000, 3_600_000_000, 2 ** 31, 2 ** 32, 366 * DAY_US);
  const sets = fc
    .tuple(steps, fc.boolean())
    .map(([us, isBack]): ClockMove => ({ kind: 'set', byUs: isBack ? -us : us }));
  const passes = fc.oneof(fc.constant(0), lengthsUs).map((byUs): ClockMove => ({ kind: 'pass', byUs }));
  return fc.array(fc.oneof(sets, passes), { minLength: 1, maxLength: 50 });
}

function isRight(contract: Contract): boolean {
  try {
    validateContract(contract);
    return true;
  } catch {
    return false;
  }
}
