/**
 * Latencies of one kind by actor and bin, and over the phases, as counts in the buckets of `latency-buckets.ts`.
 *
 * A count takes four bytes, in pieces of 32 neighbouring buckets that are made when one of them is first used. A bin
 * whose latencies spread over a factor of ten takes about half a kilobyte, one with latencies in every bucket 3 kB: of
 * 20 actors over 166 bins and a few after them, three kinds together, 6 MB commonly, 35 MB at the very most.
 */
import { LATENCY_US_MAX, rankOf } from '../judge/latency-histogram.js';
import { bucketEdgesUs, latencyBucketOf } from './latency-buckets.js';
import type { LatencySeries } from './series.js';

const PIECE_BUCKETS = 32;
const PIECES = Math.ceil(bucketEdgesUs.length / PIECE_BUCKETS);

export class LatencyBins {
  private readonly bins: number;
  /** By actor, bin and piece: where it stands in `counts`, in pieces; 0 = nowhere. */
  private readonly places: Uint32Array;
  /** The first piece is nobody's. */
  private counts = new Uint32Array(64 * PIECE_BUCKETS);
  private pieces = 1;
  /** By actor and bin; -1 = nothing. */
  private readonly largestUs: Float64Array;
  /** By actor and bucket, over the phases. */
  private readonly overall: Float64Array;

  constructor(actors: number, bins: number) {
    this.bins = bins;
    this.places = new Uint32Array(actors * bins * PIECES);
    this.largestUs = new Float64Array(actors * bins).fill(-1);
    this.overall = new Float64Array(actors * bucketEdgesUs.length);
  }

  record(actor: number, bin: number, us: number, isMeasured: boolean): void {
    const bucket = latencyBucketOf(us);
    const at = actor * this.bins + bin;
    const place = at * PIECES + (bucket >>> 5);
    let piece = this.places[place] as number;
    if (piece === 0) {
      piece = this.newPiece();
      this.places[place] = piece;
    }
    const count = piece * PIECE_BUCKETS + (bucket & (PIECE_BUCKETS - 1));
    this.counts[count] = (this.counts[count] as number) + 1;
    // Also what is below 0, or no number, is something that was recorded.
    const heldUs = Math.max(us || 0, 0);
    if (heldUs > (this.largestUs[at] as number)) this.largestUs[at] = heldUs;
    if (!isMeasured) return;
    const total = actor * bucketEdgesUs.length + bucket;
    this.overall[total] = (this.overall[total] as number) + 1;
  }

  /** @param toBin - exclusive. */
  series(actor: number, fromBin: number, toBin: number): LatencySeries {
    const p50: (number | null)[] = [];
    const p90: (number | null)[] = [];
    const p99: (number | null)[] = [];
    const max: (number | null)[] = [];
    for (let bin = fromBin; bin < toBin; bin++) {
      const at = actor * this.bins + bin;
      const largestUs = Math.min(this.largestUs[at] as number, LATENCY_US_MAX);
      const isEmpty = largestUs < 0;
      const [us50 = 0, us90 = 0, us99 = 0] = isEmpty ? [] : this.percentilesUs(at, [50, 90, 99]);
      p50.push(isEmpty ? null : Math.min(us50, largestUs) / 1000);
      p90.push(isEmpty ? null : Math.min(us90, largestUs) / 1000);
      p99.push(isEmpty ? null : Math.min(us99, largestUs) / 1000);
      max.push(isEmpty ? null : largestUs / 1000);
    }
    return { p50, p90, p99, max, histogram: this.histogram(actor) };
  }

  private histogram(actor: number): LatencySeries['histogram'] {
    const upToMs: number[] = [];
    const counts: number[] = [];
    for (const [bucket, edgeUs] of bucketEdgesUs.entries()) {
      const count = this.overall[actor * bucketEdgesUs.length + bucket] as number;
      if (count === 0) continue;
      upToMs.push(edgeUs / 1000);
      counts.push(count);
    }
    return { upToMs, counts };
  }

  /** Upper edges of the buckets that hold them. @param percents - rising. */
  private percentilesUs(at: number, percents: readonly number[]): readonly number[] {
    const ranks = percents.map((percent) => rankOf(percent, this.totalAt(at)));
    const found: number[] = [];
    let sum = 0;
    this.eachAt(at, (bucket, count) => {
      sum += count;
      while (found.length < ranks.length && sum >= (ranks[found.length] as number)) {
        found.push(bucketEdgesUs[bucket] as number);
      }
    });
    return found;
  }

  private totalAt(at: number): number {
    let total = 0;
    this.eachAt(at, (_, count) => {
      total += count;
    });
    return total;
  }

  private eachAt(at: number, visit: (bucket: number, count: number) => void): void {
    for (let number = 0; number < PIECES; number++) {
      const piece = this.places[at * PIECES + number] as number;
      if (piece === 0) continue;
      for (let bucket = 0; bucket < PIECE_BUCKETS; bucket++) {
        const count = this.counts[piece * PIECE_BUCKETS + bucket] as number;
        if (count > 0) visit(number * PIECE_BUCKETS + bucket, count);
      }
    }
  }

  private newPiece(): number {
    if ((this.pieces + 1) * PIECE_BUCKETS > this.counts.length) {
      const larger = new Uint32Array(2 * this.counts.length);
      larger.set(this.counts);
      this.counts = larger;
    }
    return this.pieces++;
  }
}
