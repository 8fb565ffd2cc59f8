/**
 * The course of a leak over the interval of its proof: what was certainly admitted by each answer, beside what was
 * promised until then. Both end with the verdict's numbers.
 *
 * The verdict's bound is not always what `promisedCells` says for the whole interval: a queue is held to what it
 * serves, windows to a phase, nodes are rounded together, and credits come on top. Then the bound until a moment is
 * told from its end:
 * - a straight line of rate r rises by at least floor(r x d) whole cells over the d microseconds that are left, so it
 * was at
 *   most the last bound less that;
 * - every other bound was at most what it is in the end, since no bound falls.
 */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { promisedCells } from '../scenario/promise.js';
import type { LeakCourse } from './series.js';

/** The proof of a leak: run times in microseconds. */
export interface LeakProof {
  /** Index into the verdict's `leaks`. */
  readonly leak: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly admittedCells: number;
  readonly boundCells: number;
}

/** Admissions to one counter within the interval, thinned to a number of moments. */
export class AdmittedCourse {
  cells = 0;
  private readonly pointsMax: number;
  private timesUs: number[] = [];
  private sums: number[] = [];

  /** @param pointsMax - at least 2. */
  constructor(pointsMax: number) {
    this.pointsMax = pointsMax;
  }

  /** Answers must not fall. */
  add(answeredUs: number, cells: number): void {
    this.cells += cells;
    if (this.timesUs.at(-1) === answeredUs) {
      this.sums[this.sums.length - 1] = this.cells;
      return;
    }
    this.timesUs.push(answeredUs);
    this.sums.push(this.cells);
    // Sums of those that stay are right without those that go.
    if (this.timesUs.length >= 2 * this.pointsMax) this.thin();
  }

  /** Sums of admitted cells by moment, the last one included. */
  points(): readonly { readonly atUs: number; readonly cells: number }[] {
    while (this.timesUs.length > this.pointsMax) this.thin();
    return this.timesUs.map((atUs, index) => ({ atUs, cells: this.sums[index] as number }));
  }

  /** Every other one goes; the last one stays. */
  private thin(): void {
    const last = this.timesUs.length - 1;
    const isKept = (_: number, index: number): boolean => (last - index) % 2 === 0;
    this.timesUs = this.timesUs.filter(isKept);
    this.sums = this.sums.filter(isKept);
  }
}

/**
 * @returns null when the rows show less than the verdict says: then they are not those of this verdict.
 */
export function leakCourse(
  proof: LeakProof,
  admitted: AdmittedCourse,
  limit: PolicyLimit,
  policy: Policy,
  warmupUs: number,
): LeakCourse | null {
  if (admitted.cells < proof.admittedCells) return null;
  const points = admitted.points();
  const boundAt = boundOver(proof, limit, policy);
  return {
    leak: proof.leak,
    atMs: points.map(({ atUs }) => (atUs - warmupUs) / 1000),
    // Where the oracle kept sums coarser it proved with fewer cells than there were.
    admittedCells: points.map(({ cells }) => Math.min(cells, proof.admittedCells)),
    boundCells: points.map(({ atUs }) => boundAt(atUs)),
  };
}

/** The bound from the start of the interval until a moment. */
function boundOver(
  { fromUs, toUs, boundCells }: LeakProof,
  limit: PolicyLimit,
  policy: Policy,
): (us: number) => number {
  const hasCredits = 'creditsMax' in limit && limit.creditsMax.some((cells) => cells > 0);
  if (!hasCredits && promisedCells(policy, limit, toUs - fromUs) === boundCells) {
    return (us) => promisedCells(policy, limit, us - fromUs) ?? boundCells;
  }
  const rate = rateOf(limit, policy);
  if (rate === null) return () => boundCells;
  const risesBy = (us: number): number => Number((BigInt(rate.cells) * BigInt(us)) / BigInt(rate.periodUs));
  return (us) => boundCells - risesBy(toUs - us);
}

/** Of a bound that is a straight line, over all nodes; null = it is none. */
function rateOf(limit: PolicyLimit, { nodes }: Policy): { readonly cells: number; readonly periodUs: number } | null {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
    case 'leaky-queue':
      return { cells: limit.refillCells * nodes, periodUs: limit.refillPeriodUs };
    case 'sliding-counter':
      // Where it is not the line on one node, it is the phase of the windows: none of them holds more than its capacity.
      return nodes === 1 ? null : { cells: limit.capacity * nodes, periodUs: limit.windowUs };
    default:
      return null;
  }
}
