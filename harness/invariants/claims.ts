/** A contract with everything spelled out: what is left out has its default, what follows from the numbers is worked out. */
import { HORIZON_US, type LimitNumbers } from '../core/spec.js';
import type { Contract } from './contract.js';

export interface Claims extends Required<Contract> {
  /** Cells that pass at once when everything is full: those of the smallest promise. */
  readonly capacityCells: number;
  /** After so long without a request everything is full, whatever was asked before; Infinity when no wait brings that. */
  readonly fullAfterUs: number;
}

/** Works out the claims of a contract that `contractFaults` has found nothing wrong with. */
export function claimsOf(contract: Contract): Claims {
  const grainUs = contract.grainUs ?? 1;
  const capacityCells = Math.min(...contract.promises.map(capacityOf));
  return {
    promises: contract.promises,
    grainUs,
    nodes: contract.nodes ?? 1,
    slackCells: contract.slackCells ?? 0,
    deniedRequests: contract.deniedRequests ?? 'free',
    retryAfter: contract.retryAfter ?? 'exact',
    retryGrainUs: contract.retryGrainUs ?? grainUs,
    remaining: contract.remaining ?? 'exact',
    keys: contract.keys ?? null,
    countersMax: contract.countersMax ?? null,
    costMax: contract.costMax ?? capacityCells,
    overCapacity: contract.overCapacity ?? 'told',
    horizonUs: contract.horizonUs ?? HORIZON_US,
    clockBack: contract.clockBack ?? 'no-windfall',
    capacityCells,
    fullAfterUs: Math.max(...contract.promises.map(fullAfterUs)),
  };
}

/** Cells that a counter as good as new lets through at one instant. */
export function capacityOf(numbers: LimitNumbers): number {
  return numbers.family === 'leaky-queue' ? numbers.capacity + numbers.queueCells : numbers.capacity;
}

/**
 * After so long a counter that nobody asked is as good as new. A bucket of C cells that refills n every p is full again
 * after C x p / n; a counter of two windows when both are over; a budget and what is in flight never by themselves.
 */
export function fullAfterUs(numbers: LimitNumbers): number {
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue':
      return ceilRatio(BigInt(capacityOf(numbers)) * BigInt(numbers.refillPeriodUs), BigInt(numbers.refillCells));
    case 'fixed-window':
    case 'sliding-log':
      return numbers.windowUs;
    case 'sliding-counter':
      return 2 * numbers.windowUs;
    case 'earned-budget':
    case 'concurrency':
      return Number.POSITIVE_INFINITY;
  }
}

/** Lengths of time at which something happens in a counter of these numbers: its window, or the refill of one cell. */
export function momentsOf(numbers: LimitNumbers): readonly number[] {
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue':
      return [ceilRatio(BigInt(numbers.refillPeriodUs), BigInt(numbers.refillCells)), fullAfterUs(numbers)];
    case 'fixed-window':
    case 'sliding-log':
    case 'sliding-counter':
      return [numbers.windowUs];
    case 'earned-budget':
      return numbers.trickleUs === null ? [1_000_000] : [numbers.trickleUs];
    case 'concurrency':
      return [1_000_000];
  }
}

/** @returns the first multiple of the grain that is not before `us`; Infinity stays. */
export function upToGrain(us: number, grainUs: number): number {
  if (us === Number.POSITIVE_INFINITY) return us;
  const over = us % grainUs;
  return over === 0 ? us : us + grainUs - over;
}

export function hasCredit(numbers: LimitNumbers): boolean {
  return numbers.family === 'earned-budget' || (numbers.family === 'fixed-window' && numbers.credit !== 'none');
}

/** Whether some promise is of the family. */
export function promisesFamily(claims: Claims, family: LimitNumbers['family']): boolean {
  return claims.promises.some((numbers) => numbers.family === family);
}

function ceilRatio(units: bigint, divisor: bigint): number {
  return Number((units + divisor - 1n) / divisor);
}
