/** Latencies as histograms by actor, request class and phase, and by group of identities: small, exact to three digits. */
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { requestClasses } from '../scenario/plan.js';
import { GROUPS } from './groups.js';
import { bucketOf, LATENCY_US_MAX, LatencyHistogram, lowestUs } from './latency-histogram.js';
import type { Selection } from './scope.js';

/** `intended`: answered - intended, what the user feels. `service`: answered - sent. `dispatch`: sent - intended. */
export const latencyKinds = ['intended', 'service', 'dispatch'] as const;
export type LatencyKind = (typeof latencyKinds)[number];

export interface EncodedLatency {
  readonly kind: LatencyKind;
  readonly actor: number;
  readonly requestClass: number;
  readonly phase: number;
  /** HdrHistogram V2, deflated, base64: any HdrHistogram tool reads it. */
  readonly histogram: string;
}

export class LatencyBook {
  private readonly actors: number;
  /** By `placeOf`. */
  private readonly histograms: (LatencyHistogram | undefined)[] = [];
  /** By kind, actor and phase, for each group that recorded any. */
  private readonly groups: (LatencyHistogram | undefined)[] = [];

  constructor(actors: number) {
    this.actors = actors;
  }

  /** @param group - of the identity, 0 to 31. */
  record(kind: LatencyKind, actor: number, requestClass: number, phase: number, us: number, group = 0): void {
    const place = this.placeOf(kind, actor, phase);
    const bucket = bucketOf(Math.min(Math.max(us, 0), LATENCY_US_MAX));
    recordAt(this.histograms, place * requestClasses.length + requestClass, bucket);
    recordAt(this.groups, place * GROUPS + group, bucket);
  }

  /**
   * @param percent - 0 to 100.
   * @returns null when nothing was recorded; else the value that so many percent do not exceed, to three digits.
   */
  percentileUs(kind: LatencyKind, selection: Selection, percent: number): number | null {
    const all = new LatencyHistogram();
    for (const histogram of this.byGroup(kind, selection)) all.addAll(histogram);
    return all.percentileUs(percent);
  }

  /** What the identities of each group recorded. */
  byGroup(kind: LatencyKind, { actors, phases }: Selection): readonly LatencyHistogram[] {
    const all = Array.from({ length: GROUPS }, () => new LatencyHistogram());
    for (const actor of actors) {
      for (const phase of phases) {
        const from = this.placeOf(kind, actor, phase) * GROUPS;
        for (const [group, sum] of all.entries()) {
          const histogram = this.groups[from + group];
          if (histogram !== undefined) sum.addAll(histogram);
        }
      }
    }
    return all;
  }

  encode(): readonly EncodedLatency[] {
    return [...this.histograms.entries()].flatMap(([at, histogram]) => {
      if (histogram === undefined) return [];
      const place = Math.floor(at / requestClasses.length);
      return [
        {
          kind: latencyKinds[place % latencyKinds.length] as LatencyKind,
          actor: Math.floor(place / latencyKinds.length) % this.actors,
          requestClass: at % requestClasses.length,
          phase: Math.floor(place / latencyKinds.length / this.actors),
          histogram: encodeIntoCompressedBase64(asHdr(histogram)),
        },
      ];
    });
  }

  private placeOf(kind: LatencyKind, actor: number, phase: number): number {
    // Told apart by hand, as this is asked more often than anything else of the book.
    const index = kind === 'intended' ? 0 : kind === 'service' ? 1 : 2;
    return (phase * this.actors + actor) * latencyKinds.length + index;
  }
}

function recordAt(histograms: (LatencyHistogram | undefined)[], at: number, bucket: number): void {
  let histogram = histograms[at];
  if (histogram === undefined) {
    histogram = new LatencyHistogram();
    histograms[at] = histogram;
  }
  histogram.addTo(bucket, 1);
}

function asHdr(histogram: LatencyHistogram): Histogram {
  const hdr = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_US_MAX,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: false,
    useWebAssembly: false,
  });
  histogram.eachBucket((bucket, count) => hdr.recordValueWithCount(lowestUs(bucket), count));
  return hdr;
}
