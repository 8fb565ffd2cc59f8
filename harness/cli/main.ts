#!/usr/bin/env node
/** The command line: one table of commands and options, from which the help is made. */
import process from 'node:process';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ExitCode, FloodproofError, formatError } from '../errors.js';
import { openConsole } from './console.js';
import { packageVersion } from './versions.js';

const SEED_MAX = 2 ** 32 - 1;

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

const engineOption = (): Option =>
  new Option('--engine <engine>', 'core of gateway and signer; auto: native, or TypeScript with one line that says why')
    .choices(['auto', 'native', 'ts'])
    .default('auto');
const outOption = (): Option => new Option('--out <dir>', 'where run folders are made').default('results/runs');
const jsonOption = (): Option => new Option('--json', 'the suite as one JSON document on stdout').default(false);
const junitOption = (): Option => new Option('--junit <file>', 'write a JUnit file of the suite');

function build(setExit: (code: number) => void): Command {
  const console = openConsole();
  const program = new Command('floodproof')
    .description(
      'Replays honest and abusive traffic together against a limiter/verifier and says whether the throttle and the\n' +
        'signature check hold while honest customers still get through.',
    )
    .version(packageVersion())
    .showSuggestionAfterError(true)
    .showHelpAfterError('(see "floodproof --help")')
    .exitOverride();

  program
    .command('run')
    .description('play scenarios to a verdict')
    .argument('<paths...>', 'scenario files, or folders of them')
    .option('--target <target>', '"gateway" (embedded) or an http:// URL on loopback', 'gateway')
    .option('--seed <n>', 'fixes every intended send time and identity', wholeNumber(0, SEED_MAX), 1)
    .addOption(engineOption())
    .option('--workers <n>', 'threads that send', wholeNumber(1, 32), 1)
    .option('--repeat <n>', 'play the whole list this often', wholeNumber(1, 1000), 1)
    .option('--max-requests <n>', 'scheduled requests of a scenario at most', wholeNumber(1, 1e9))
    .option('--gateway-policy <file>', 'let the gateway enforce another policy than the one it is judged by')
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption())
    .action(async (paths: string[], options) => {
      const { runCommand } = await import('./run.js');
      const flags = {
        ...options,
        maxRequests: options.maxRequests ?? null,
        gatewayPolicy: options.gatewayPolicy ?? null,
        junit: options.junit ?? null,
      };
      setExit(await runCommand(paths, flags, console));
    });

  program
    .command('replay')
    .description('play the run of a folder again: same plan, same seed')
    .argument('<rundir>', 'a folder made by "run"')
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption())
    .action(async (folder: string, options) => {
      const { replayCommand } = await import('./run.js');
      setExit(await replayCommand(folder, { ...options, junit: options.junit ?? null }, console));
    });

  program
    .command('explain')
    .description('what a scenario will send, by whom, when, and what the policy bounds it to')
    .argument('<paths...>', 'scenario files, or folders of them')
    .action(async (paths: string[]) => {
      const { explainCommand } = await import('./explain.js');
      console.result(explainCommand(paths));
    });

  program
    .command('validate')
    .description('read files and say everything that is wrong with them')
    .argument('<paths...>', 'scenario or policy files, or folders of them')
    .action(async (paths: string[]) => {
      const { validateCommand } = await import('./validate.js');
      console.result(validateCommand(paths));
    });

  program
    .command('gateway')
    .description('start the embedded gateway to try it by hand; Ctrl-C ends it')
    .requiredOption('--policy <file>', 'policy file, or a scenario file (its policy, with its accounts registered)')
    .option('--port <n>', '0 = any free one', wholeNumber(0, 65535), 8080)
    .option('--seed <n>', "the seed of the scenario's accounts", wholeNumber(0, SEED_MAX), 1)
    .addOption(engineOption())
    .action(async (options) => {
      const { gatewayCommand } = await import('./gateway.js');
      setExit(await gatewayCommand(options, console));
    });

  program.addHelpText(
    'after',
    `
Exit codes: 0 pass, 1 internal bug, 2 bad usage or file, 3 an expectation failed, 4 environment,
            5 invalid or undecided, 130 interrupted

Examples:
  floodproof run scenarios/release
  floodproof run scenarios/release/order-flood-20x.yaml --seed 7 --json
  floodproof run scenarios/release --gateway-policy scenarios/policies/weakened/doubled-capacity.yaml
  floodproof run my.yaml --target http://127.0.0.1:3000 --junit report.xml
  floodproof explain scenarios/release/replay.yaml
  floodproof gateway --policy scenarios/policies/spot-exchange.yaml --port 8080`,
  );
  return program;
}

async function main(): Promise<number> {
  let exit: number = ExitCode.pass;
  try {
    await build((code) => {
      exit = code;
    }).parseAsync();
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
    if (error instanceof FloodproofError) {
      process.stderr.write(`${formatError(error)}\n`);
      return error.exitCode;
    }
    process.stderr.write(`internal bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return ExitCode.bug;
  }
}

process.exitCode = await main();
