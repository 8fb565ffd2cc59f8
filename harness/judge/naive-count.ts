/**
 * What a count by answer time would claim: the usual way to test a limiter, and wrong whenever answers are late or
 * bunched. It stands in the report beside the proof, and decides nothing.
 */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { bucketNumbers, type Refill } from './bucket-numbers.js';

export class NaiveCount {
  /** Cells above the limit at their most; 0 = it would have claimed nothing. */
  excessCells = 0;
  private readonly limit: PolicyLimit;
  private readonly policy: Policy;
  private debtUnits = 0;
  private windowStartUs = Number.NEGATIVE_INFINITY;
  private windowCells = 0;
  private lastWindowCells = 0;
  private lastUs = 0;
  private trickledUs = Number.NEGATIVE_INFINITY;
  private readonly recent: { answeredUs: number; cells: number }[] = [];

  constructor(limit: PolicyLimit, policy: Policy) {
    this.limit = limit;
    this.policy = policy;
  }

  /** What is earned or given back is not seen, so it is not counted. */
  add(answeredUs: number, cells: number): void {
    const { limit } = this;
    switch (limit.family) {
      case 'token-bucket':
      case 'decaying-counter':
        this.drain(limit, answeredUs, cells);
        break;
      case 'leaky-queue':
        this.drain({ ...limit, capacity: limit.capacity + limit.queueCells }, answeredUs, cells);
        break;
      case 'sliding-log':
        this.slide(answeredUs, limit.windowUs);
        this.recent.push({ answeredUs, cells });
        this.windowCells += cells;
        this.claim(this.windowCells);
        break;
      case 'sliding-counter':
        this.weigh(answeredUs, limit.windowUs, cells);
        break;
      case 'earned-budget':
        this.spend(answeredUs, limit.trickleUs, cells);
        break;
      case 'concurrency':
        break;
      default:
        if (answeredUs >= this.windowStartUs + limit.windowUs) {
          this.windowStartUs = limit.anchor === 'calendar' ? answeredUs - (answeredUs % limit.windowUs) : answeredUs;
          this.windowCells = 0;
        }
        this.windowCells += cells;
        this.claim(this.windowCells);
    }
  }

  private drain(refill: Refill, nowUs: number, cells: number): void {
    const { cellUnits, usUnits } = bucketNumbers(refill);
    const refilled = usUnits * this.policy.nodes * (nowUs - this.lastUs);
    this.debtUnits = Math.max(0, this.debtUnits - refilled) + cells * cellUnits;
    this.lastUs = nowUs;
    this.claim(Math.ceil(this.debtUnits / cellUnits), refill.capacity);
  }

  private slide(nowUs: number, windowUs: number): void {
    while (this.recent.length > 0 && (this.recent[0]?.answeredUs as number) <= nowUs - windowUs) {
      this.windowCells -= this.recent.shift()?.cells as number;
    }
  }

  private weigh(nowUs: number, windowUs: number, cells: number): void {
    const startUs = nowUs - (nowUs % windowUs);
    if (startUs > this.windowStartUs) {
      this.lastWindowCells = startUs === this.windowStartUs + windowUs ? this.windowCells : 0;
      this.windowCells = 0;
      this.windowStartUs = startUs;
    }
    this.windowCells += cells;
    const left = windowUs - (nowUs - startUs);
    this.claim(Math.ceil((this.lastWindowCells * left) / windowUs) + this.windowCells);
  }

  private spend(nowUs: number, trickleUs: number | null, cells: number): void {
    const { nodes, slackCells } = this.policy;
    const isSpent = this.windowCells + cells > this.limit.capacity * nodes + slackCells;
    if (isSpent && trickleUs !== null && nowUs >= this.trickledUs + trickleUs) {
      this.trickledUs = nowUs;
      return;
    }
    this.windowCells += cells;
    this.claim(this.windowCells);
  }

  private claim(cells: number, capacity = this.limit.capacity): void {
    const { nodes, slackCells } = this.policy;
    this.excessCells = Math.max(this.excessCells, cells - capacity * nodes - slackCells);
  }
}
