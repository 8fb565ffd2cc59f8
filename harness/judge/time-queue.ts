/** Values in the order of their times; equal times come out in any order. A binary heap. */
export class TimeQueue<T> {
  private readonly timesUs: number[] = [];
  private readonly values: T[] = [];

  get size(): number {
    return this.values.length;
  }

  /** Of the earliest value; Infinity when empty. */
  get nextUs(): number {
    return this.timesUs[0] ?? Number.POSITIVE_INFINITY;
  }

  push(timeUs: number, value: T): void {
    const { timesUs, values } = this;
    let at = values.length;
    timesUs.push(timeUs);
    values.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((timesUs[parent] as number) <= timeUs) break;
      timesUs[at] = timesUs[parent] as number;
      values[at] = values[parent] as T;
      at = parent;
    }
    timesUs[at] = timeUs;
    values[at] = value;
  }

  /** Takes the earliest value out. */
  pop(): T {
    const { timesUs, values } = this;
    const earliest = values[0] as T;
    const timeUs = timesUs.pop() as number;
    const value = values.pop() as T;
    const size = values.length;
    if (size === 0) return earliest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (timesUs[child + 1] as number) < (timesUs[child] as number)) child++;
      if ((timesUs[child] as number) >= timeUs) break;
      timesUs[at] = timesUs[child] as number;
      values[at] = values[child] as T;
      at = child;
    }
    timesUs[at] = timeUs;
    values[at] = value;
    return earliest;
  }
}
