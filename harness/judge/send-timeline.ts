/**
 * Charges of one counter sorted by send time, for sums over "sent at x or later". The leak oracle adds requests in the
 * order of their answers and asks after each: which start x makes the interval [x, now] the worst?
 *
 * Kept as a list of small blocks with their sums, so that an insert touches one block and a question one number a
 * block. The sum over sends from x on, weighed as `unitsPerCell * cells - unitsPerUs * (y - x)`, is largest at one of
 * the send times, so each block also keeps its own best start.
 */
const BLOCK_ENTRIES_MAX = 256;

interface Block {
  readonly timesUs: number[];
  readonly cells: number[];
  cellsSum: number;
  /**
   * Largest `unitsPerCell * (cells of this block from k on) + unitsPerUs * (time k - first time)` over its entries k.
   */
  best: number;
  bestStartUs: number;
}

export interface Weights {
  readonly unitsPerCell: number;
  readonly unitsPerUs: number;
}

export class SendTimeline {
  private readonly weights: Weights;
  private readonly blocks: Block[] = [];
  /** Entries kept; requests sent in the same microsecond share one. */
  entries = 0;
  cells = 0;
  /** The start found by the last call of `best` or `latestStartAbove`. */
  foundStartUs = 0;
  /** The cells from `foundStartUs` on, after `latestStartAbove`. */
  foundCells = 0;

  constructor(weights: Weights = { unitsPerCell: 1, unitsPerUs: 0 }) {
    this.weights = weights;
  }

  insert(sentUs: number, cells: number): void {
    this.cells += cells;
    const { blocks } = this;
    // Answers come nearly in the order of the sends, so the right block is nearly always the last one.
    let at = blocks.length - 1;
    while (at > 0 && ((blocks[at] as Block).timesUs[0] as number) > sentUs) at--;
    const block = blocks[at];
    if (block === undefined) {
      blocks.push({ timesUs: [sentUs], cells: [cells], cellsSum: cells, best: 0, bestStartUs: 0 });
      this.entries++;
      this.refresh(blocks[0] as Block);
      return;
    }
    const position = firstFrom(block.timesUs, sentUs);
    block.cellsSum += cells;
    if (block.timesUs[position] === sentUs) {
      block.cells[position] = (block.cells[position] as number) + cells;
    } else {
      block.timesUs.splice(position, 0, sentUs);
      block.cells.splice(position, 0, cells);
      this.entries++;
      if (block.timesUs.length > BLOCK_ENTRIES_MAX) this.split(at);
    }
    this.refresh(block);
  }

  /** Cells sent at `fromUs` or later. */
  cellsFrom(fromUs: number): number {
    let sum = 0;
    for (let at = this.blocks.length - 1; at >= 0; at--) {
      const block = this.blocks[at] as Block;
      if ((block.timesUs[0] as number) >= fromUs) {
        sum += block.cellsSum;
        continue;
      }
      for (let k = block.timesUs.length - 1; k >= 0 && (block.timesUs[k] as number) >= fromUs; k--) {
        sum += block.cells[k] as number;
      }
      break;
    }
    return sum;
  }

  /** The earliest send time at `fromUs` or later, Infinity when there is none. */
  firstFromUs(fromUs: number): number {
    for (const block of this.blocks) {
      if ((block.timesUs.at(-1) as number) < fromUs) continue;
      return block.timesUs[firstFrom(block.timesUs, fromUs)] as number;
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * The largest `unitsPerCell * cellsFrom(x) - unitsPerUs * (y - x)` over all send times x; -Infinity when empty.
   * Leaves the x in `foundStartUs`.
   */
  best(yUs: number): number {
    const { unitsPerCell, unitsPerUs } = this.weights;
    let best = Number.NEGATIVE_INFINITY;
    let later = 0;
    for (let at = this.blocks.length - 1; at >= 0; at--) {
      const block = this.blocks[at] as Block;
      const value = block.best + unitsPerCell * later - unitsPerUs * (yUs - (block.timesUs[0] as number));
      if (value > best) {
        best = value;
        this.foundStartUs = block.bestStartUs;
      }
      later += block.cellsSum;
    }
    return best;
  }

  /**
   * The latest send time x from which on more than `cells` cells were sent, or null.
   * Leaves it in `foundStartUs` and its sum in `foundCells`.
   */
  latestStartAbove(cells: number): number | null {
    if (this.cells <= cells) return null;
    let sum = 0;
    for (let at = this.blocks.length - 1; at >= 0; at--) {
      const block = this.blocks[at] as Block;
      if (sum + block.cellsSum <= cells) {
        sum += block.cellsSum;
        continue;
      }
      for (let k = block.timesUs.length - 1; k >= 0; k--) {
        sum += block.cells[k] as number;
        if (sum > cells) {
          this.foundStartUs = block.timesUs[k] as number;
          this.foundCells = sum;
          return this.foundStartUs;
        }
      }
    }
    return null;
  }

  /** The earliest send time that is kept, Infinity when empty. */
  get firstUs(): number {
    return this.blocks[0]?.timesUs[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out what was sent before `beforeUs`, oldest first. */
  dropBefore(beforeUs: number, visit: (sentUs: number, cells: number) => void = () => undefined): void {
    let whole = 0;
    for (const block of this.blocks) {
      const count = firstFrom(block.timesUs, beforeUs);
      for (let k = 0; k < count; k++) {
        const cells = block.cells[k] as number;
        visit(block.timesUs[k] as number, cells);
        block.cellsSum -= cells;
        this.cells -= cells;
      }
      this.entries -= count;
      if (count < block.timesUs.length) {
        if (count > 0) {
          block.timesUs.splice(0, count);
          block.cells.splice(0, count);
          this.refresh(block);
        }
        break;
      }
      whole++;
    }
    if (whole > 0) this.blocks.splice(0, whole);
  }

  /**
   * Halves the memory: each entry takes in its later neighbour. A send time that moves back takes its cells out of some
   * intervals and into none, so every sum is now at most what it was: the oracle loses sharpness, never truth.
   */
  thin(): void {
    for (const block of this.blocks) {
      let kept = 0;
      for (let k = 0; k < block.timesUs.length; k += 2) {
        block.timesUs[kept] = block.timesUs[k] as number;
        block.cells[kept] = (block.cells[k] as number) + (block.cells[k + 1] ?? 0);
        kept++;
      }
      this.entries -= block.timesUs.length - kept;
      block.timesUs.length = kept;
      block.cells.length = kept;
      this.refresh(block);
    }
  }

  private split(at: number): void {
    const block = this.blocks[at] as Block;
    const half = block.timesUs.length >> 1;
    const timesUs = block.timesUs.splice(half);
    const cells = block.cells.splice(half);
    const cellsSum = cells.reduce((sum, value) => sum + value, 0);
    block.cellsSum -= cellsSum;
    const later: Block = { timesUs, cells, cellsSum, best: 0, bestStartUs: 0 };
    this.blocks.splice(at + 1, 0, later);
    this.refresh(later);
  }

  private refresh(block: Block): void {
    const { unitsPerCell, unitsPerUs } = this.weights;
    if (unitsPerUs === 0) return;
    const firstUs = block.timesUs[0] as number;
    let sum = 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let k = block.timesUs.length - 1; k >= 0; k--) {
      sum += block.cells[k] as number;
      const timeUs = block.timesUs[k] as number;
      const value = unitsPerCell * sum + unitsPerUs * (timeUs - firstUs);
      if (value > best) {
        best = value;
        block.bestStartUs = timeUs;
      }
    }
    block.best = best;
  }
}

/** Index of the first entry that is `timeUs` or later. */
function firstFrom(timesUs: readonly number[], timeUs: number): number {
  let low = 0;
  let high = timesUs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesUs[middle] as number) < timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
