/** Who watches a suite: what `--ui`, `--metrics` and `--otlp` ask for, opened before the first run. */
import { FloodproofError } from '../errors.js';
import type { SuiteWatcher } from '../watch/suite-watcher.js';
import { Watchers } from '../watch/watchers.js';
import type { Console } from './console.js';
import { packageVersion } from './versions.js';

export interface WatchFlags {
  /** Port of the live page, 0 = a free one; null = no page. */
  readonly ui: number | null;
  /** Port of the metrics for Prometheus, 0 = a free one; null = none. */
  readonly metrics: number | null;
  /** Where metrics are pushed to; null = nowhere. */
  readonly otlp: string | null;
}

/** @throws {FloodproofError} FP_USAGE when anybody is to watch what can't be watched, because of `why`. */
export function assertWatchable({ ui, metrics, otlp }: WatchFlags, why: string): void {
  if (ui === null && metrics === null && otlp === null) return;
  throw new FloodproofError('FP_USAGE', `nobody can watch this run: ${why}`, {
    hint: 'leave out --ui, --metrics and --otlp',
  });
}

interface WatchWords {
  readonly console: Console;
  /** Told in a line, while lines of the run are drawn, what went wrong. */
  readonly onFault: (line: string) => void;
}

/** @throws {FloodproofError} FP_PORT_TAKEN, FP_PAGE_ABSENT; then nothing is left open. */
export async function openWatchers(
  { ui, metrics, otlp }: WatchFlags,
  { console, onFault }: WatchWords,
): Promise<Watchers> {
  const opened: SuiteWatcher[] = [];
  try {
    if (ui !== null) {
      const { LivePage } = await import('../watch/live-page.js');
      const page = await LivePage.open({ port: ui });
      opened.push(page);
      // With --quiet too: without its URL nobody finds the page.
      console.error(`watch it at ${page.url}`);
    }
    if (metrics !== null || otlp !== null) {
      const { SuiteCounts } = await import('../watch/suite-counts.js');
      const version = packageVersion();
      const counts = new SuiteCounts(version);
      opened.push(counts);
      if (metrics !== null) {
        const { PrometheusServer } = await import('../watch/prometheus.js');
        const server = await PrometheusServer.open(metrics, counts);
        opened.push(server);
        console.error(`metrics at ${server.url}`);
      }
      if (otlp !== null) {
        const { OtlpPush } = await import('../watch/otlp-push.js');
        opened.push(new OtlpPush({ url: otlp, version, counts, note: onFault }));
      }
    }
  } catch (error) {
    for (const watcher of opened) await watcher.close();
    throw error;
  }
  return new Watchers(opened, onFault);
}
