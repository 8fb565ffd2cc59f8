/** How much a run in virtual time may be asked for. */
import { FloodproofError } from '../../errors.js';
import { expectedTraffic } from '../../scenario/expected-traffic.js';
import { type Plan, planEndUs } from '../../scenario/plan.js';

/** Requests of one run, as far as they can be expected: their rows take 75 bytes each, beyond memory on the disk. */
export const REQUESTS_MAX = 100_000_000;

/** How many requests a plan is expected to make when everything is admitted. */
export function expectedRequests(plan: Plan, arrivalsMax: number | null): number {
  const total = plan.actors.reduce(
    (sum, actor) => {
      const { arrivals, requests } = expectedTraffic(plan, actor, 0, planEndUs(plan));
      return { arrivals: sum.arrivals + arrivals, requests: sum.requests + requests };
    },
    { arrivals: 0, requests: 0 },
  );
  if (arrivalsMax === null || total.arrivals <= arrivalsMax) return total.requests;
  return (total.requests * arrivalsMax) / total.arrivals;
}

/** @throws {FloodproofError} FP_USAGE when the plan is expected to make more requests than `requestsMax`. */
export function assertPlayable(plan: Plan, arrivalsMax: number | null, requestsMax: number = REQUESTS_MAX): void {
  const requests = Math.round(expectedRequests(plan, arrivalsMax));
  if (requests <= requestsMax) return;
  const message = `${plan.name} is expected to make ${requests} requests; at most ${requestsMax} can be played in virtual time here`;
  const hint = 'shorten the run, lower its rates, or cut it with --max-requests';
  throw new FloodproofError('FP_USAGE', message, { hint });
}

/** Rows beyond what was expected: retries come on top, and of a recording nobody knows before how much it brings. */
const UNEXPECTED = 2;

/** The most rows that a run may have whose plan was expected to make `requestsMax` at most. */
export function rowsMaxOf(requestsMax: number): number {
  return UNEXPECTED * requestsMax;
}

/** @throws {FloodproofError} FP_USAGE when a run has more rows than it may. */
export function assertKeepable(name: string, rows: number, rowsMax: number): void {
  if (rows <= rowsMax) return;
  const message = `${name} has made more than ${rowsMax} requests, which is more than can be kept here`;
  const hint = 'shorten the run, lower its rates or retries, or cut it with --max-requests';
  throw new FloodproofError('FP_USAGE', message, { hint });
}
