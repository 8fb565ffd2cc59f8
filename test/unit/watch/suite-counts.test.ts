import { describe, expect, it } from 'vitest';
import { Outcome, outcomeNames } from '../../../harness/actors/outcome.js';
import { LiveTally } from '../../../harness/engine/live-tally.js';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import { type Plan, planEndUs } from '../../../harness/scenario/plan.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { BUCKETS_US, type MetricRow, metricTable, prometheusName } from '../../../harness/watch/metric-table.js';
import { prometheusRegistry } from '../../../harness/watch/prometheus.js';
import { SuiteCounts } from '../../../harness/watch/suite-counts.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { aPlan } from '../../support/plan-builder.js';
import { readPrometheus, type Sample, sumOf } from '../../support/prometheus-text.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';
import { playWatched, recordOf } from '../../support/watched-run.js';

/** With a warm-up, and requests that are throttled. */
function playedPlan(): Plan {
  const scenario = goodScenario.replace('policy: policy.yaml\n', 'policy: policy.yaml\nwarmup: 1s\n');
  return loadScenario(textReader({ 'scenario.yaml': scenario, 'policy.yaml': goodPolicy }), 'scenario.yaml');
}

async function samplesOf(counts: SuiteCounts): Promise<readonly Sample[]> {
  return readPrometheus(await prometheusRegistry(counts).metrics());
}

async function countedRows(rows: readonly Observed[], plan = aPlan()): Promise<readonly Sample[]> {
  const counts = new SuiteCounts('1.2.3');
  counts.suiteBegins([recordOf(plan)]);
  counts.runBegins(0);
  for (const batch of sourceOf(rows)()) counts.rows(batch);
  return await samplesOf(counts);
}

describe('counts of a suite', () => {
  it('are those of the verdict when the run is over, and the sum of both when it is played twice', async () => {
    const record = recordOf(playedPlan());
    const counts = new SuiteCounts('1.2.3');
    counts.suiteBegins([record, { ...record, seed: 2 }]);
    const verdicts: VerdictDocument[] = [await playWatched(record, counts)];
    for (const times of [1, 2]) {
      if (times === 2) verdicts.push(await playWatched({ ...record, seed: 2 }, counts, { index: 1 }));
      const samples = await samplesOf(counts);
      for (const { name: actor } of record.plan.actors) {
        const sum = (of: (result: VerdictDocument['actors'][string]) => number): number =>
          verdicts.reduce((all, { actors }) => all + of(actors[actor] as VerdictDocument['actors'][string]), 0);
        const requests = (...outcomes: string[]): number =>
          outcomes.reduce((all, outcome) => all + sumOf(samples, 'floodproof_requests_total', { actor, outcome }), 0);
        expect({
          sent: sumOf(samples, 'floodproof_sent_requests_total', { actor }),
          admitted: requests('admitted'),
          throttled: requests('throttled'),
          refused: requests('refused', 'denied'),
          banned: requests('banned'),
          errors: requests('timeout', 'reset', 'unconnected', 'garbage', 'server-error', 'unsent'),
          service: sumOf(samples, 'floodproof_latency_seconds_count', { actor, kind: 'service' }),
          intended: sumOf(samples, 'floodproof_latency_seconds_count', { actor, kind: 'intended' }),
          dispatch: sumOf(samples, 'floodproof_latency_seconds_count', { actor, kind: 'dispatch' }),
        }).toEqual({
          sent: sum(({ sent }) => sent),
          admitted: sum(({ admitted }) => admitted),
          throttled: sum(({ throttled }) => throttled),
          refused: sum(({ refused }) => refused),
          banned: sum(({ banned }) => banned),
          errors: sum(({ errors }) => errors),
          service: sum(({ admitted }) => admitted),
          intended: sum(({ admitted }) => admitted),
          dispatch: sum(({ sent }) => sent),
        });
        expect(sumOf(samples, 'floodproof_intended_requests_total', { actor })).toBe(requests(...outcomeNames));
      }
      expect(verdicts[0]?.actors.flooder?.throttled).toBeGreaterThan(0);
    }
  });

  it('leave out what is intended before the first phase and from the end of the last one on', async () => {
    const plan = aPlan();
    const endUs = planEndUs(plan);
    const samples = await countedRows([
      observed({ intendedUs: plan.warmupUs - 1 }),
      observed({ intendedUs: plan.warmupUs }),
      observed({ intendedUs: endUs - 1 }),
      observed({ intendedUs: endUs }),
    ]);
    expect(sumOf(samples, 'floodproof_intended_requests_total')).toBe(2);
    expect(sumOf(samples, 'floodproof_generator_own_delay_seconds_count')).toBe(2);
  });

  it('take a request for sent when it was written or answered, and time its dispatch then', async () => {
    const at = 2_000_000;
    const samples = await countedRows([
      observed({ intendedUs: at, dispatchedUs: 0, sentUs: 0, answeredUs: 0, outcome: Outcome.unsent, concludedUs: at }),
      observed({ intendedUs: at, outcome: Outcome.timeout }),
      observed({ intendedUs: at, outcome: Outcome.refused }),
      observed({ intendedUs: at, outcome: Outcome.denied }),
      observed({ intendedUs: at, outcome: Outcome.unclear }),
      observed({ intendedUs: at, dispatchedUs: 0, sentUs: 0, answeredUs: at + 9, outcome: Outcome.unclear }),
    ]);
    expect(sumOf(samples, 'floodproof_sent_requests_total')).toBe(5);
    expect(sumOf(samples, 'floodproof_latency_seconds_count', { kind: 'dispatch' })).toBe(5);
    expect(sumOf(samples, 'floodproof_latency_seconds_count', { kind: 'service' })).toBe(0);
    expect(sumOf(samples, 'floodproof_generator_own_delay_seconds_count')).toBe(4);
  });

  it('tell the three kinds of latency apart, in seconds', async () => {
    const row = observed({ intendedUs: 2_000_000, dispatchedUs: 2_003_000, sentUs: 2_010_000, answeredUs: 2_400_000 });
    const samples = await countedRows([row]);
    const sum = (kind: string): number => sumOf(samples, 'floodproof_latency_seconds_sum', { kind });
    expect([sum('dispatch'), sum('service'), sum('intended')]).toEqual([0.01, 0.39, 0.4]);
    expect(sumOf(samples, 'floodproof_generator_own_delay_seconds_sum')).toBe(0.003);
  });

  it('put a latency into every bucket whose bound it does not exceed', async () => {
    const at = 2_000_000;
    const rows = [500, 501, 30_000_000, 30_000_001].map((us) => observed({ sentUs: at, answeredUs: at + us }));
    const samples = await countedRows(rows, aPlan({ phases: [{ name: 'all', startUs: 1_000_000, endUs: 1e9 }] }));
    const below = (le: string): number =>
      sumOf(samples, 'floodproof_latency_seconds_bucket', { actor: 'customers', kind: 'service', le });
    expect([below('0.0005'), below('0.001'), below('10'), below('30'), below('+Inf')]).toEqual([1, 2, 2, 3, 4]);
    expect(samples.filter(({ name }) => name === 'floodproof_latency_seconds_bucket')).toHaveLength(
      2 * 3 * (BUCKETS_US.length + 1),
    );
  });

  it('are nothing of a run that has not begun, and zero of one that has', async () => {
    const counts = new SuiteCounts('1.2.3');
    counts.suiteBegins([recordOf(aPlan()), recordOf(aPlan({ name: 'second' }))]);
    expect(await samplesOf(counts)).toEqual([]);
    counts.runBegins(1);
    const samples = await samplesOf(counts);
    expect(new Set(samples.map(({ labels }) => labels.scenario))).toEqual(new Set(['second']));
    const requests = samples.filter(({ name }) => name === 'floodproof_requests_total');
    expect(requests.map(({ value }) => value)).toEqual(new Array(2 * outcomeNames.length).fill(0));
  });

  it('say how far the run is, what is played, and what came of it', async () => {
    const plan = aPlan();
    const record = recordOf(plan, { seed: 7, target: 'http://127.0.0.1:9' });
    const counts = new SuiteCounts('1.2.3');
    counts.suiteBegins([record, record]);
    const verdictsNow = async (): Promise<string[]> =>
      (await samplesOf(counts))
        .filter(({ name, value }) => name === 'floodproof_run_verdict' && value === 1)
        .map(({ labels }) => labels.verdict ?? '');
    const progress = {
      tally: new LiveTally(plan),
      totalUs: planEndUs(plan),
      ownDelayMsP99: 0,
      seconds: [],
      machine: [],
    };
    counts.runBegins(0);
    counts.progress({ ...progress, elapsedUs: 2_500_000 });
    const samples = await samplesOf(counts);
    expect(sumOf(samples, 'floodproof_run_elapsed_seconds')).toBe(2.5);
    expect(sumOf(samples, 'floodproof_run_planned_seconds')).toBe(11);
    expect(samples.find(({ name }) => name === 'floodproof_run_info')?.labels).toEqual({
      scenario: plan.name,
      seed: '7',
      target: 'http://127.0.0.1:9',
      engine: 'ts',
      version: '1.2.3',
    });
    expect(await verdictsNow()).toEqual([]);
    counts.runEnds(0, { verdict: { verdict: 'fail' } as VerdictDocument, error: null });
    expect(await verdictsNow()).toEqual(['fail']);
    counts.runBegins(1);
    expect(await verdictsNow()).toEqual(['fail']);
    counts.runEnds(1, { verdict: null, error: 'no disk' });
    expect(await verdictsNow()).toEqual(['none']);
    expect(sumOf(await samplesOf(counts), 'floodproof_run_verdict')).toBe(1);
  });

  it('are read whole whatever a scenario and its actors are called', async () => {
    const hostile = 'a"b\\c\nd{e="f"} \u202e<script>';
    const plan = aPlan({
      name: hostile,
      actors: aPlan().actors.map((actor) => ({ ...actor, name: hostile + actor.name })),
    });
    const samples = await countedRows([observed({ intendedUs: 2_000_000 })], plan);
    expect(sumOf(samples, 'floodproof_requests_total', { scenario: hostile, actor: `${hostile}customers` })).toBe(1);
  });
});

describe('names of metrics', () => {
  const rows: readonly MetricRow[] = Object.values(metricTable);

  it('say the unit and, of counters, that they are totals', () => {
    for (const row of rows) {
      const name = prometheusName(row);
      expect(name).toMatch(/^floodproof(?:_[a-z]+)+$/);
      expect(name.endsWith('_total')).toBe(row.kind === 'counter');
      expect(/_seconds$/.test(name)).toBe(row.unit === 's');
    }
  });

  it('stand once each, with their kind and what they mean, before their samples', async () => {
    const counts = new SuiteCounts('1.2.3');
    const text = await prometheusRegistry(counts).metrics();
    expect(text.match(/^# HELP .*$/gm)).toEqual(rows.map((row) => `# HELP ${prometheusName(row)} ${row.means}`));
    expect(text.match(/^# TYPE .*$/gm)).toEqual(rows.map((row) => `# TYPE ${prometheusName(row)} ${row.kind}`));
  });
});
