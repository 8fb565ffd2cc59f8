/** The command `probe` and its options. */
import { type Command, Option } from 'commander';
import type { CommandContext } from '../program.js';

export function addProbe(program: Command, { console, setExit }: CommandContext, engine: Option): void {
  program
    .command('probe')
    .description('look for the capacity of a target, in requests a second')
    .option('--target <target>', '"gateway" (embedded, without limits) or a URL on loopback', 'gateway')
    .option('--policy <file>', 'gateway: what it looks up and charges for each request, refusing nobody')
    .option('--scenario <file>', 'gateway: the same, by the policy of a scenario and with its accounts')
    .option(
      '--path <path>',
      'what is asked for by GET: something that no limit throttles',
      '/v1/ticker?symbol=BTC-USDT',
    )
    .option('--p99 <time>', 'an answer is in time this long after its request was due, 99 of 100', '50ms')
    .option('--time <time>', 'for everything, 5s at least', '30s')
    .option('--ca <file>', 'https: the authorities to trust, PEM')
    .option('--cert <file>', 'https: the certificate to show, PEM')
    .option('--key <file>', 'https: its private key, PEM')
    // Whoever has one tries it: the answer is why there is none.
    .addOption(new Option('--adapter <file>').hideHelp())
    .addOption(engine)
    .option('--json', 'print what was found as one JSON document')
    .option('--out <file>', 'write that document, which "run --capacity" reads')
    .addHelpText(
      'after',
      `
Two figures are told. Closed loop: answers a second when more and more
connections each ask as soon as they are answered. Open loop: the highest rate at
which requests that come at their own times are answered in time. What is asked
for is one path, unsigned, so that no adapter is needed.

Exit codes:
  0    a rate was found
  1    internal bug
  2    bad usage or file
  4    environment: target forbidden or not there
  5    no rate held
  130  interrupted

Examples:
  floodproof probe --out results/capacity.json
  floodproof run --tag flood --capacity results/capacity.json
  floodproof probe --target http://127.0.0.1:3000 --path /health --p99 20ms --json`,
    )
    .action(async (options) => {
      const { probeCommand } = await import('../probe.js');
      const { tlsFilesOf } = await import('../tls-files.js');
      const flags = {
        ...options,
        policy: options.policy ?? null,
        scenario: options.scenario ?? null,
        adapter: options.adapter ?? null,
        tls: tlsFilesOf(options),
        json: options.json ?? false,
        out: options.out ?? null,
      };
      setExit(await probeCommand(flags, console));
    });
}
