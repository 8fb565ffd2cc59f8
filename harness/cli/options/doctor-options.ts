/** The command `doctor` and its options. */
import type { Command } from 'commander';
import type { CommandContext } from '../program.js';

export function addDoctor(
  program: Command,
  { console, setExit }: CommandContext,
  wholeNumber: (min: number, max: number) => (text: string) => number,
): void {
  program
    .command('doctor')
    .description('ask a target one of each request before any load, and say how its answers are understood')
    .requiredOption('--target <url>', 'an http:// or https:// URL on loopback, or of an owner who agrees')
    .requiredOption('--adapter <file>', 'how it is spoken to and its answers are read')
    .option('--policy <file>', 'policy or scenario file; else everything but logins and market data is signed')
    .option('--seed <n>', "the seed of the scenario's accounts", wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--ca <file>', 'https: the authorities to trust, PEM')
    .option('--cert <file>', 'https: the certificate to show, PEM')
    .option('--key <file>', 'https: its private key, PEM')
    .addHelpText(
      'after',
      `
Sent are a right request of each class that the adapter has, and one each with a
wrong signature, an unknown key, a stale stamp and a missing parameter. An order
that was placed is cancelled where the adapter says how. Off loopback the owner
must have agreed to the kind forgery, 2 requests a second and a minute.

Exit codes:
  0    every answer was understood as it should be
  1    internal bug
  2    bad usage or file
  4    something is to be mended, or the target is not there
  130  interrupted

Example:
  floodproof doctor --target http://127.0.0.1:3000 --adapter my-api.yaml`,
    )
    .action(async (options) => {
      const { doctorCommand } = await import('../doctor/doctor.js');
      const { tlsFilesOf } = await import('../tls-files.js');
      const { target, adapter, policy = null, seed } = options;
      setExit(await doctorCommand({ target, adapter, policy, seed, tls: tlsFilesOf(options) }, console));
    });
}
