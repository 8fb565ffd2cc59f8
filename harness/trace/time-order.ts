/** Rows of a trace in the order of their times. */

export interface TraceRows {
  readonly timesUs: Float64Array;
  /** null = nobody is told apart. */
  readonly who: Uint32Array | null;
  /** What was asked; null or left out = nobody wants to know. */
  readonly requests?: Uint32Array | null;
}

/**
 * The rows in rising order of time, those of one moment in the order in which they stood. In O(n) where they are in order
 * already, and little more where few are not, as in logs, which are written when a request ends.
 *
 * What is given is used up: its memory may hold the answer, or rows in no order.
 *
 * A merge sort from below: stretches of 1, 2, 4 ... rows, each in order, are merged by twos; two that are in order as they
 * stand are copied.
 */
export function inTimeOrder(rows: TraceRows): TraceRows {
  if (isInOrder(rows.timesUs)) return rows;
  const size = rows.timesUs.length;
  let from = rows;
  let to: TraceRows = {
    timesUs: new Float64Array(size),
    who: rows.who === null ? null : new Uint32Array(size),
    ...(rows.requests == null ? {} : { requests: new Uint32Array(size) }),
  };
  for (let stretch = 1; stretch < size; stretch *= 2) {
    for (let start = 0; start < size; start += 2 * stretch) {
      const middle = Math.min(start + stretch, size);
      merge(from, to, { start, middle, end: Math.min(start + 2 * stretch, size) });
    }
    [from, to] = [to, from];
  }
  return from;
}

function isInOrder(timesUs: Float64Array): boolean {
  for (let i = 1; i < timesUs.length; i++) {
    if ((timesUs[i] as number) < (timesUs[i - 1] as number)) return false;
  }
  return true;
}

function merge(from: TraceRows, to: TraceRows, place: { start: number; middle: number; end: number }): void {
  const { start, middle, end } = place;
  const times = from.timesUs;
  if (middle === end || (times[middle - 1] as number) <= (times[middle] as number)) {
    to.timesUs.set(times.subarray(start, end), start);
    if (from.who !== null) to.who?.set(from.who.subarray(start, end), start);
    if (from.requests != null) to.requests?.set(from.requests.subarray(start, end), start);
    return;
  }
  let left = start;
  let right = middle;
  for (let place = start; place < end; place++) {
    const isLeft = right === end || (left < middle && (times[left] as number) <= (times[right] as number));
    const row = isLeft ? left++ : right++;
    to.timesUs[place] = times[row] as number;
    if (from.who !== null && to.who !== null) to.who[place] = from.who[row] as number;
    if (from.requests != null && to.requests != null) to.requests[place] = from.requests[row] as number;
  }
}
