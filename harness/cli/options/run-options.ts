/** `floodproof run` and `floodproof replay`: their options. */
import { type Command, Option } from 'commander';
import type { CommandContext } from '../program.js';
import { leastOption } from './compare-options.js';
import {
  caOption,
  capacityOption,
  certOption,
  engineOption,
  exitCodes,
  jsonOption,
  junitOption,
  keyOption,
  outOption,
  SEED_MAX,
  seedRange,
  speedOption,
  wholeNumber,
} from './values.js';
import { addWatchOptions, watchFlagsOf } from './watch-options.js';

export function addRun(program: Command, { console, setExit }: CommandContext): void {
  const command = program.command('run');
  command
    .description('play scenarios to a verdict')
    .argument(
      '[paths...]',
      'scenario files, or folders of them with all folders within; none with --tag = those that come with the package',
    )
    .optionsGroup('What is played:')
    .option('--tag <tag>', 'only scenarios with this tag (default: all)')
    .option('--seed <n>', 'fixes every intended send time and identity', wholeNumber(0, SEED_MAX), 1)
    .option('--repeat <n>', 'play the whole list this often', wholeNumber(1, 1000), 1)
    .option('--max-requests <n>', 'scheduled requests of a scenario at most (default: no bound)', wholeNumber(1, 1e9))
    .addOption(capacityOption())
    .optionsGroup('Against what:')
    .option(
      '--target <target>',
      '"gateway" (embedded), "core" (virtual time), or a URL: on loopback, or with its owner\'s consent',
      'gateway',
    )
    .addOption(engineOption())
    .option('--gateway-policy <file>', 'let the gateway enforce another policy than the one it is judged by')
    .option('--weak', 'let it enforce the weak policy of each scenario, which must be exposed')
    .option('--adapter <file>', 'how a URL is spoken to and its answers are read: docs/your-own-server.md')
    .addOption(caOption())
    .addOption(certOption())
    .addOption(keyOption())
    .optionsGroup('Over HTTP:')
    .option('--workers <n>', 'threads that send', wholeNumber(1, 32), 1)
    .option('--controls', 'first the honest alone, and the generator against a server that answers at once')
    .option(
      '--delay <time>',
      'held back so long each way, "20ms" by a relay, "netem:20ms" by the kernel (default: none)',
    )
    .addOption(
      new Option('--pin <which>', 'auto: gateway and generator on cores of their own, where there are two')
        .choices(['auto', 'off'])
        .default('off'),
    )
    .optionsGroup('In virtual time, with --target core:')
    .addOption(speedOption())
    .option(
      '--seeds <range>',
      'every seed of a range, "1..200", and which are no pass (default: --seed alone)',
      seedRange,
    )
    .option('--until-failure', 'seeds from --seed (or those of --seeds) until one is no pass')
    .optionsGroup('What comes of it:')
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption())
    .option('--baseline <dir>', 'compare with a run folder, or the newest passing runs in a folder: docs/compare.md')
    .addOption(leastOption())
    .optionsGroup('While it goes on:');
  addWatchOptions(command)
    .optionsGroup('Options:')
    .addHelpText(
      'after',
      `${exitCodes}

Examples:
  floodproof run scenarios/release
  floodproof run scenarios/release/replay.yaml --seed 7 --json
  floodproof run mine.yaml --target http://127.0.0.1:3000 --junit report.xml

  With --weak a failing verdict is what is wanted: the exit code is 0 when every
  weak policy fails all the expectations that its scenario names, else 3.
  floodproof run --tag flood --weak --target core

  Is a broken limiter caught? In this one every limit holds twice what is promised:
  floodproof run scenarios/release/order-flood-20x.yaml \\
    --gateway-policy scenarios/policies/weakened/doubled-capacity.yaml`,
    )
    .action(async (paths: string[], options) => {
      const { runCommand } = await import('../run.js');
      const { tlsFilesOf } = await import('../tls-files.js');
      const flags = {
        ...options,
        ...watchFlagsOf(options),
        json: options.json ?? false,
        controls: options.controls ?? false,
        maxRequests: options.maxRequests ?? null,
        baseline: options.baseline ?? null,
        gatewayPolicy: options.gatewayPolicy ?? null,
        seeds: options.seeds ?? null,
        untilFailure: options.untilFailure ?? false,
        tag: options.tag ?? null,
        weak: options.weak ?? false,
        capacity: options.capacity ?? null,
        delay: options.delay ?? null,
        adapter: options.adapter ?? null,
        tls: tlsFilesOf(options),
        junit: options.junit ?? null,
      };
      setExit(await runCommand(paths, flags, console));
    });
}

export function addReplay(program: Command, { console, setExit }: CommandContext): void {
  const command = program.command('replay');
  command
    .description('play the run of a folder again: same plan, same seed')
    .argument('<rundir>', 'a folder made by "run"')
    .addOption(speedOption())
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption());
  addWatchOptions(command).action(async (folder: string, options) => {
    const { replayCommand } = await import('../run.js');
    const flags = {
      ...options,
      ...watchFlagsOf(options),
      json: options.json ?? false,
      controls: false,
      junit: options.junit ?? null,
    };
    setExit(await replayCommand(folder, flags, console));
  });
}
