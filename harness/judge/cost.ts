/**
 * What a request can have cost a limit, and what it can have given back to it. The age of what a request is about is
 * not in the record, so its cost is a range: a leak is told with the least, a wrongful block with the most.
 *
 * The least is the cost of something old, even if nothing old was ever seen: a request may be about a thing that was
 * there before the run, or about none at all, and then it has no age.
 */
import type { PolicyLimit } from '../scenario/plan.js';
import type { Row } from './row.js';

type Asked = Pick<Row, 'requestClass' | 'elements'>;

/** Whole cells; 0 = the limit does not match this class. */
export function leastCells(row: Asked, limit: PolicyLimit): number {
  return (limit.costs[row.requestClass] ?? 0) * row.elements;
}

/** Whole cells, at least `leastCells`; 0 when the limit does not match this class. */
export function mostCells(row: Asked, limit: PolicyLimit): number {
  const least = leastCells(row, limit);
  if (least === 0) return 0;
  return least + (limit.ageCosts[row.requestClass] ?? []).reduce((most, { cells }) => Math.max(most, cells), 0);
}

/** Cells that this request, if it was admitted, can give back or earn at most, at its decision or at any time later. */
export function creditCellsMax(row: Asked, limit: PolicyLimit): number {
  return 'creditsMax' in limit ? (limit.creditsMax[row.requestClass] ?? 0) * row.elements : 0;
}
