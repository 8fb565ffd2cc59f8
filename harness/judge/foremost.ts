/** The first few of many in an order, kept while they go by: memory and work do not grow with how many there are. */
export class Foremost<Item> {
  private readonly kept: Item[] = [];
  private readonly max: number;
  private readonly compare: (a: Item, b: Item) => number;

  /**
   * @param max - how many are kept, at least 1.
   * @param compare - below 0 when `a` stands before `b`. Of equal ones the one that came first stands first.
   */
  constructor(max: number, compare: (a: Item, b: Item) => number) {
    this.max = max;
    this.compare = compare;
  }

  get items(): readonly Item[] {
    return this.kept;
  }

  /** Whether `item` would be kept, so that it need not be copied for nothing. */
  wants(item: Item): boolean {
    return this.kept.length < this.max || this.compare(item, this.kept[this.kept.length - 1] as Item) < 0;
  }

  add(item: Item): void {
    if (!this.wants(item)) return;
    const at = this.kept.findIndex((other) => this.compare(item, other) < 0);
    if (at < 0) this.kept.push(item);
    else this.kept.splice(at, 0, item);
    if (this.kept.length > this.max) this.kept.pop();
  }
}
