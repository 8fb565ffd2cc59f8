/** The command that makes a scenario of real traffic, with its options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../scenario/durations.js';
import { parseRatio } from '../../scenario/numbers.js';
import type { CommandContext } from '../program.js';

const YEAR_US = 366 * 86_400_000_000;
const SPEED_MAX = 1_000_000;

function duration(text: string): number {
  const parsed = parseDuration(text, { minUs: 1_000, maxUs: YEAR_US });
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`It ${parsed.complaint.message}.`);
}

function speed(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number > 0 && number <= SPEED_MAX) return number;
  throw new InvalidArgumentError(`It must be a number above 0 up to ${SPEED_MAX}.`);
}

function share(text: string): number {
  const parsed = parseRatio(text, { min: 0, max: 1 });
  if (parsed.ok && parsed.value > 0) return parsed.value;
  throw new InvalidArgumentError('It must be a share above 0, for example 10%.');
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export function addRecord(program: Command, { console }: CommandContext): void {
  program
    .command('record')
    .description('make a scenario of real traffic: a HAR, an access log, or an earlier run, without its secrets')
    .argument('<file>', 'HAR (or the journal of a capture), combined access log, or folder of a run')
    .option('--out <file>', 'the scenario; its files of requests stand beside it (default: NAME.yaml here)')
    .option('--policy <file>', 'what the target promises, and by which profile requests are signed')
    .addOption(
      new Option('--format <format>', 'when the name of the file does not tell').choices([
        'har',
        'access-log',
        'observations',
      ]),
    )
    .option('--adapter <file>', "your API's; its calls tell the classes of requests")
    .option('--class <pattern>', 'NAME=METHOD /path with * for a segment, ** for the rest; may be given often', collect)
    .addOption(
      new Option('--as <api>', "ask as recorded, or the same classes of the house's API").choices([
        'recorded',
        'house',
      ]),
    )
    .option('--speed <n>', 'so many times as fast', speed)
    .option('--keep <share>', 'thinned: each request is kept with this chance', share)
    .option('--loop', 'from the start again when it is over; needs --for')
    .option('--for <time>', 'length of the run (default: of the recording)', duration)
    .addHelpText(
      'after',
      `
Classes: requests of the house's API are known, other GETs count as ticker, and
what else no --class and no adapter names is left out. All of this is said.

Examples:
  floodproof record capture.har --policy my-policy.yaml --out mine.yaml
  floodproof record access.log --as house --speed 60
  floodproof record app.har --class "order.place=POST /api/orders" \\
    --class "account=GET /api/me/**"
  floodproof record results/runs/2026-01-01-flood --out again.yaml`,
    )
    .action(async (file: string, options) => {
      const { recordCommand } = await import('../record.js');
      const flags = {
        out: options.out ?? null,
        policy: options.policy ?? null,
        format: options.format ?? null,
        adapter: options.adapter ?? null,
        classes: options.class ?? [],
        as: options.as ?? null,
        speed: options.speed ?? 1,
        keepShare: options.keep ?? 1,
        isLooped: options.loop ?? false,
        forUs: options.for ?? null,
      };
      console.result(await recordCommand(file, flags));
    });
}
