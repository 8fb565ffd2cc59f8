/** Things in the order of their due time, equals in the order in which they came: a binary heap. */
export interface Deadline {
  dueUs: number;
  /** Number of arrival; makes the order total, so that it does not depend on the shape of the heap. */
  readonly order: number;
}

export class DeadlineQueue<Item extends Deadline> {
  readonly #heap: Item[] = [];

  /** The item that is due first. */
  first(): Item | undefined {
    return this.#heap[0];
  }

  push(item: Item): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Item;
      if (isBefore(parent, item)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = item;
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  /** Gives the first item a later due time. */
  postponeFirst(dueUs: number): void {
    const item = this.#heap[0];
    if (item === undefined) return;
    item.dueUs = dueUs;
    this.#sink(item);
  }

  /** Puts `item` in the place of the root and lets it sink to where it belongs. */
  #sink(item: Item): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (isBefore(item, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = item;
  }
}

function isBefore(left: Deadline, right: Deadline): boolean {
  return left.dueUs < right.dueUs || (left.dueUs === right.dueUs && left.order < right.order);
}
