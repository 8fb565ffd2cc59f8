/** Which numbers the calls of a gate take; texts are looked at where they are hashed. */
import { FloodproofError } from '../errors.js';
import { INT32_MAX } from './family.js';
import { ELEMENTS_MAX } from './record.js';

/** @throws {FloodproofError} FP_TIME_INVALID */
export function checkTime(name: string, us: number): void {
  if (Number.isSafeInteger(us) && us >= 0) return;
  throw new FloodproofError('FP_TIME_INVALID', `${name} must be whole microseconds from 0 to 2^53 - 1, got ${us}`);
}

/** @throws {FloodproofError} FP_ELEMENTS_INVALID */
export function checkElements(elements: number): void {
  if (Number.isInteger(elements) && elements >= 1 && elements <= ELEMENTS_MAX) return;
  const wanted = `a whole number from 1 to ${ELEMENTS_MAX}`;
  throw new FloodproofError('FP_ELEMENTS_INVALID', `elements must be ${wanted}, got ${elements}`);
}

/** @throws {FloodproofError} FP_CREDIT_INVALID */
export function checkCells(cells: number): void {
  if (Number.isInteger(cells) && cells >= 1 && cells <= INT32_MAX) return;
  throw new FloodproofError('FP_CREDIT_INVALID', `cells must be a whole number from 1 to ${INT32_MAX}, got ${cells}`);
}
