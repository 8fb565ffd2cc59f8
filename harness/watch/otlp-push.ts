/**
 * Pushes the counts of a suite to an OpenTelemetry collector, OTLP over HTTP with JSON, every few seconds and once at the
 * end. A collector that does not take them is told of once, and changes nothing else.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type HrTime, ValueType } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BUCKETS_US, metricTable } from './metric-table.js';
import type { MetricPoints, SuiteCounts } from './suite-counts.js';
import type { SuiteWatcher } from './suite-watcher.js';

const PUSH_MS = 5000;
/** For one push, with what is tried again. */
const PUSH_MS_MAX = 1500;
/** For a push that is under way at the end of the suite, and the last one. */
const LAST_MS_MAX = 2 * PUSH_MS_MAX + 500;

type Resource = CollectionResult['resourceMetrics']['resource'];

export interface OtlpPushOptions {
  readonly url: string;
  readonly version: string;
  readonly counts: Pick<SuiteCounts, 'collect'>;
  /** Told once, when a push fails. */
  readonly note: (line: string) => void;
  /** Every so many milliseconds; left out = every 5 s. */
  readonly everyMs?: number;
}

export class OtlpPush implements SuiteWatcher {
  readonly #provider: MeterProvider;
  #last: Promise<void> | null = null;

  constructor({ url, version, counts, note, everyMs = PUSH_MS }: OtlpPushOptions) {
    const resource = resourceFromAttributes({
      'service.name': 'floodproof',
      'service.version': version,
      // Sums of two processes are two sums.
      'service.instance.id': randomUUID(),
    });
    const exporter = new OTLPMetricExporter({ url, timeoutMillis: PUSH_MS_MAX });
    const reader = new PeriodicExportingMetricReader({
      exporter: watched(exporter, (reason) => {
        note(`metrics can not be pushed to ${new URL(url).origin}: ${withoutSecrets(reason, url)}; the run goes on`);
      }),
      exportIntervalMillis: Math.max(everyMs, PUSH_MS_MAX),
      exportTimeoutMillis: PUSH_MS_MAX,
      metricProducers: [new CountsProducer(counts, resource, version)],
    });
    // Of its own: nothing of this process is measured by it but what it is given.
    this.#provider = new MeterProvider({ resource, readers: [reader] });
  }

  /** The last values, as long as the collector takes them within a few seconds. */
  async suiteEnds(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    this.#last ??= this.#provider.shutdown().catch(() => undefined);
    const patience = new AbortController();
    const late = setTimeout(LAST_MS_MAX, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.#last, late]);
    patience.abort();
  }
}

/** What went wrong, without what may be a token in the URL: its path and its query, as a whole and each value. */
export function withoutSecrets(reason: string, text: string): string {
  const url = new URL(text);
  const secrets = [text, url.href, `${url.pathname}${url.search}`, url.search, url.hash, url.username, url.password];
  for (const part of `${url.pathname}/${url.search.slice(1)}`.split(/[/&]/)) {
    const value = part.slice(part.indexOf('=') + 1);
    secrets.push(part, value, decoded(value));
  }
  const longestFirst = secrets.filter(({ length }) => length > 1).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((told, secret) => told.replaceAll(secret, '...'), reason);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** An exporter whose first failure is told. */
function watched(exporter: PushMetricExporter, onFailure: (reason: string) => void): PushMetricExporter {
  let isTold = false;
  return {
    export: (metrics, done) => {
      exporter.export(metrics, (result) => {
        if (result.error !== undefined && !isTold) {
          isTold = true;
          onFailure(result.error.message);
        }
        done(result);
      });
    },
    forceFlush: async () => await exporter.forceFlush(),
    shutdown: async () => await exporter.shutdown(),
  };
}

/** The counts as an SDK's metrics, sums since the suite began. */
class CountsProducer implements MetricProducer {
  readonly #counts: Pick<SuiteCounts, 'collect'>;
  readonly #resource: Resource;
  readonly #version: string;
  readonly #startTime = now();

  constructor(counts: Pick<SuiteCounts, 'collect'>, resource: Resource, version: string) {
    this.#counts = counts;
    this.#resource = resource;
    this.#version = version;
  }

  async collect(): Promise<CollectionResult> {
    const times = { startTime: this.#startTime, endTime: now() };
    const metrics = this.#counts.collect().map((points) => metricData(points, times));
    const scope = { name: 'floodproof', version: this.#version };
    return { resourceMetrics: { resource: this.#resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
  }
}

function now(): HrTime {
  const ms = Date.now();
  return [Math.floor(ms / 1000), (ms % 1000) * 1e6];
}

function metricData(points: MetricPoints, times: { readonly startTime: HrTime; readonly endTime: HrTime }): MetricData {
  const { name, unit, kind, means } = metricTable[points.metric];
  const isWhole = kind === 'counter' || unit === '1';
  const base = {
    descriptor: { name, description: means, unit, valueType: isWhole ? ValueType.INT : ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if ('numbers' in points) {
    const dataPoints = points.numbers.map(({ labels, value }) => ({ ...times, attributes: labels, value }));
    return kind === 'counter'
      ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
      : { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
  }
  const boundaries = BUCKETS_US.map((us) => us / 1e6);
  return {
    ...base,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: points.histograms.map(({ labels, counts, sumUs }) => ({
      ...times,
      attributes: labels,
      value: {
        buckets: { boundaries, counts: [...counts] },
        sum: sumUs / 1e6,
        count: counts.reduce((sum, count) => sum + count, 0),
      },
    })),
  };
}
