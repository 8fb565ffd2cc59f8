/** Latencies as histograms by actor, request class and phase, and by group of identities: small, exact to three digits. */
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { requestClasses } from '../scenario/plan.js';
import { GROUPS } from './groups.js';
import { LATENCY_US_MAX, LatencyHistogram, lowestUs } from './latency-histogram.js';
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

interface Entry extends Omit<EncodedLatency, 'histogram'> {
  readonly histogram: LatencyHistogram;
}

export class LatencyBook {
  private readonly entries = new Map<number, Entry>();
  /** By kind, actor and phase: a histogram for each group that recorded any. */
  private readonly groups = new Map<number, (LatencyHistogram | undefined)[]>();

  /** @param group - of the identity, 0 to 31. */
  record(kind: LatencyKind, actor: number, requestClass: number, phase: number, us: number, group = 0): void {
    this.entryOf(kind, actor, requestClass, phase).histogram.record(us);
    this.groupOf(kind, actor, phase, group).record(us);
  }

  /**
   * @param percent - 0 to 100.
   * @returns null when nothing was recorded; else the value that so many percent do not exceed, to three digits.
   */
  percentileUs(kind: LatencyKind, selection: Selection, percent: number): number | null {
    const all = new LatencyHistogram();
    for (const entry of this.entries.values()) {
      if (entry.kind !== kind || !selection.actors.includes(entry.actor)) continue;
      if (selection.phases.includes(entry.phase)) all.addAll(entry.histogram);
    }
    return all.percentileUs(percent);
  }

  /** What the identities of each group recorded. */
  byGroup(kind: LatencyKind, { actors, phases }: Selection): readonly LatencyHistogram[] {
    const all = Array.from({ length: GROUPS }, () => new LatencyHistogram());
    for (const actor of actors) {
      for (const phase of phases) {
        for (const [group, histogram] of (this.groups.get(placeOf(kind, actor, 0, phase)) ?? []).entries()) {
          if (histogram !== undefined) all[group]?.addAll(histogram);
        }
      }
    }
    return all;
  }

  encode(): readonly EncodedLatency[] {
    return [...this.entries.values()].map((entry) => ({
      ...entry,
      histogram: encodeIntoCompressedBase64(asHdr(entry.histogram)),
    }));
  }

  private entryOf(kind: LatencyKind, actor: number, requestClass: number, phase: number): Entry {
    const place = placeOf(kind, actor, requestClass, phase);
    let entry = this.entries.get(place);
    if (entry === undefined) {
      entry = { kind, actor, requestClass, phase, histogram: new LatencyHistogram() };
      this.entries.set(place, entry);
    }
    return entry;
  }

  private groupOf(kind: LatencyKind, actor: number, phase: number, group: number): LatencyHistogram {
    const place = placeOf(kind, actor, 0, phase);
    let histograms = this.groups.get(place);
    if (histograms === undefined) {
      histograms = [];
      this.groups.set(place, histograms);
    }
    let histogram = histograms[group];
    if (histogram === undefined) {
      histogram = new LatencyHistogram();
      histograms[group] = histogram;
    }
    return histogram;
  }
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

function placeOf(kind: LatencyKind, actor: number, requestClass: number, phase: number): number {
  return (
    ((phase * 65_536 + actor) * requestClasses.length + requestClass) * latencyKinds.length + latencyKinds.indexOf(kind)
  );
}
