/** Latencies as histograms by actor, request class and phase: small, mergeable, exact to three digits. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { requestClasses } from '../scenario/plan.js';
import type { Selection } from './scope.js';

/** `intended`: answered - intended, what the user feels. `service`: answered - sent. `dispatch`: sent - intended. */
export const latencyKinds = ['intended', 'service', 'dispatch'] as const;
export type LatencyKind = (typeof latencyKinds)[number];

/** Ten minutes. Longer ones are counted as this long. */
const LATENCY_US_MAX = 600_000_000;

export interface EncodedLatency {
  readonly kind: LatencyKind;
  readonly actor: number;
  readonly requestClass: number;
  readonly phase: number;
  /** HdrHistogram V2, deflated, base64: any HdrHistogram tool reads it. */
  readonly histogram: string;
}

interface Entry extends Omit<EncodedLatency, 'histogram'> {
  readonly histogram: Histogram;
}

function createHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_US_MAX,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: false,
    useWebAssembly: false,
  });
}

export class LatencyBook {
  private readonly entries = new Map<number, Entry>();

  record(kind: LatencyKind, actor: number, requestClass: number, phase: number, us: number): void {
    this.entryOf(kind, actor, requestClass, phase).histogram.recordValue(Math.min(Math.max(us, 0), LATENCY_US_MAX));
  }

  /**
   * @param percent - 0 to 100.
   * @returns null when nothing was recorded; else the value that so many percent do not exceed, to three digits.
   */
  percentileUs(kind: LatencyKind, selection: Selection, percent: number): number | null {
    const all = createHistogram();
    for (const entry of this.entries.values()) {
      if (entry.kind !== kind || !selection.actors.includes(entry.actor)) continue;
      if (selection.phases.includes(entry.phase)) all.add(entry.histogram);
    }
    return all.totalCount === 0 ? null : all.getValueAtPercentile(percent);
  }

  /** Takes in everything that the other one has recorded. */
  merge(other: LatencyBook): void {
    for (const { kind, actor, requestClass, phase, histogram } of other.entries.values()) {
      this.entryOf(kind, actor, requestClass, phase).histogram.add(histogram);
    }
  }

  encode(): readonly EncodedLatency[] {
    return [...this.entries.values()].map((entry) => ({
      ...entry,
      histogram: encodeIntoCompressedBase64(entry.histogram),
    }));
  }

  static decode(encoded: readonly EncodedLatency[]): LatencyBook {
    const book = new LatencyBook();
    for (const { kind, actor, requestClass, phase, histogram } of encoded) {
      book.entryOf(kind, actor, requestClass, phase).histogram.add(decodeFromCompressedBase64(histogram) as Histogram);
    }
    return book;
  }

  private entryOf(kind: LatencyKind, actor: number, requestClass: number, phase: number): Entry {
    const place = (actor * requestClasses.length + requestClass) * latencyKinds.length + latencyKinds.indexOf(kind);
    const key = phase * 2 ** 32 + place;
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = { kind, actor, requestClass, phase, histogram: createHistogram() };
      this.entries.set(key, entry);
    }
    return entry;
  }
}
