/** The text of `docs/live-metrics.md`, made from the table of metrics. */
import { BUCKETS_US, type MetricRow, metricTable, prometheusName } from './metric-table.js';

export function liveMetricsPage(): string {
  const entries: readonly MetricRow[] = Object.values(metricTable);
  const rows = entries.map((row) => {
    const labels = row.labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${prometheusName(row)}\` | \`${row.name}\` | ${row.kind} | ${labels} | ${row.means} |`;
  });
  const buckets = BUCKETS_US.map((us) => us / 1e6).join(', ');
  return `# Metrics of a run while it goes on

The table is made from \`harness/watch/metric-table.ts\`; a test holds the two together. What a verdict is made of stands in
[metrics.md](metrics.md).

| for Prometheus | for OpenTelemetry | kind | labels | what it is |
|---|---|---|---|---|
${rows.join('\n')}

\`label\` is \`legit\` or \`abuse\`. Histograms have the buckets ${buckets} (seconds) and one for all above.

What is counted is what the judge counts: requests that were intended in one of the phases. So when a run is over, its
counters and its verdict have the same numbers: \`sent\`, \`admitted\` and \`throttled\` of an actor are those of
\`verdict.json\` (its \`refused\` is the outcomes \`refused\` and \`denied\`; its \`errors\` are \`timeout\`, \`reset\`,
\`unconnected\`, \`garbage\`, \`server-error\` and \`unsent\`). A request is counted when it is concluded, about a second
later. Runs of one scenario, with \`--repeat\`, go on counting.

Nobody is a label but the actors of the plan: a scenario has as many series with two million callers as with ten. For each
actor there are 14 outcomes, two more counters and three histograms, ${14 + 2 + 3 * (BUCKETS_US.length + 3)} series in all.

## Prometheus
\`--metrics PORT\` serves them at \`http://127.0.0.1:PORT/metrics\` until the run is over, on this machine alone and to
whoever is on it, by GET and under a loopback name. There is no metric of the process itself.
\`\`\`sh
npx floodproof run scenarios/release --metrics 9464
\`\`\`
\`\`\`yaml
scrape_configs:
  - job_name: floodproof
    scrape_interval: 1s
    static_configs: [{ targets: ["127.0.0.1:9464"] }]
\`\`\`
The admitted rate of each actor, and what the user feels at p99:
\`\`\`promql
sum by (actor) (rate(floodproof_requests_total{outcome="admitted"}[5s]))
histogram_quantile(0.99, sum by (actor, le) (rate(floodproof_latency_seconds_bucket{kind="intended"}[10s])))
\`\`\`
The server ends with the suite, and whoever scrapes every few seconds misses the last of them: exact numbers of the end are
in \`verdict.json\`, and in the last push to a collector.

## OpenTelemetry
\`--otlp URL\` pushes the same, as OTLP over HTTP with JSON, every 5 s and once more when the suite is over; sums count from
the start of the suite.
\`\`\`sh
npx floodproof run scenarios/release --otlp http://127.0.0.1:4318/v1/metrics
\`\`\`
The URL may be any: a push is no load, so no consent is asked for. It holds names of scenarios and actors, the target as
it was given, and counts; no caller, no key, no request. Headers that the collector wants, a token for one, are taken from
\`OTEL_EXPORTER_OTLP_HEADERS\`; a password in the URL is refused, since others could see it. A collector that does not
answer, or says no, is told of once, and the run goes on; at the end it is waited for at most 3.5 s.

## The page
\`--ui\` prints the URL of a page of the run, on this machine; \`--ui-port PORT\` has it at the same port each time. The
URL holds a token of 128 random bits, and without it there is nothing. The page is drawn from the same rows as these
metrics, about twice a second; when the run is over it has the verdict, and keeps it after the server has gone.
`;
}
