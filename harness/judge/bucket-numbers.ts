/**
 * A bucket in whole units: a cell is `cellUnits`, a microsecond refills `usUnits`. No fraction is ever needed.
 */
import { reducedRate } from '../core/token-bucket.js';
import { FloodproofError } from '../errors.js';

/** Cells that are there at most, and come back at a steady rate. */
export interface Refill {
  readonly name: string;
  readonly capacity: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
}

export interface BucketNumbers {
  readonly name: string;
  /** The refill period of the reduced fraction, in microseconds. */
  readonly cellUnits: number;
  /** The refill cells of the reduced fraction. */
  readonly usUnits: number;
  readonly capacityCells: number;
}

export function bucketNumbers(limit: Refill): BucketNumbers {
  const { cells, periodUs } = reducedRate(limit);
  return { name: limit.name, cellUnits: periodUs, usUnits: cells, capacityCells: limit.capacity };
}

/**
 * Stops the judge before a sum can lose its last digit.
 *
 * @throws {FloodproofError} FP_ORACLE_RANGE
 */
export function assertExact(units: number, limitName: string): void {
  if (units <= Number.MAX_SAFE_INTEGER) return;
  throw new FloodproofError(
    'FP_ORACLE_RANGE',
    `limit ${limitName} can not be judged exactly: a sum has reached ${units} units`,
  );
}
