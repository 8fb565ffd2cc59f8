/**
 * Counts of a suite while it is played, and what they are at a moment: what Prometheus and OpenTelemetry are told. Runs of
 * one scenario are counted together. What is counted is what the judge counts, so at the end both have the same numbers.
 */
import { Outcome, outcomeNames } from '../actors/outcome.js';
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import { type LatencyKind, latencyKinds } from '../judge/latency-book.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { Verdict } from '../judge/verdict.js';
import { type Label, planEndUs } from '../scenario/plan.js';
import { BUCKETS_US, type LiveMetric } from './metric-table.js';
import type { RunEnd, SuiteWatcher } from './suite-watcher.js';

type Labels = Readonly<Record<string, string>>;

export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Labels;
  /** By bucket, one more than `BUCKETS_US` has bounds; none holds what another holds. */
  readonly counts: readonly number[];
  readonly sumUs: number;
}

export type MetricPoints =
  | { readonly metric: LiveMetric; readonly numbers: readonly NumberPoint[] }
  | { readonly metric: LiveMetric; readonly histograms: readonly HistogramPoint[] };

const verdictWords: readonly (Verdict | 'none')[] = ['pass', 'fail', 'undecided', 'invalid', 'interrupted', 'none'];

class DelayCounts {
  readonly counts = new Array<number>(BUCKETS_US.length + 1).fill(0);
  sumUs = 0;

  add(delayUs: number): void {
    const us = Math.max(0, delayUs);
    let bucket = 0;
    while (bucket < BUCKETS_US.length && us > (BUCKETS_US[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sumUs += us;
  }
}

class ActorCounts {
  readonly labels: { readonly scenario: string; readonly actor: string; readonly label: Label };
  readonly outcomes = new Array<number>(outcomeNames.length).fill(0);
  sent = 0;
  readonly latency: Readonly<Record<LatencyKind, DelayCounts>> = {
    intended: new DelayCounts(),
    service: new DelayCounts(),
    dispatch: new DelayCounts(),
  };

  constructor(labels: ActorCounts['labels']) {
    this.labels = labels;
  }
}

interface ScenarioCounts {
  readonly record: RunRecord;
  readonly ownDelay: DelayCounts;
  elapsedUs: number;
  verdict: Verdict | 'none' | null;
}

export class SuiteCounts implements SuiteWatcher {
  readonly #version: string;
  readonly #actors = new Map<string, ActorCounts>();
  readonly #scenarios = new Map<string, ScenarioCounts>();
  #runs: readonly RunRecord[] = [];
  #running: { readonly scenario: ScenarioCounts; readonly byActor: readonly ActorCounts[] } | null = null;

  constructor(version: string) {
    this.#version = version;
  }

  suiteBegins(runs: readonly RunRecord[]): void {
    this.#runs = runs;
  }

  runBegins(index: number): void {
    const record = this.#runs[index] as RunRecord;
    const { name: scenario, actors } = record.plan;
    const counts = this.#scenario(record);
    counts.elapsedUs = 0;
    const byActor = actors.map(({ name: actor, label }) => {
      const key = JSON.stringify([scenario, actor, label]);
      const known = this.#actors.get(key);
      if (known !== undefined) return known;
      const fresh = new ActorCounts({ scenario, actor, label });
      this.#actors.set(key, fresh);
      return fresh;
    });
    this.#running = { scenario: counts, byActor };
  }

  rows({ rows, columns }: ObservationBatch): void {
    if (this.#running === null) return;
    const { scenario, byActor } = this.#running;
    const { plan } = scenario.record;
    const endUs = planEndUs(plan);
    for (let row = 0; row < rows; row++) {
      const intendedUs = columns.intendedUs[row] as number;
      // Those that are intended outside of the phases nobody measures.
      if (intendedUs < plan.warmupUs || intendedUs >= endUs) continue;
      const actor = byActor[columns.actor[row] as number] as ActorCounts;
      const outcome = columns.outcome[row] as Outcome;
      const sentUs = columns.sentUs[row] as number;
      const answeredUs = columns.answeredUs[row] as number;
      (actor.outcomes[outcome] as number)++;
      const dispatchedUs = columns.dispatchedUs[row] as number;
      if (dispatchedUs > 0) scenario.ownDelay.add(dispatchedUs - intendedUs);
      if (sentUs > 0 || isAnswered(outcome)) {
        actor.sent++;
        actor.latency.dispatch.add(sentUs - intendedUs);
      }
      if (outcome !== Outcome.admitted) continue;
      actor.latency.service.add(answeredUs - sentUs);
      actor.latency.intended.add(answeredUs - intendedUs);
    }
  }

  progress({ elapsedUs }: Progress): void {
    if (this.#running !== null) this.#running.scenario.elapsedUs = elapsedUs;
  }

  runEnds(index: number, { verdict }: RunEnd): void {
    this.#scenario(this.#runs[index] as RunRecord).verdict = verdict?.verdict ?? 'none';
    this.#running = null;
  }

  async close(): Promise<void> {
    // It holds nothing that would have to be let go.
  }

  /** As they are now. A run that has neither begun nor ended is not in them. */
  collect(): readonly MetricPoints[] {
    const actors = [...this.#actors.values()];
    const scenarios = [...this.#scenarios].map(([scenario, counts]) => ({ scenario, ...counts }));
    const histogram = (labels: Labels, { counts, sumUs }: DelayCounts): HistogramPoint => ({
      labels,
      counts: [...counts],
      sumUs,
    });
    return [
      {
        metric: 'requests',
        numbers: actors.flatMap(({ labels, outcomes }) =>
          outcomes.map((value, outcome) => ({ labels: { ...labels, outcome: outcomeNames[outcome] ?? '' }, value })),
        ),
      },
      {
        metric: 'intended',
        numbers: actors.map(({ labels, outcomes }) => ({ labels, value: outcomes.reduce((sum, n) => sum + n, 0) })),
      },
      { metric: 'sent', numbers: actors.map(({ labels, sent }) => ({ labels, value: sent })) },
      {
        metric: 'latency',
        histograms: actors.flatMap(({ labels, latency }) =>
          latencyKinds.map((kind) => histogram({ ...labels, kind }, latency[kind])),
        ),
      },
      { metric: 'ownDelay', histograms: scenarios.map(({ scenario, ownDelay }) => histogram({ scenario }, ownDelay)) },
      {
        metric: 'elapsed',
        numbers: scenarios.map(({ scenario, elapsedUs }) => ({ labels: { scenario }, value: elapsedUs / 1e6 })),
      },
      {
        metric: 'planned',
        numbers: scenarios.map(({ scenario, record }) => ({
          labels: { scenario },
          value: planEndUs(record.plan) / 1e6,
        })),
      },
      {
        metric: 'verdict',
        numbers: scenarios.flatMap(({ scenario, verdict }) =>
          verdict === null
            ? []
            : verdictWords.map((word) => ({ labels: { scenario, verdict: word }, value: word === verdict ? 1 : 0 })),
        ),
      },
      {
        metric: 'info',
        numbers: scenarios.map(({ scenario, record: { seed, target, engine } }) => ({
          labels: { scenario, seed: String(seed), target, engine, version: this.#version },
          value: 1,
        })),
      },
    ];
  }

  #scenario(record: RunRecord): ScenarioCounts {
    const { name } = record.plan;
    const known = this.#scenarios.get(name);
    if (known !== undefined && known.record === record) return known;
    // Of another run of the same name the counts go on, and the rest is its own.
    const counts = {
      record,
      ownDelay: known?.ownDelay ?? new DelayCounts(),
      elapsedUs: 0,
      verdict: known?.verdict ?? null,
    };
    this.#scenarios.set(name, counts);
    return counts;
  }
}

/** Whether the target answered: it was written then, whatever the clocks say. */
function isAnswered(outcome: Outcome): boolean {
  return outcome <= Outcome.refused || outcome === Outcome.denied || outcome === Outcome.unclear;
}
