/**
 * Every metric of a live run: one table for Prometheus, OpenTelemetry and `docs/live-metrics.md`. Nobody is a label but the
 * actors of the plan, so there are as many series as a plan has actors, outcomes and buckets, however many callers it plays.
 */

export interface MetricRow {
  /** By the rules of OpenTelemetry, from which follows that of Prometheus: `prometheusName`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** UCUM: `s` = seconds, `{request}` and the like = a number of such things, `1` = a number. */
  readonly unit: string;
  readonly labels: readonly string[];
  /** One sentence, without its full stop. */
  readonly means: string;
}

const actorLabels = ['scenario', 'actor', 'label'] as const;

export const metricTable = {
  requests: {
    name: 'floodproof.requests',
    kind: 'counter',
    unit: '{request}',
    labels: [...actorLabels, 'outcome'],
    means: 'requests of the phases (not of the warm-up) that are concluded, by what came of them',
  },
  intended: {
    name: 'floodproof.intended.requests',
    kind: 'counter',
    unit: '{request}',
    labels: actorLabels,
    means: 'the same requests, whatever came of them: those that the plan, or an answer, called for',
  },
  sent: {
    name: 'floodproof.sent.requests',
    kind: 'counter',
    unit: '{request}',
    labels: actorLabels,
    means: 'those of them that were written to a socket, or to the core in virtual time',
  },
  latency: {
    name: 'floodproof.latency',
    kind: 'histogram',
    unit: 's',
    labels: [...actorLabels, 'kind'],
    means:
      'kind "service": answered - sent, "intended": answered - intended, what the user feels; both of admitted requests; ' +
      '"dispatch": sent - intended, of all that were sent',
  },
  ownDelay: {
    name: 'floodproof.generator.own_delay',
    kind: 'histogram',
    unit: 's',
    labels: ['scenario'],
    means: 'the part of "dispatch" that is the fault of the generator; when it grows, the run becomes invalid',
  },
  elapsed: {
    name: 'floodproof.run.elapsed',
    kind: 'gauge',
    unit: 's',
    labels: ['scenario'],
    means: 'how far the run is, from the start of its warm-up',
  },
  planned: {
    name: 'floodproof.run.planned',
    kind: 'gauge',
    unit: 's',
    labels: ['scenario'],
    means: 'how long it is going to be, without the wait for the last answers',
  },
  verdict: {
    name: 'floodproof.run.verdict',
    kind: 'gauge',
    unit: '1',
    labels: ['scenario', 'verdict'],
    means: '1 for the verdict of the run that ended last, 0 for the others; "none" = an error kept it from having one',
  },
  info: {
    name: 'floodproof.run.info',
    kind: 'gauge',
    unit: '1',
    labels: ['scenario', 'seed', 'target', 'engine', 'version'],
    means: 'always 1; what is played, at what, by which version',
  },
} as const satisfies Record<string, MetricRow>;

export type LiveMetric = keyof typeof metricTable;
export const liveMetrics = Object.keys(metricTable) as readonly LiveMetric[];

/** Upper bounds of the buckets of every histogram, whole microseconds; above the last one there is one more bucket. */
export const BUCKETS_US: readonly number[] = [
  500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
  30_000_000,
];

/**
 * The name by which Prometheus knows it: the unit and, of counters, `_total` stand in it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName({ name, kind, unit }: MetricRow): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`;
}
