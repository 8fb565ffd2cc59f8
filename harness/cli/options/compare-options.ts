/** The command that holds two runs side by side, with its options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../program.js';

const LEAST = 0.05;

/** `5%`, `0.05`: above 0, at most 100 %. */
function share(text: string): number {
  const [, number = '', percent] = /^(\d{1,6}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const value = percent === '%' ? Number(number) / 100 : Number(number);
  if (number !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a share from 0% to 100%, for example "5%".');
}

export const leastOption = (): Option =>
  new Option('--least <share>', 'a smaller change does not matter').default(LEAST, '5%').argParser(share);

export function addCompare(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('compare')
    .description('hold two runs side by side: what differs beyond noise')
    .argument('<baseline>', 'a run folder, or a folder that holds several runs of the scenario')
    .argument('<run>', 'the same, of what is new')
    .addOption(leastOption())
    .option('--scenario <name>', 'where a folder holds runs of several')
    .option('--all', 'tell of every metric, not only of those that changed or that an expectation names')
    .option('--anyway', 'compare runs of different scenarios, limits or targets, or invalid ones, too')
    .addOption(
      new Option('--format <format>', 'how it is printed')
        .choices(['terminal', 'markdown', 'json'])
        .default('terminal'),
    )
    .option('--json', 'the same as --format json')
    .option('--html <file>', 'write the page of the run, with the baseline behind it')
    .addHelpText(
      'after',
      `
Exit codes:
  0    no metric that an expectation names got worse
  1    internal bug
  2    bad usage or folder, or runs that tell nothing beside each other
  3    a metric that an expectation of the run names got worse
  4    environment: disk full
  5    nothing could be compared

Examples:
  floodproof compare before/20260102-030405-mine after/20260103-030405-mine
  floodproof compare before/ after/ --least 10%
  floodproof compare before/ after/ --format markdown`,
    )
    .action(async (baseline: string, run: string, options) => {
      const { compareCommand } = await import('../compare.js');
      const flags = {
        format: options.json ? 'json' : options.format,
        html: options.html ?? null,
        least: options.least,
        scenario: options.scenario ?? null,
        anyway: options.anyway ?? false,
        all: options.all ?? false,
      };
      setExit(compareCommand(baseline, run, flags, console));
    });
}
