/** The counts of a suite as Prometheus reads them, at a port of this machine. */
import { type Metric, Registry } from 'prom-client';
import { LoopbackServer } from './loopback-server.js';
import { BUCKETS_US, type LiveMetric, liveMetrics, metricTable, prometheusName } from './metric-table.js';
import type { MetricPoints, SuiteCounts } from './suite-counts.js';
import type { SuiteWatcher } from './suite-watcher.js';

/** What a registry asks of a metric when it is read: prom-client's own are counted call by call, ours are there already. */
interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly {
    readonly metricName?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** A registry of its own, without any metric of the process: names and labels are written and escaped by prom-client. */
export function prometheusRegistry(counts: Pick<SuiteCounts, 'collect'>): Registry {
  const registry = new Registry();
  for (const metric of liveMetrics) {
    const name = prometheusName(metricTable[metric]);
    const read = async (): Promise<ReadMetric> => readMetric(metric, counts.collect());
    registry.registerMetric({ name, get: read } as unknown as Metric);
  }
  return registry;
}

function readMetric(metric: LiveMetric, all: readonly MetricPoints[]): ReadMetric {
  const row = metricTable[metric];
  const name = prometheusName(row);
  const points = all.find((one) => one.metric === metric);
  const head = { name, help: row.means, type: row.kind };
  if (points === undefined) return { ...head, values: [] };
  if ('numbers' in points) return { ...head, values: points.numbers };
  return {
    ...head,
    values: points.histograms.flatMap(({ labels, counts, sumUs }) => {
      let below = 0;
      const buckets = counts.map((count, bucket) => {
        below += count;
        const boundUs = BUCKETS_US[bucket];
        const le = boundUs === undefined ? '+Inf' : String(boundUs / 1e6);
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sumUs / 1e6 },
        { metricName: `${name}_count`, labels, value: below },
      ];
    }),
  };
}

export class PrometheusServer implements SuiteWatcher {
  readonly #server: LoopbackServer;

  private constructor(server: LoopbackServer) {
    this.#server = server;
  }

  /**
   * @param port - 0 = a free one.
   * @throws {FloodproofError} FP_PORT_TAKEN
   */
  static async open(port: number, counts: Pick<SuiteCounts, 'collect'>): Promise<PrometheusServer> {
    const registry = prometheusRegistry(counts);
    const server = await LoopbackServer.open({
      port,
      token: null,
      hint: 'choose another port with --metrics, or 0 for a free one',
      routes: {
        '/metrics': async (_request, response) => {
          const text = await registry.metrics();
          response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
        },
      },
    });
    return new PrometheusServer(server);
  }

  get url(): string {
    return this.#server.url('/metrics');
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
