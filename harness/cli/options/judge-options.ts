/** The command that judges a log, with its options. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../scenario/durations.js';
import type { CommandContext } from '../program.js';

const HOUR_US = 3_600_000_000;

function duration(maxUs: number): (text: string) => number {
  return (text) => {
    const parsed = parseDuration(text, { minUs: 0, maxUs });
    if (parsed.ok) return parsed.value;
    throw new InvalidArgumentError(`It ${parsed.complaint.message}.`);
  };
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export function addJudge(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('judge')
    .description("judge what already happened, by a server's own log: the verdict of a run, without sending anything")
    .argument('<logs...>', 'access logs or JSON lines, the oldest first; gzip is unpacked, "-" is stdin')
    .requiredOption('--policy <file>', 'what the server promises')
    .option('--map <file>', 'which field means what, see docs/judge-a-log.md')
    .option('--log-format <text>', "nginx's own log_format; none = combined, or JSON where lines begin with a brace")
    .option(
      '--longest <time>',
      'how long a request lasts at most, where the log has no durations',
      duration(24 * HOUR_US),
    )
    .option('--window <time>', 'how far lines may be out of order (default: 10s)', duration(HOUR_US))
    .option(
      '--expect <text>',
      'an expectation; may be given often (default: no leak, and no throttle that was wrong)',
      collect,
    )
    .option('--json', 'print the suite as one JSON document')
    .option('--junit <file>', 'write a JUnit file')
    .addHelpText(
      'after',
      `
Exit codes:
  0    every expectation held
  1    internal bug
  2    bad usage, policy, map or log
  3    an expectation did not hold
  4    environment: disk full
  5    undecided

Examples:
  floodproof judge /var/log/nginx/access.log --policy nginx.yaml
  floodproof judge access.log.2.gz access.log.1 --policy nginx.yaml --longest 30s
  floodproof judge app.jsonl --policy mine.yaml --map map.yaml \\
    --expect "all.leak <= 0"`,
    )
    .action(async (logs: string[], options) => {
      const { judgeCommand } = await import('../judge.js');
      const flags = {
        policy: options.policy,
        map: options.map ?? null,
        logFormat: options.logFormat ?? null,
        longestUs: options.longest ?? null,
        windowUs: options.window ?? null,
        expected: options.expect ?? [],
        json: options.json ?? false,
        junit: options.junit ?? null,
      };
      setExit(await judgeCommand(logs, flags, console));
    });
}
