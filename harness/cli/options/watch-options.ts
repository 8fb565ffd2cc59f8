/** Options of commands that play a suite: how it can be watched while it goes on. */
import { type Command, Option } from 'commander';
import { FloodproofError } from '../../errors.js';
import type { WatchFlags } from '../watching.js';
import { wholeNumber } from './values.js';

const PORT_MAX = 65_535;

/**
 * A collector's URL as it is given; one that holds a password would be shown to whoever lists processes.
 *
 * @throws {FloodproofError} FP_USAGE, which does not repeat it: an invalid argument of commander's would.
 */
function collectorUrl(text: string): string {
  let url: URL | null = null;
  try {
    url = new URL(text);
  } catch {
    // Told below.
  }
  if ((url?.protocol === 'http:' || url?.protocol === 'https:') && url.username === '' && url.password === '')
    return text;
  throw new FloodproofError('FP_USAGE', '--otlp must be an http or https URL without a password', {
    hint: 'write for example --otlp http://127.0.0.1:4318/v1/metrics',
  });
}

export function addWatchOptions(command: Command): Command {
  return command
    .option('--ui', 'a page of the run while it goes on, on this machine; its URL is printed')
    .addOption(
      new Option('--ui-port <port>', 'the page at this port instead of a free one; means --ui').argParser(
        wholeNumber(0, PORT_MAX),
      ),
    )
    .addOption(
      new Option('--metrics <port>', 'counts for Prometheus at http://127.0.0.1:PORT/metrics').argParser(
        wholeNumber(0, PORT_MAX),
      ),
    )
    .addOption(
      new Option('--otlp <url>', 'the same counts pushed to an OpenTelemetry collector, OTLP over HTTP').argParser(
        collectorUrl,
      ),
    );
}

interface WatchValues {
  readonly ui?: true;
  readonly uiPort?: number;
  readonly metrics?: number;
  readonly otlp?: string;
}

export function watchFlagsOf({ ui, uiPort, metrics, otlp }: WatchValues): WatchFlags {
  return { ui: uiPort ?? (ui === true ? 0 : null), metrics: metrics ?? null, otlp: otlp ?? null };
}
