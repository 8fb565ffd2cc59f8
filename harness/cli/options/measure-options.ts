/** `floodproof bench`, `check` and `selftest`: their options. */
import { type Command, Option } from 'commander';
import type { CommandContext } from '../program.js';
import { wholeNumber } from './values.js';

export function addBench(program: Command, { console, setExit }: CommandContext): void {
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
      const { benchCommand } = await import('../bench.js');
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

export function addCheck(program: Command, { console, setExit }: CommandContext): void {
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
      const { checkCommand } = await import('../check.js');
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

export function addSelftest(program: Command, { console, setExit }: CommandContext): void {
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
      const { selftestCommand } = await import('../selftest.js');
      const flags = {
        ...options,
        only: options.only ?? null,
        kind: options.kind ?? null,
        json: options.json ?? false,
      };
      setExit(await selftestCommand(flags, console));
    });
}
