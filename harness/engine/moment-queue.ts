/** Things that are due at moments, earliest first; equal moments come out in the order in which they went in. A binary heap. */
export class MomentQueue<T> {
  private readonly moments: number[] = [];
  private readonly orders: number[] = [];
  private readonly items: T[] = [];
  private counter = 0;

  get size(): number {
    return this.items.length;
  }

  /** The earliest moment; infinity when empty. */
  get nextUs(): number {
    return this.moments[0] ?? Number.POSITIVE_INFINITY;
  }

  push(momentUs: number, item: T): void {
    const last = this.items.length;
    this.moments.push(momentUs);
    this.orders.push(this.counter++);
    this.items.push(item);
    let child = last;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  pop(): T | undefined {
    const top = this.items[0];
    const last = this.items.length - 1;
    if (last < 0) return undefined;
    this.swap(0, last);
    this.moments.pop();
    this.orders.pop();
    this.items.pop();
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, child)) child++;
      if (!this.before(child, parent)) break;
      this.swap(child, parent);
      parent = child;
    }
    return top;
  }

  private before(a: number, b: number): boolean {
    const difference = (this.moments[a] as number) - (this.moments[b] as number);
    return difference < 0 || (difference === 0 && (this.orders[a] as number) < (this.orders[b] as number));
  }

  private swap(a: number, b: number): void {
    [this.moments[a], this.moments[b]] = [this.moments[b] as number, this.moments[a] as number];
    [this.orders[a], this.orders[b]] = [this.orders[b] as number, this.orders[a] as number];
    [this.items[a], this.items[b]] = [this.items[b] as T, this.items[a] as T];
  }
}
