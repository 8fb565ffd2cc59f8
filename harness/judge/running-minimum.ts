/** The smallest of a series of levels since a given time, in logarithmic time. Times must not fall. */
export class RunningMinimum {
  /** Levels rise from front to back: whatever is followed by a lower one can never be a minimum again. */
  private readonly timesUs: number[] = [];
  private readonly levels: number[] = [];
  private head = 0;

  get entries(): number {
    return this.levels.length - this.head;
  }

  push(timeUs: number, level: number): void {
    const { timesUs, levels } = this;
    while (levels.length > this.head && (levels.at(-1) as number) >= level) {
      levels.pop();
      timesUs.pop();
    }
    timesUs.push(timeUs);
    levels.push(level);
  }

  /** Infinity when nothing was pushed at `sinceUs` or later. */
  since(sinceUs: number): number {
    let low = this.head;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.timesUs[middle] as number) < sinceUs) low = middle + 1;
      else high = middle;
    }
    return this.levels[low] ?? Number.POSITIVE_INFINITY;
  }

  /** No later question reaches back before `beforeUs`. */
  forgetBefore(beforeUs: number): void {
    while (this.head < this.levels.length && (this.timesUs[this.head] as number) < beforeUs) this.head++;
    if (this.head > 64 && this.head * 2 > this.levels.length) {
      this.timesUs.splice(0, this.head);
      this.levels.splice(0, this.head);
      this.head = 0;
    }
  }
}
