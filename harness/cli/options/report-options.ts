/** The commands that show saved runs, with their options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../scenario/durations.js';
import type { CommandContext } from '../program.js';
import { wholeNumber } from './values.js';

const YEAR_US = 366 * 86_400_000_000;

function age(text: string): number {
  const parsed = parseDuration(text, { minUs: 0, maxUs: 10 * YEAR_US });
  if (parsed.ok) return parsed.value / 1000;
  throw new InvalidArgumentError(`It ${parsed.complaint.message}.`);
}

export function addReport(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('report')
    .description('make any report of a run that was saved, from what its folder holds')
    .argument('<rundirs...>', 'folders made by "run", or a folder in which such lie: a suite, the oldest first')
    .addOption(
      new Option('--format <format>', 'csv: courses over time; requests-csv: every request')
        .choices(['terminal', 'html', 'markdown', 'junit', 'csv', 'requests-csv', 'json'])
        .default('terminal'),
    )
    .option('--out <file>', 'where it is written, "-" is stdout (default: stdout; html: report.html in the folder)')
    .option('--open', 'html: show it in a browser')
    .addHelpText(
      'after',
      `
A folder that is cut off, edited or of another version is shown with what it has,
and every format says what is missing: tables of values on stderr.

Exit codes:
  0    the report was made, whatever its verdict
  1    internal bug
  2    bad usage, or nothing in the folder can be read
  4    environment: disk full, page not built, no browser

Examples:
  floodproof report results/runs/20260102-030405-replay
  floodproof report results/runs/20260102-030405-replay --format html --open
  floodproof report results/runs --format junit --out report.xml
  floodproof report results/runs/20260102-030405-replay --format requests-csv | head`,
    )
    .action(async (paths: string[], options) => {
      const { reportCommand } = await import('../report.js');
      const flags = { format: options.format, out: options.out ?? null, open: options.open ?? false };
      setExit(await reportCommand(paths, flags, console));
    });
}

const PORT_MAX = 65_535;

export function addUi(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('ui')
    .description('list the runs that are saved, show a metric over all of them, remove old ones')
    .argument('[dir]', 'the folder in which they lie', 'results/runs')
    .option('--metric <metric>', 'its history, scenario by scenario: "honest.latency.p99", "abuse.leak in attack"')
    .option('--scenario <name>', 'only runs of this scenario')
    .option('--serve [port]', 'the list in a browser, on loopback until interrupted', wholeNumber(0, PORT_MAX))
    .option('--html <file>', 'write the list as a page that links to the pages of the runs')
    .option('--open', 'show the newest run, or with --serve the list, in a browser')
    .option('--prune', 'say which runs a tidy folder would not have; nothing is removed without --yes')
    .option('--keep <n>', 'prune: so many of each scenario stay', wholeNumber(0, 100_000), 20)
    .option('--older-than <age>', 'prune: of the others, only what is older: "30d"', age)
    .option('--yes', 'prune: remove them')
    .addHelpText(
      'after',
      `
What --prune leaves: of each scenario the newest, as many of the newest that failed,
and the newest that passed; runs without a verdict for a day; a folder with a file
"keep" in it, or anything else that no run wrote, or at which a link in DIR points.

Exit codes:
  0    done
  1    internal bug
  2    bad usage, no such folder, a metric that no run tells
  4    environment: a folder cannot be removed, port taken, no browser

Examples:
  floodproof ui
  floodproof ui --metric honest.latency.p99 --scenario order-flood-5x
  floodproof ui --prune --keep 5 --older-than 30d --yes
  floodproof ui --serve --open
  floodproof ui results/runs --html results/runs/index.html`,
    )
    .action(async (dir: string, options) => {
      const { uiCommand } = await import('../ui.js');
      const flags = {
        metric: options.metric ?? null,
        scenario: options.scenario ?? null,
        html: options.html ?? null,
        prune: options.prune ?? false,
        keep: options.keep,
        olderThanMs: options.olderThan ?? null,
        yes: options.yes ?? false,
        open: options.open ?? false,
        // Without a number any free port.
        servePort: options.serve === true ? 0 : (options.serve ?? null),
      };
      setExit(await uiCommand(dir, flags, console));
    });
}
