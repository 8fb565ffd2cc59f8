/**
 * The most that can have been used of a counter at each moment: what a wrongful throttle is told by.
 *
 * For a moment t, every request sent at t or before that was or may have been admitted is charged as late as it can
 * have been, at its latest decision or at t itself, whichever is first. A later charge comes back later, so no other
 * assignment of decisions leaves fewer cells at t; and all requests can have been that late at once. The throttled
 * request was decided at some t between its send and its answer: if at every such t the cells were there, no
 * assignment explains the throttle.
 *
 * Between two sends the level only rises (refill, windows that end; an answer moves a charge from "now" to the same
 * moment and changes nothing), so the smallest level is found at the throttled request's own send or at a send after
 * it. A send in the very microsecond of the answer may still have been decided before: it counts.
 *
 * The times are rounded down to whole microseconds and the target's clock has the grain g: two of its readings differ
 * by at least the difference of our times less g. So a bucket may have refilled g less than it seems, and a window may
 * still hold what was charged g before it.
 */
import type { PolicyLimit } from '../scenario/plan.js';
import { assertExact, type BucketNumbers, bucketNumbers } from './bucket-numbers.js';
import { RunningMinimum } from './running-minimum.js';

export interface MostUsed {
  readonly entries: number;
  /**
   * A request that may be charged goes out. Times of all calls must not fall; sends come before answers of the same
   * time.
   */
  send(sentUs: number, cells: number): void;
  /** Its latest possible decision. */
  settle(decidedByUs: number, cells: number): void;
  /** Takes the level at the send of a request that is not charged. */
  probe(sentUs: number): void;
  /** Whether `cells` were certainly there at every moment from `sinceUs`, a probed time, until now. */
  hadSince(sinceUs: number, cells: number): boolean;
  /** No later question reaches back before `beforeUs`. */
  forgetBefore(beforeUs: number): void;
}

export function createMostUsed(limit: PolicyLimit, grainUs: number): MostUsed {
  if (limit.family === 'token-bucket') return new MostUsedBucket(bucketNumbers(limit), grainUs);
  return new MostUsedWindow(limit.capacity, limit.windowUs, grainUs);
}

class MostUsedBucket implements MostUsed {
  private readonly numbers: BucketNumbers;
  private readonly grainUnits: number;
  private readonly levels = new RunningMinimum();
  /** Debt just after the last settled charge. */
  private debtUnits = 0;
  private debtUs = Number.NEGATIVE_INFINITY;
  private openCells = 0;

  constructor(numbers: BucketNumbers, grainUs: number) {
    this.numbers = numbers;
    this.grainUnits = numbers.usUnits * grainUs;
  }

  get entries(): number {
    return this.levels.entries;
  }

  send(sentUs: number, cells: number): void {
    this.openCells += cells;
    assertExact(this.debtUnits + this.openCells * this.numbers.cellUnits, this.numbers.name);
    this.probe(sentUs);
  }

  settle(decidedByUs: number, cells: number): void {
    const { cellUnits, usUnits } = this.numbers;
    this.debtUnits = Math.max(0, this.debtUnits - usUnits * (decidedByUs - this.debtUs)) + cells * cellUnits;
    this.debtUs = decidedByUs;
    this.openCells -= cells;
  }

  probe(sentUs: number): void {
    const { cellUnits, usUnits, capacityCells } = this.numbers;
    // The grain delays the refill of what was charged before; what is charged at this moment has had none, and a bucket
    // that was never charged owes nothing.
    const owed = Math.max(0, this.debtUnits - usUnits * (sentUs - this.debtUs) + this.grainUnits);
    this.levels.push(sentUs, (capacityCells - this.openCells) * cellUnits - owed);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells * this.numbers.cellUnits;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}

/** Settled charges of a window that are kept apart; beyond it neighbours are joined at the later time. */
const CHARGES_MAX = 16_384;

/** Fixed windows of any phase, and sliding logs: at most what was charged within a window and the grain before. */
class MostUsedWindow implements MostUsed {
  private readonly capacityCells: number;
  private readonly spanUs: number;
  private readonly levels = new RunningMinimum();
  private timesUs: number[] = [];
  private cells: number[] = [];
  private head = 0;
  private usedCells = 0;

  constructor(capacityCells: number, windowUs: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.spanUs = windowUs + grainUs;
  }

  get entries(): number {
    return this.levels.entries + this.timesUs.length - this.head;
  }

  send(sentUs: number, cells: number): void {
    this.usedCells += cells;
    this.probe(sentUs);
  }

  settle(decidedByUs: number, cells: number): void {
    if (this.timesUs.length > this.head && this.timesUs.at(-1) === decidedByUs) {
      this.cells.push((this.cells.pop() as number) + cells);
      return;
    }
    this.timesUs.push(decidedByUs);
    this.cells.push(cells);
    if (this.timesUs.length - this.head > CHARGES_MAX) this.thin();
  }

  probe(sentUs: number): void {
    while (this.head < this.timesUs.length && (this.timesUs[this.head] as number) + this.spanUs <= sentUs) {
      this.usedCells -= this.cells[this.head] as number;
      this.head++;
    }
    if (this.head > 64 && this.head * 2 > this.timesUs.length) this.dropGone();
    this.levels.push(sentUs, this.capacityCells - this.usedCells);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }

  private dropGone(): void {
    this.timesUs = this.timesUs.slice(this.head);
    this.cells = this.cells.slice(this.head);
    this.head = 0;
  }

  /** A charge that moves to a later time only counts longer, which speaks for the target. */
  private thin(): void {
    this.dropGone();
    const times: number[] = [];
    const cells: number[] = [];
    for (let k = 0; k < this.timesUs.length; k += 2) {
      times.push((this.timesUs[k + 1] ?? this.timesUs[k]) as number);
      cells.push((this.cells[k] as number) + (this.cells[k + 1] ?? 0));
    }
    this.timesUs = times;
    this.cells = cells;
  }
}
