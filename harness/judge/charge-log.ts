/** Charges in the order of their times, for sums over the latest of them. */

/** Kept apart at most; beyond it neighbours are joined at the later time. */
const CHARGES_MAX = 16_384;

export class ChargeLog {
  /** Cells of all that are kept. */
  cells = 0;
  private timesUs: number[] = [];
  /** Cells of this charge and of all before it, since the beginning. */
  private sums: number[] = [];
  private head = 0;
  private total = 0;

  get entries(): number {
    return this.timesUs.length - this.head;
  }

  /** Times must not fall. */
  add(timeUs: number, cells: number): void {
    this.cells += cells;
    this.total += cells;
    if (this.entries > 0 && this.timesUs.at(-1) === timeUs) {
      this.sums[this.sums.length - 1] = this.total;
      return;
    }
    this.timesUs.push(timeUs);
    this.sums.push(this.total);
    if (this.entries > CHARGES_MAX) this.thin();
  }

  /** Cells charged at `fromUs` or later. */
  since(fromUs: number): number {
    let low = this.head;
    let high = this.timesUs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.timesUs[middle] as number) < fromUs) low = middle + 1;
      else high = middle;
    }
    return low === this.head ? this.cells : this.total - (this.sums[low - 1] as number);
  }

  /** Takes out what was charged at `untilUs` or before. */
  dropUntil(untilUs: number): void {
    while (this.head < this.timesUs.length && (this.timesUs[this.head] as number) <= untilUs) {
      this.cells = this.total - (this.sums[this.head] as number);
      this.head++;
    }
    if (this.head > 64 && this.head * 2 > this.timesUs.length) this.dropGone();
  }

  private dropGone(): void {
    this.timesUs = this.timesUs.slice(this.head);
    this.sums = this.sums.slice(this.head);
    this.head = 0;
  }

  /** A charge that moves to a later time only counts longer, which speaks for the target. */
  private thin(): void {
    this.dropGone();
    const isKept = (_: number, k: number): boolean => k % 2 === 1 || k === this.timesUs.length - 1;
    const sums = this.sums.filter(isKept);
    this.timesUs = this.timesUs.filter(isKept);
    this.sums = sums;
  }
}
