/**
 * What happens next in virtual time. Events come out by time, and those of one instant in the order in which they were
 * put in: so a run has one order of events, whatever the machine.
 *
 * Events of one kind mostly come due in the order in which they are put in (a constant delay moves all alike). Each kind
 * has a ring of its own for those, where putting in and taking out cost the same at any length; an event that is due
 * before the last of its ring goes to one binary heap instead. Nothing is allocated for an event once the arrays are
 * long enough.
 */

/** Kinds of events that a queue takes: 0 to `KINDS` - 1. */
export const KINDS = 16;
const KIND_BITS = 4;
const RING_LENGTH = 1024;
const HEAP_LENGTH = 1024;

/** Events of one kind that are due in the order of putting in. A power of two of places. */
class Ring {
  times = new Float64Array(RING_LENGTH);
  orders = new Float64Array(RING_LENGTH);
  slots = new Int32Array(RING_LENGTH);
  head = 0;
  size = 0;
  lastUs = Number.NEGATIVE_INFINITY;

  push(timeUs: number, order: number, slot: number): void {
    if (this.size === this.times.length) this.grow();
    const place = (this.head + this.size) & (this.times.length - 1);
    this.times[place] = timeUs;
    this.orders[place] = order;
    this.slots[place] = slot;
    this.size++;
    this.lastUs = timeUs;
  }

  private grow(): void {
    const { times, orders, slots, head } = this;
    const length = times.length;
    this.times = new Float64Array(2 * length);
    this.orders = new Float64Array(2 * length);
    this.slots = new Int32Array(2 * length);
    for (let i = 0; i < length; i++) {
      const place = (head + i) & (length - 1);
      this.times[i] = times[place] as number;
      this.orders[i] = orders[place] as number;
      this.slots[i] = slots[place] as number;
    }
    this.head = 0;
  }
}

export class EventQueue {
  /** Of the event that `pop` took out last. */
  timeUs = 0;
  kind = 0;
  slot = 0;

  private readonly rings: readonly Ring[] = Array.from({ length: KINDS }, () => new Ring());
  private heapTimes = new Float64Array(HEAP_LENGTH);
  private heapOrders = new Float64Array(HEAP_LENGTH);
  /** Slot and kind in one number. */
  private heapEvents = new Int32Array(HEAP_LENGTH);
  private heapSize = 0;
  private orders = 0;
  /** The ring whose head is next, `KINDS` = the heap's or none's, -1 = to be looked up; and when that is due. */
  private nextRing = KINDS;
  private nextDueUs = Number.POSITIVE_INFINITY;
  /** A bit for each ring that holds anything. */
  private filled = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** When the next event is due; infinity when there is none. */
  get nextUs(): number {
    if (this.nextRing < 0) this.findNext();
    return this.nextDueUs;
  }

  /**
   * @param timeUs - whole microseconds, at least the time of the event that was taken out last.
   * @param slot - 0 to 2^27 - 1: what the event is about.
   */
  push(timeUs: number, kind: number, slot: number): void {
    const ring = this.rings[kind] as Ring;
    const order = this.orders++;
    this.count++;
    let place = kind;
    if (ring.size === 0 || timeUs >= ring.lastUs) {
      ring.push(timeUs, order, slot);
      this.filled |= 1 << kind;
    } else {
      place = KINDS;
      this.pushHeap(timeUs, order, (slot << KIND_BITS) | kind);
    }
    // It comes after whatever is due at the same time. What is due before all else is the head of wherever it went.
    if (this.nextRing >= 0 && timeUs < this.nextDueUs) {
      this.nextRing = place;
      this.nextDueUs = timeUs;
    }
  }

  /** Takes the next event out into `timeUs`, `kind` and `slot`; false when there is none. */
  pop(): boolean {
    if (this.count === 0) return false;
    if (this.nextRing < 0) this.findNext();
    const next = this.nextRing;
    this.nextRing = -1;
    this.count--;
    if (next === KINDS) {
      const event = this.heapEvents[0] as number;
      this.timeUs = this.heapTimes[0] as number;
      this.kind = event & (KINDS - 1);
      this.slot = event >> KIND_BITS;
      this.popHeap();
      return true;
    }
    const ring = this.rings[next] as Ring;
    const { head } = ring;
    this.timeUs = ring.times[head] as number;
    this.kind = next;
    this.slot = ring.slots[head] as number;
    ring.head = (head + 1) & (ring.times.length - 1);
    if (--ring.size === 0) this.filled &= ~(1 << next);
    return true;
  }

  private findNext(): void {
    let next = KINDS;
    let timeUs = this.heapSize > 0 ? (this.heapTimes[0] as number) : Number.POSITIVE_INFINITY;
    let order = this.heapSize > 0 ? (this.heapOrders[0] as number) : Number.POSITIVE_INFINITY;
    for (let filled = this.filled; filled !== 0; filled &= filled - 1) {
      const kind = 31 - Math.clz32(filled & -filled);
      const ring = this.rings[kind] as Ring;
      const ringUs = ring.times[ring.head] as number;
      if (ringUs > timeUs || (ringUs === timeUs && (ring.orders[ring.head] as number) > order)) continue;
      next = kind;
      timeUs = ringUs;
      order = ring.orders[ring.head] as number;
    }
    this.nextRing = next;
    this.nextDueUs = timeUs;
  }

  private pushHeap(timeUs: number, order: number, event: number): void {
    if (this.heapSize === this.heapTimes.length) this.growHeap();
    let child = this.heapSize++;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const parentUs = this.heapTimes[parent] as number;
      // Of equal times the one that was there first stays in front: its order is smaller.
      if (parentUs <= timeUs) break;
      this.move(parent, child);
      child = parent;
    }
    this.heapTimes[child] = timeUs;
    this.heapOrders[child] = order;
    this.heapEvents[child] = event;
  }

  private popHeap(): void {
    const last = --this.heapSize;
    const timeUs = this.heapTimes[last] as number;
    const order = this.heapOrders[last] as number;
    const event = this.heapEvents[last] as number;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, child)) child++;
      const childUs = this.heapTimes[child] as number;
      if (timeUs < childUs || (timeUs === childUs && order < (this.heapOrders[child] as number))) break;
      this.move(child, parent);
      parent = child;
    }
    this.heapTimes[parent] = timeUs;
    this.heapOrders[parent] = order;
    this.heapEvents[parent] = event;
  }

  private isBefore(a: number, b: number): boolean {
    const difference = (this.heapTimes[a] as number) - (this.heapTimes[b] as number);
    return difference < 0 || (difference === 0 && (this.heapOrders[a] as number) < (this.heapOrders[b] as number));
  }

  private move(from: number, to: number): void {
    this.heapTimes[to] = this.heapTimes[from] as number;
    this.heapOrders[to] = this.heapOrders[from] as number;
    this.heapEvents[to] = this.heapEvents[from] as number;
  }

  private growHeap(): void {
    const length = 2 * this.heapTimes.length;
    const times = new Float64Array(length);
    const orders = new Float64Array(length);
    const events = new Int32Array(length);
    times.set(this.heapTimes);
    orders.set(this.heapOrders);
    events.set(this.heapEvents);
    this.heapTimes = times;
    this.heapOrders = orders;
    this.heapEvents = events;
  }
}
