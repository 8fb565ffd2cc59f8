/** One table of commands and options, from which the help is made. A command's code is loaded when it is run. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { faceNames } from '../gateway/faces/face.js';
import type { Console } from './console.js';
import { addCapture } from './options/capture-options.js';
import { addList, addNew, addValidate } from './options/catalogue-commands.js';
import { addConsent } from './options/consent-options.js';
import { addConversions } from './options/conversion-options.js';
import { addDoctor } from './options/doctor-options.js';
import { addJudge } from './options/judge-options.js';
import { addProbe } from './options/probe-options.js';
import { addRecord } from './options/record-options.js';
import { packageVersion } from './versions.js';

/** What a command needs: where it writes, and where its exit code goes. */
export interface CommandContext {
  readonly console: Console;
  readonly setExit: (code: number) => void;
}

const SEED_MAX = 2 ** 32 - 1;

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) + 0 : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

function seedRange(text: string): { first: number; last: number } {
  const [, from = '', to = ''] = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from !== '' && first <= last && last <= SEED_MAX) return { first, last };
  throw new InvalidArgumentError(
    `It must be two seeds from 0 to ${SEED_MAX}, the smaller first, for example "1..200".`,
  );
}

function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = /^\d{1,4}x$/.test(text) ? Number(text.slice(0, -1)) : 0;
  if (factor >= 1 && factor <= 1000) return factor;
  throw new InvalidArgumentError('It must be "max", or a whole number from 1 to 1000 and an x, for example "10x".');
}

const engineOption = (): Option =>
  new Option('--engine <engine>', 'core of gateway and signer; auto: native, or TypeScript and a line that says why')
    .choices(['auto', 'native', 'ts'])
    .default('auto');
const speedOption = (): Option =>
  new Option('--speed <speed>', 'core: "max", or how much faster than the clock, "1x" to "1000x"')
    .default(Number.POSITIVE_INFINITY, 'max')
    .argParser(speed);
const capacityOption = (): Option =>
  new Option('--capacity <rate>', 'what "60% of capacity" is of: "1000/s", or the file of a probe');
const caOption = (): Option => new Option('--ca <file>', 'https: the authorities to trust, PEM');
const certOption = (): Option => new Option('--cert <file>', 'https: the certificate to show, PEM');
const keyOption = (): Option => new Option('--key <file>', 'https: its private key, PEM');
const outOption = (): Option => new Option('--out <dir>', 'where run folders are made').default('results/runs');
const jsonOption = (): Option => new Option('--json', 'print the suite as one JSON document');
const junitOption = (): Option => new Option('--junit <file>', 'write a JUnit file of the suite');

const exitCodes = `
Exit codes:
  0    every expectation held
  1    internal bug
  2    bad usage or file
  3    an expectation did not hold
  4    environment: port taken, target forbidden or not there, disk full
  5    invalid (the generator fell behind) or undecided
  130  interrupted`;

export function buildProgram(context: CommandContext): Command {
  const program = new Command('floodproof')
    .description(
      'Plays honest and abusive traffic together against an API that meters and authenticates its callers, and says ' +
        'whether the throttle and the signature check hold while honest customers still get through.',
    )
    .version(packageVersion())
    // Errors are thrown, and printed in one form with all others.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addRun(program, context);
  addReplay(program, context);
  addProbe(program, context, engineOption());
  addJudge(program, context);
  addDoctor(program, context, wholeNumber);
  addCapture(program, context, wholeNumber);
  addRecord(program, context);
  addList(program, context);
  addNew(program, context);
  addExplain(program, context);
  addValidate(program, context, capacityOption());
  addGateway(program, context);
  addBench(program, context);
  addCheck(program, context);
  addSelftest(program, context);
  addConversions(program, context);
  addConsent(program, context);
  program.addHelpText('after', exitCodes);
  program.addHelpText(
    'after',
    `
Examples:
  floodproof run scenarios/release
  floodproof list --tag flood
  floodproof explain scenarios/release/replay.yaml
  floodproof gateway --policy scenarios/policies/spot-exchange.yaml`,
  );
  return program;
}

function addRun(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('run')
    .description('play scenarios to a verdict')
    .argument(
      '[paths...]',
      'scenario files, or folders of them with all folders within; none with --tag = those that come with the package',
    )
    .option('--tag <tag>', 'only scenarios with this tag')
    .option(
      '--target <target>',
      '"gateway" (embedded), "core" (virtual time), or a URL: on loopback, or with its owner\'s consent',
      'gateway',
    )
    .option('--seed <n>', 'fixes every intended send time and identity', wholeNumber(0, SEED_MAX), 1)
    .addOption(engineOption())
    .addOption(speedOption())
    .option('--seeds <range>', 'core: every seed of a range, "1..200", and which are no pass', seedRange)
    .option('--until-failure', 'core: seeds from --seed (or those of --seeds) until one is no pass')
    .option('--workers <n>', 'threads that send', wholeNumber(1, 32), 1)
    .option('--repeat <n>', 'play the whole list this often', wholeNumber(1, 1000), 1)
    .option('--controls', 'over HTTP: first the honest alone, and the generator against a server that answers at once')
    .option('--max-requests <n>', 'scheduled requests of a scenario at most', wholeNumber(1, 1e9))
    .option('--gateway-policy <file>', 'let the gateway enforce another policy than the one it is judged by')
    .option('--weak', 'let it enforce the weak policy of each scenario, which must be exposed')
    .option('--adapter <file>', 'how a URL is spoken to and its answers are read: docs/your-own-server.md')
    .addOption(caOption())
    .addOption(certOption())
    .addOption(keyOption())
    .addOption(capacityOption())
    .option('--delay <time>', 'over HTTP: held back so long each way, "20ms" by a relay, "netem:20ms" by the kernel')
    .addOption(
      new Option('--pin <which>', 'auto: gateway and generator on cores of their own, where there are two')
        .choices(['auto', 'off'])
        .default('off'),
    )
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption())
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
      const { runCommand } = await import('./run.js');
      const { tlsFilesOf } = await import('./tls-files.js');
      const flags = {
        ...options,
        json: options.json ?? false,
        controls: options.controls ?? false,
        maxRequests: options.maxRequests ?? null,
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

function addReplay(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('replay')
    .description('play the run of a folder again: same plan, same seed')
    .argument('<rundir>', 'a folder made by "run"')
    .addOption(speedOption())
    .addOption(jsonOption())
    .addOption(junitOption())
    .addOption(outOption())
    .action(async (folder: string, options) => {
      const { replayCommand } = await import('./run.js');
      const flags = { ...options, json: options.json ?? false, controls: false, junit: options.junit ?? null };
      setExit(await replayCommand(folder, flags, console));
    });
}

function addExplain(program: Command, { console }: CommandContext): void {
  program
    .command('explain')
    .description('say who will send what and when, and what the policy promises')
    .argument('<paths...>', 'scenario files, or folders of them with all folders within')
    .addOption(capacityOption())
    .action(async (paths: string[], { capacity }) => {
      const { explainCommand } = await import('./explain.js');
      console.result(explainCommand(paths, capacity ?? null));
    });
}

function addGateway(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('gateway')
    .description('start the embedded gateway to try it by hand; Ctrl-C ends it, SIGHUP makes it read the policy again')
    .option('--policy <file>', 'policy file, or a scenario file (its policy, with its accounts registered)')
    .addOption(
      new Option('--venue <name>', "in a venue's clothes: its paths, signatures, limits and errors").choices(faceNames),
    )
    .option('--port <n>', '0 = any free one', wholeNumber(0, 65535), 8080)
    .option('--seed <n>', "the seed of the scenario's accounts", wholeNumber(0, SEED_MAX), 1)
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
With --venue and no --policy the limits are those that the venue publishes.

Examples:
  floodproof gateway --policy scenarios/policies/spot-exchange.yaml
  floodproof gateway --venue binance
  floodproof gateway --venue kraken --policy my-kraken.yaml`,
    )
    .action(async (options) => {
      const { gatewayCommand } = await import('./gateway.js');
      setExit(await gatewayCommand(options, console));
    });
}

function addBench(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('bench')
    .description('time limiters and verifiers: native, TypeScript, and those of other packages')
    .argument(
      '[names...]',
      'limit, verify, fused, batch, memory, threads, engines, generator, arrivals, virtual, signing, logs; none = all',
    )
    .option('--quick', 'few and short rounds, few keys')
    .option('--large', 'ten million keys for others than ours too, which takes 9 GB of memory')
    .option('--limiter <module>', 'let your own take part: a module that exports createLimiter')
    .option('--compare <file>', 'say what changed since an earlier limiters.json, beyond the spread')
    .option('--json', 'print the figures of limiters as one JSON document')
    .option(
      '--out <dir>',
      'where files are written (default: results/bench, or results/runs/bench when not all is run)',
    )
    .addHelpText(
      'after',
      `
Examples:
  floodproof bench limit verify
  floodproof bench limit --quick --limiter ./my-limiter.js
  floodproof bench --compare results/bench/limiters.json

  my-limiter.js is measured beside the others once it has decided as they do:
  export function createLimiter({ capacity, refillCells, refillPeriodUs, maxKeys })
  returns { consume(key, nowUs) }, and consume returns true for "admitted", or a
  promise of it.`,
    )
    .action(async (names: string[], options) => {
      const { benchCommand } = await import('./bench.js');
      const flags = {
        quick: options.quick ?? false,
        large: options.large ?? false,
        limiter: options.limiter ?? null,
        compare: options.compare ?? null,
        json: options.json ?? false,
        out: options.out ?? null,
      };
      setExit(await benchCommand(names, flags, console));
    });
}

function addCheck(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('check')
    .description('hold a limiter to what it claims, by generated histories of calls')
    .addOption(new Option('--core <engine>', 'one of our own cores, every family').choices(['native', 'ts']))
    .option('--peer <package>', 'a limiter of another package, by what its documentation claims')
    .option('--limiter <module>', 'your own: a module whose default export is { adapter, contract }, or a list')
    .option('--url <url>', 'a server of this machine, asked over HTTP; 429 is a refusal')
    .option('--promise <text>', 'with --url, what it claims: "5 per 10s", "token-bucket 20 per 1min"')
    .option('--key-field <name>', 'with --url, the header field that says who asks (default: x-api-key)')
    .option('--contract <name>', 'only this one of several contracts')
    .option('--runs <n>', 'histories for each invariant (default: 100)', wholeNumber(1, 1e6))
    .option('--operations <n>', 'go on until so many calls were made, over all contracts', wholeNumber(1, 1e12))
    .option('--time <duration>', 'end after so long, for example 60s')
    .option('--seed <n>', 'fixes every history (default: a new one)', wholeNumber(-(2 ** 31), 2 ** 31 - 1))
    .option('--invariant <name>', 'only this invariant')
    .option('--path <path>', 'only the history that a failure was told with')
    .option('--json', 'print the reports as one JSON document')
    .option('--junit <file>', 'write a JUnit file, a test case for each invariant')
    .addHelpText(
      'after',
      `
Exit codes:
  0    every promise was kept
  1    internal bug
  2    bad usage, module or contract
  3    a promise was broken
  4    environment: the addon or the package is absent, server forbidden

Examples:
  floodproof check --peer rate-limiter-flexible
  floodproof check --core native --operations 1000000
  floodproof check --limiter ./my-limiter.js --invariant admission-bound --json
  floodproof check --url http://127.0.0.1:3000/orders --promise "5 per 1s"

  my-limiter.js says how a limiter is made, and what it claims:
  export default {
    adapter: {
      name: 'mine',
      clock: 'argument', // 'global': Date and timers; 'real': a server elsewhere
      create: () => ({ consume(key, cost, nowUs) { return { admitted: true }; } }),
    },
    contract: {
      promises: [{ family: 'sliding-log', capacity: 5, windowUs: 1000000 }],
    },
  };`,
    )
    .action(async (options) => {
      const { checkCommand } = await import('./check.js');
      const flags = {
        core: options.core ?? null,
        peer: options.peer ?? null,
        limiter: options.limiter ?? null,
        url: options.url ?? null,
        promise: options.promise ?? null,
        keyField: options.keyField ?? null,
        contract: options.contract ?? null,
        runs: options.runs ?? null,
        operations: options.operations ?? null,
        time: options.time ?? null,
        seed: options.seed ?? null,
        invariant: options.invariant ?? null,
        path: options.path ?? null,
        json: options.json ?? false,
        junit: options.junit ?? null,
      };
      setExit(await checkCommand(flags, console));
    });
}

function addSelftest(program: Command, { console, setExit }: CommandContext): void {
  program
    .command('selftest')
    .description('show that limiters, verifiers and servers which are broken on purpose are caught')
    .option('--only <name>', 'this one alone, with what was seen of it')
    .addOption(new Option('--kind <kind>', 'these alone').choices(['limiter', 'verifier', 'gateway', 'mutation']))
    .option('--no-http', 'leave out those that are servers')
    .option('--json', 'print what came of it as one JSON document')
    .option('--seed <n>', 'fixes every history that is played', wholeNumber(0, 2 ** 31 - 1), 1)
    .addHelpText(
      'after',
      `
Exits with 0 when every broken one is caught and no right one is accused, else
with 3.

Examples:
  floodproof selftest
  floodproof selftest --kind limiter
  floodproof selftest --only edge-double-burst`,
    )
    .action(async (options) => {
      const { selftestCommand } = await import('./selftest.js');
      const flags = {
        ...options,
        only: options.only ?? null,
        kind: options.kind ?? null,
        json: options.json ?? false,
      };
      setExit(await selftestCommand(flags, console));
    });
}
