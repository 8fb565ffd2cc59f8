/**
 * What one actor was admitted under one limit by bin, and the most that a right limiter can have admitted in that bin.
 *
 * A charge is in the bin of its answer. Of a bin i and an earlier or the same bin j let X(j, i) be the cells of i's
 * charges that were sent in bin j or later, and A(j, i) = X(j, j) + .. + X(j, i). All of A was decided between the
 * start of j and the end of i, wherever exactly within send and answer: an interval of w = (i - j + 1) bins less a
 * microsecond, since times are whole. A right limiter admits each counter at most promised(w) in it, and K counters at
 * most K times that, with K the counters that the actor charged by the end of i. So for every j
 *
 *   admitted(i) <= admitted(i) - X(j, i) + K x promised(w) - A(j, i - 1),
 *
 * and the least of these is the bound. It can be below what was admitted for no right limiter: the charges that may
 * have been decided before j, admitted(i) - X(j, i), stand on both sides. Charges of other actors on the same counters
 * only leave less to this one.
 *
 * Where more than the bound was admitted in a bin m, the excess is told there, and is not held against later bins
 * again: X(j, m) then counts less the excess, 0 at least. Of a right limiter nothing is ever taken off, so for it the
 * bound is as proved above; of any other it is what a right one could have admitted after the most that it could have
 * admitted before. It is never below 0: A(j, i - 1) less its excesses is at most K x promised(w) for each j, as the
 * excess is the worst of all j.
 */
import { IndexSet } from '../judge/index-set.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { promisedCells } from '../scenario/promise.js';
import type { Bins } from './bins.js';

/**
 * Charges that took more bins than this from send to answer are taken for sent before all bins: so they are in no A,
 * which only ever speaks for the limiter.
 */
const LAGS = 16;
const COLUMNS = LAGS + 1;

export class LimitCourse {
  private readonly limit: PolicyLimit;
  private readonly policy: Policy;
  private readonly bins: Bins;
  private readonly counters = new IndexSet();
  /** By bin: counters that were charged in it first. */
  private readonly newCounters: Uint32Array;
  /** Cells by bin of the answer and bins from send to answer; the last column is for what took longer. */
  private readonly cells: Float64Array;
  /** The latest answer: of the last bin only that tells where it ends. */
  private lastUs = 0;

  constructor(limit: PolicyLimit, policy: Policy, bins: Bins) {
    this.limit = limit;
    this.policy = policy;
    this.bins = bins;
    this.newCounters = new Uint32Array(bins.count);
    this.cells = new Float64Array(bins.count * COLUMNS);
  }

  get keys(): number {
    return this.counters.size;
  }

  /** Takes a certain charge. Answers must not fall, or a counter might be counted in a later bin than its first. */
  charge(counter: number, sentUs: number, answeredUs: number, cells: number): void {
    const { bins } = this;
    const bin = bins.of(answeredUs);
    if (this.counters.add(counter)) this.newCounters[bin] = (this.newCounters[bin] as number) + 1;
    const lag = sentUs < bins.startUs ? LAGS : Math.min(LAGS, Math.max(0, bin - bins.of(sentUs)));
    const at = bin * COLUMNS + lag;
    this.cells[at] = (this.cells[at] as number) + cells;
    this.lastUs = Math.max(this.lastUs, answeredUs);
  }

  /** @param toBin - exclusive. */
  admittedCells(toBin: number): number[] {
    return Array.from({ length: toBin }, (_, bin) => this.admittedIn(bin));
  }

  /** @returns null where the limit promises nothing that can be told by time alone. */
  boundCells(toBin: number): number[] | null {
    const { limit } = this;
    if (!isToldByTime(limit)) return null;
    const promised = this.promises(toBin, 0);
    const sums = new Float64Array(toBin);
    const bounds: number[] = [];
    let keys = 0;
    for (let bin = 0; bin < toBin; bin++) {
      keys += this.newCounters[bin] as number;
      const isLast = bin === this.bins.count - 1;
      const overCells = this.worstOver(bin, sums, keys, isLast ? this.promises(toBin, this.lateUs()) : promised);
      bounds.push(this.admittedIn(bin) - overCells);
      this.addTo(sums, bin, Math.max(0, overCells));
    }
    return bounds;
  }

  /** The most, over all bins `from`, that was certainly admitted above what is promised from its start until now. */
  private worstOver(bin: number, sums: Float64Array, keys: number, promised: readonly number[]): number {
    let worst = Number.NEGATIVE_INFINITY;
    let inside = 0;
    for (let from = bin; from >= 0; from--) {
      if (bin - from < LAGS) inside += this.cells[bin * COLUMNS + bin - from] as number;
      const over = (sums[from] as number) + inside - keys * (promised[bin - from] as number);
      if (over > worst) worst = over;
    }
    return worst;
  }

  private addTo(sums: Float64Array, bin: number, excessCells: number): void {
    let inside = 0;
    for (let from = bin; from >= 0; from--) {
      if (bin - from < LAGS) inside += this.cells[bin * COLUMNS + bin - from] as number;
      sums[from] = (sums[from] as number) + Math.max(0, inside - excessCells);
    }
  }

  private admittedIn(bin: number): number {
    let sum = 0;
    for (let at = bin * COLUMNS; at < (bin + 1) * COLUMNS; at++) sum += this.cells[at] as number;
    return sum;
  }

  /** What one counter is promised over one bin, two bins and so on, the last of them so much longer. */
  private promises(bins: number, longerUs: number): readonly number[] {
    return Array.from({ length: bins }, (_, more) => {
      const lengthUs = (more + 1) * this.bins.binUs + longerUs - 1;
      return promisedCells(this.policy, this.limit, lengthUs) ?? 0;
    });
  }

  /** By how much answers of the last bin came after its end: it has those of all later times. */
  private lateUs(): number {
    return Math.max(0, this.lastUs + 1 - this.bins.startOf(this.bins.count));
  }
}

/** Whether a promise depends on nothing but time: neither on what is in flight nor on what fills give back or earn. */
function isToldByTime(limit: PolicyLimit): boolean {
  if (limit.family === 'concurrency' || limit.family === 'earned-budget') return false;
  return !('creditsMax' in limit) || limit.creditsMax.every((cells) => cells === 0);
}
