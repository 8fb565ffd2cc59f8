/**
 * How near a counter can have come to its bound, told from the answer times alone: two or three numbers a counter, and
 * never less than the truth. What stays within the bound even so cannot have leaked, and the leak oracle need not look.
 *
 * Why that is sound. The oracle convicts when, for some x <= y, the requests sent at x or later and answered at y or
 * earlier cost more than the bound of [x, y]. Each of them was answered within [x, y] too, so their cells are among those
 * that were answered in [x, y]:
 *
 * - Bound that is a straight line (buckets, queues): the largest sum over answers in [x, y], less what came back since x,
 *   is the debt of a bucket that is charged at the answers. It is at least the certain debt; while it is at most what the
 *   bound allows, no x convicts.
 * - Windows of length W, L cells each: cut time into blocks of W. If no two blocks that follow each other hold more than L
 *   together, a span of at most k * W touches k + 1 blocks and holds at most ceil((k + 1) / 2) * L. That is L for k = 1,
 *   so no phase of the windows is ever ruled out, and at most k * L for every k: the least that any of the window bounds
 *   allows (a sliding counter allows L + L * (v - 1) / W, which is k * L or more for v > (k - 1) * W).
 * - A budget for life: what was charged in all.
 *
 * Credits, slack and several nodes only raise the bounds, so where they are left out more counters are looked at. A counter
 * whose charges of the whole run so far are few has no numbers of its own: their sum is at least its level. Once they are
 * more than half of what is allowed they count as if all had been answered now, which is again never less than the truth.
 */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { bucketNumbers, type Refill } from './bucket-numbers.js';
import { PackedCounts } from './packed-counts.js';

type ProvableLimit = Exclude<PolicyLimit, { readonly family: 'concurrency' }>;

const PAGE_COUNTERS = 256;
const NUMBERS = 3;
/** What a packed count can hold. One broken target admits a request of many elements that costs more than that. */
const COUNT_MAX = 2 ** 32 - 1;

export abstract class ChargeLevel {
  /** In units of `levelOf`: a counter that never rises above it has not leaked. */
  abstract readonly allowed: number;
  protected abstract readonly unitsPerCell: number;
  /** Counters that were charged. */
  counters = 0;
  private readonly cells = new PackedCounts();
  private readonly pages: (Float64Array | undefined)[] = [];

  /**
   * Takes a charge, in the order of the answers.
   *
   * @param cells - at least 1.
   * @returns the level of the counter now, at least the true one.
   */
  charge(counter: number, cells: number, answeredUs: number): number {
    const at = (counter % PAGE_COUNTERS) * NUMBERS;
    const page = this.pages[Math.floor(counter / PAGE_COUNTERS)];
    // A counter with numbers of its own has a third one above 0.
    if (page !== undefined && (page[at + 2] as number) > 0) return this.raise(page, at, cells, answeredUs);
    const sum = this.cells.get(counter) + cells;
    if (sum === cells) this.counters++;
    const level = sum * this.unitsPerCell;
    if (2 * level > this.allowed || sum > COUNT_MAX) this.start(counter, sum, answeredUs);
    else this.cells.add(counter, cells);
    return level;
  }

  /** Where it stood after its last charge. */
  levelOf(counter: number): number {
    const at = (counter % PAGE_COUNTERS) * NUMBERS;
    const page = this.pages[Math.floor(counter / PAGE_COUNTERS)];
    if (page !== undefined && (page[at + 2] as number) > 0) return this.read(page, at);
    return this.cells.get(counter) * this.unitsPerCell;
  }

  private start(counter: number, cells: number, answeredUs: number): void {
    const number = Math.floor(counter / PAGE_COUNTERS);
    let page = this.pages[number];
    if (page === undefined) {
      page = new Float64Array(PAGE_COUNTERS * NUMBERS);
      this.pages[number] = page;
    }
    this.raise(page, (counter % PAGE_COUNTERS) * NUMBERS, cells, answeredUs);
  }

  /** Adds a charge to the three numbers at `at` (zeros at first; the third must be above 0 after it); the level then. */
  protected abstract raise(page: Float64Array, at: number, cells: number, answeredUs: number): number;
  protected abstract read(page: Float64Array, at: number): number;
}

interface Line {
  readonly unitsPerCell: number;
  readonly unitsPerUs: number;
  readonly allowed: number;
}

/** Debt in units, time of the last answer, 1. */
class LineLevel extends ChargeLevel {
  readonly allowed: number;
  protected readonly unitsPerCell: number;
  private readonly line: Line;

  constructor(line: Line) {
    super();
    this.line = line;
    this.allowed = line.allowed;
    this.unitsPerCell = line.unitsPerCell;
  }

  protected raise(page: Float64Array, at: number, cells: number, answeredUs: number): number {
    const { unitsPerCell, unitsPerUs } = this.line;
    const back = unitsPerUs * (answeredUs - (page[at + 1] as number));
    const sum = Math.max(0, (page[at] as number) - back) + cells * unitsPerCell;
    // Where the last digit would be lost the oracle itself looks, which knows what to do then.
    const debt = sum <= Number.MAX_SAFE_INTEGER ? sum : Number.POSITIVE_INFINITY;
    page[at] = debt;
    page[at + 1] = answeredUs;
    page[at + 2] = 1;
    return debt;
  }

  protected read(page: Float64Array, at: number): number {
    return page[at] as number;
  }
}

/** Cells of the block before, cells of the block that the last answer fell into, number of that block and 1. */
class BlockLevel extends ChargeLevel {
  readonly allowed: number;
  protected readonly unitsPerCell = 1;
  private readonly windowUs: number;

  constructor(allowed: number, windowUs: number) {
    super();
    this.allowed = allowed;
    this.windowUs = windowUs;
  }

  protected raise(page: Float64Array, at: number, cells: number, answeredUs: number): number {
    const block = Math.floor(answeredUs / this.windowUs) + 1;
    const last = page[at + 2] as number;
    if (block !== last) {
      page[at] = block === last + 1 ? (page[at + 1] as number) : 0;
      page[at + 1] = 0;
      page[at + 2] = block;
    }
    page[at + 1] = (page[at + 1] as number) + cells;
    return this.read(page, at);
  }

  protected read(page: Float64Array, at: number): number {
    return (page[at] as number) + (page[at + 1] as number);
  }
}

/** All that was charged, nothing, 1. */
class SumLevel extends ChargeLevel {
  readonly allowed: number;
  protected readonly unitsPerCell = 1;

  constructor(allowed: number) {
    super();
    this.allowed = allowed;
  }

  protected raise(page: Float64Array, at: number, cells: number): number {
    page[at] = (page[at] as number) + cells;
    page[at + 2] = 1;
    return this.read(page, at);
  }

  protected read(page: Float64Array, at: number): number {
    return page[at] as number;
  }
}

/** The straight line of `bucket-bound.ts`: what is allowed over a span of `spanUs`. */
function lineOf(refill: Refill, { nodes, slackCells }: Policy, spanUs: number): Line {
  const { cellUnits, usUnits } = bucketNumbers(refill);
  const allowed = (refill.capacity * nodes + slackCells) * cellUnits + usUnits * nodes * spanUs;
  return { unitsPerCell: cellUnits, unitsPerUs: usUnits * nodes, allowed };
}

export function createChargeLevel(limit: ProvableLimit, policy: Policy): ChargeLevel {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return new LineLevel(lineOf(limit, policy, policy.resolutionUs));
    case 'leaky-queue': {
      const admission = lineOf({ ...limit, capacity: limit.capacity + limit.queueCells }, policy, policy.resolutionUs);
      // Of the service bound the least that it can be: see `queue-bound.ts`.
      const service = lineOf(limit, policy, 2 * policy.resolutionUs);
      return new LineLevel(service.allowed < admission.allowed ? service : admission);
    }
    case 'earned-budget':
      return new SumLevel(limit.capacity * policy.nodes + policy.slackCells);
    default:
      return new BlockLevel(limit.capacity * policy.nodes, limit.windowUs);
  }
}
