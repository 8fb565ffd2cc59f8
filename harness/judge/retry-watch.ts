/**
 * Holds a counter to its Retry-After: after a throttle that named a time, the first request that comes back no earlier
 * must be admitted, if nobody else used the counter in between. Anything that blurs this is not counted either way.
 */
import { Outcome } from '../actors/outcome.js';
import type { Row } from './row.js';

export type RetryFinding = 'kept' | 'broken' | 'untold';

export class RetryWatch {
  private readonly limitIndex: number;
  private readonly grainUs: number;
  private openRequests = 0;
  /** The request that is alone on the counter since its send. */
  private alone: Row | null = null;
  private dueUs = Number.POSITIVE_INFINITY;
  private dueCells = 0;
  private trial: Row | null = null;

  constructor(limitIndex: number, grainUs: number) {
    this.limitIndex = limitIndex;
    this.grainUs = grainUs;
  }

  /** @param mostCells - what it can cost: it must fit if that is no more than the throttled one did. */
  send(row: Row, mostCells: number): void {
    this.alone = this.openRequests === 0 ? row : null;
    this.trial = row.sentUs >= this.dueUs && mostCells <= this.dueCells ? this.alone : null;
    this.dueUs = Number.POSITIVE_INFINITY;
    this.openRequests++;
  }

  /** Called at a request's latest decision, with the least that it can have cost. */
  settle(row: Row, leastCells: number): RetryFinding {
    this.openRequests--;
    const isTrial = this.trial === row;
    if (isTrial) this.trial = null;
    // Alone from its send to its answer: whatever else was charged had been decided before.
    if (this.alone === row && this.blames(row) && row.retryAfterMs >= 0) {
      this.dueUs = row.concludedUs + row.retryAfterMs * 1000 + this.grainUs;
      this.dueCells = leastCells;
    }
    if (!isTrial) return 'untold';
    if (row.outcome === Outcome.admitted) return 'kept';
    return this.blames(row) || (row.outcome === Outcome.banned && row.limit === this.limitIndex) ? 'broken' : 'untold';
  }

  private blames(row: Row): boolean {
    return row.outcome === Outcome.throttled && row.limit === this.limitIndex;
  }
}
