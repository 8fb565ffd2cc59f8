/**
 * Sorts the rows of a run into its series, batch by batch: during the run for whoever watches, afterwards for the file.
 * Memory depends on the plan (see `latency-bins.ts`) and, with bounds, on the counters that were charged: a bit each.
 */
import { Outcome, outcomeNames } from '../actors/outcome.js';
import type { KnownWorld } from '../judge/judged-world.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { Leak } from '../judge/verdict.js';
import { type Plan, planEndUs } from '../scenario/plan.js';
import { Admissions } from './admissions.js';
import { Bins } from './bins.js';
import { LatencyBins } from './latency-bins.js';
import {
  type ActorSeries,
  type GeneratorSecond,
  type RefusalReason,
  refusalReasons,
  type SeriesDocument,
} from './series.js';

export interface SeriesOptions {
  readonly plan: Plan;
  readonly seed: number;
  /** Whose counters the limits count by; asked only with bounds. */
  readonly world: KnownWorld | null;
  /**
   * Whether admissions are held against the promises of the limits. Rows must then come in the order in which they were
   * concluded; where they do not, no bound is told.
   */
  readonly hasBounds: boolean;
  /** Of the verdict: their course is told, with bounds. */
  readonly leaks?: readonly Leak[];
}

export interface SeriesRest {
  /** Run time that was reached: empty bins until then are told too. Left out = up to the last row. */
  readonly reachedUs?: number;
  readonly generator?: readonly GeneratorSecond[];
}

/** Of an admitted request, and of one that the generator took back itself. */
const NO_REASON = -1;

/** By outcome: index into `refusalReasons`. */
const reasons = Int8Array.from(outcomeNames, (_, outcome) => {
  if (outcome === Outcome.admitted || outcome === Outcome.aborted) return NO_REASON;
  const name = outcomeNames[outcome] as RefusalReason;
  return refusalReasons.includes(name) ? refusalReasons.indexOf(name) : refusalReasons.indexOf('errors');
});

export class SeriesBuilder {
  readonly bins: Bins;
  private readonly options: SeriesOptions;
  private readonly endUs: number;
  private readonly intended: Uint32Array;
  private readonly sent: Uint32Array;
  private readonly admitted: Uint32Array;
  /** By reason. */
  private readonly refusals: readonly Uint32Array[];
  private readonly service: LatencyBins;
  private readonly felt: LatencyBins;
  private readonly dispatch: LatencyBins;
  /** null = without bounds. */
  private readonly admissions: Admissions | null;
  /** The last bin that holds anything, -1 = none does. */
  private lastBin = -1;
  private changedBin = Number.POSITIVE_INFINITY;

  constructor(options: SeriesOptions) {
    const { plan } = options;
    const actors = plan.actors.length;
    this.options = options;
    this.bins = new Bins(plan);
    this.endUs = planEndUs(plan);
    const { count } = this.bins;
    const perBin = (): Uint32Array => new Uint32Array(actors * count);
    this.intended = perBin();
    this.sent = perBin();
    this.admitted = perBin();
    this.refusals = refusalReasons.map(perBin);
    this.service = new LatencyBins(actors, count);
    this.felt = new LatencyBins(actors, count);
    this.dispatch = new LatencyBins(actors, count);
    const { world, hasBounds, leaks = [] } = options;
    this.admissions = hasBounds && world !== null ? new Admissions(plan, this.bins, world, leaks) : null;
  }

  /** Rows of actors that the plan does not have are left out. */
  add(batch: ObservationBatch): void {
    this.count(batch);
    this.admissions?.add(batch);
  }

  /** The first bin in which anything came since the last `takeDelta`; null = nothing did. */
  firstChangedBin(): number | null {
    return this.changedBin === Number.POSITIVE_INFINITY ? null : this.changedBin;
  }

  /** What has changed since this was asked last, null = nothing: from the first changed bin on. */
  takeDelta(rest: SeriesRest = {}): SeriesDocument | null {
    const from = this.firstChangedBin();
    if (from === null) return null;
    this.changedBin = Number.POSITIVE_INFINITY;
    return this.document(from, rest);
  }

  document(fromBin = 0, { reachedUs, generator = [] }: SeriesRest = {}): SeriesDocument {
    const { plan, seed } = this.options;
    const { bins } = this;
    const reached = reachedUs === undefined ? 0 : bins.of(reachedUs - 1);
    const toBin = Math.max(this.lastBin, reached, fromBin) + 1;
    const ms = (us: number): number => (us - plan.warmupUs) / 1000;
    return {
      schema: 'floodproof/series/1',
      scenario: plan.name,
      seed,
      fromMs: ms(bins.startUs),
      binMs: bins.binUs / 1000,
      firstBin: fromBin,
      bins: toBin - fromBin,
      phases: plan.phases.map(({ name, startUs, endUs }) => ({ name, fromMs: ms(startUs), toMs: ms(endUs) })),
      actors: plan.actors.map((_, actor) => this.actorSeries(actor, fromBin, toBin)),
      limits: this.admissions?.limits(fromBin, toBin) ?? [],
      leaks: this.admissions?.leakCourses() ?? [],
      generator,
      ownDelayMsP99Bound: plan.generator.ownDelayP99WorstSecondUs / 1000,
    };
  }

  private count({ rows, columns }: ObservationBatch): void {
    const { bins, intended, sent, admitted, refusals } = this;
    const { warmupUs, actors } = this.options.plan;
    for (let row = 0; row < rows; row++) {
      const actor = columns.actor[row] as number;
      if (actor >= actors.length) continue;
      const intendedUs = columns.intendedUs[row] as number;
      const sentUs = columns.sentUs[row] as number;
      const concludedUs = columns.concludedUs[row] as number;
      const outcome = columns.outcome[row] as number;
      const base = actor * bins.count;
      const isMeasured = intendedUs >= warmupUs && intendedUs < this.endUs;
      let bin = bins.of(intendedUs);
      this.touch(bin);
      intended[base + bin] = (intended[base + bin] as number) + 1;
      if (sentUs > 0) {
        bin = bins.of(sentUs);
        this.touch(bin);
        sent[base + bin] = (sent[base + bin] as number) + 1;
        this.dispatch.record(actor, bin, sentUs - intendedUs, isMeasured);
      }
      if (outcome === Outcome.admitted) {
        const answeredUs = columns.answeredUs[row] as number;
        bin = bins.of(answeredUs);
        this.touch(bin);
        admitted[base + bin] = (admitted[base + bin] as number) + 1;
        this.service.record(actor, bin, answeredUs - sentUs, isMeasured);
        this.felt.record(actor, bin, answeredUs - intendedUs, isMeasured);
      } else {
        const refused = refusals[reasons[outcome] ?? NO_REASON];
        if (refused === undefined) continue;
        bin = bins.of(concludedUs);
        this.touch(bin);
        refused[base + bin] = (refused[base + bin] as number) + 1;
      }
    }
  }

  private touch(bin: number): void {
    if (bin < this.changedBin) this.changedBin = bin;
    if (bin > this.lastBin) this.lastBin = bin;
  }

  private actorSeries(actor: number, fromBin: number, toBin: number): ActorSeries {
    const { name, label, behaviour, population } = this.options.plan.actors[actor] as Plan['actors'][number];
    const base = actor * this.bins.count;
    const part = (counts: Uint32Array): number[] => [...counts.subarray(base + fromBin, base + toBin)];
    const occurred = refusalReasons.flatMap((reason, index) => {
      const counts = this.refusals[index] as Uint32Array;
      const hasAny = counts.subarray(base, base + this.bins.count).some((count) => count > 0);
      return hasAny ? [[reason, part(counts)] as const] : [];
    });
    return {
      name,
      label,
      behaviour,
      population,
      intended: part(this.intended),
      sent: part(this.sent),
      admitted: part(this.admitted),
      refusals: Object.fromEntries(occurred),
      latency: {
        intended: this.felt.series(actor, fromBin, toBin),
        service: this.service.series(actor, fromBin, toBin),
        dispatch: this.dispatch.series(actor, fromBin, toBin),
      },
    };
  }
}
