/** The command about the consent of a target's owner. */
import type { Command } from 'commander';
import { attackKinds } from '../../targets/consent/consent-kinds.js';
import type { CommandContext } from '../program.js';

const kinds = Object.entries(attackKinds)
  .map(([kind, means]) => `  ${kind.padEnd(21)}${means}`)
  .join('\n');

export function addConsent(program: Command, { console }: CommandContext): void {
  program
    .command('consent')
    .description('make or check the document by which the owner of a server agrees to be loaded')
    .argument('<action>', '"new", or "check" and the URL of the target')
    .argument('[rest...]', 'check: the URL, then scenarios that are to be played there')
    .option('--host <name>', 'new: the host as the URL of the target will have it')
    .option('--port <n>', 'new: its port')
    .option('--rate <rate>', 'new: highest rate of requests, for example "200/s"')
    .option('--for <time>', 'new: longest duration of a run, for example "10min"')
    .option('--kinds <list>', 'new: kinds of attack, "flood,replay"; "none" = honest traffic alone')
    .option('--days <n>', 'new: days until it expires, 1 to 90 (default: 30)')
    .option('--check-every <time>', 'new: how often a run looks whether it is still there, 1s to 60s')
    .option('--operator <key>', "new: an operator's public key; no key is made then")
    .option('--ca <file>', 'check, https: the authorities to trust, PEM')
    .option('--cert <file>', 'check, https: the certificate to show, PEM')
    .option('--key <file>', 'check, https: its private key, PEM')
    .option('--out <dir>', 'new: where the files are written; never over any (default: here)')
    .addHelpText(
      'after',
      `
Kinds of attack (a single behaviour, such as order-flood, is one too):
${kinds}

Examples:
  floodproof consent new --host staging.example --port 443 --rate 1300/s \\
    --for 10min --kinds credential-guessing,flood,replay,forgery,evasion --days 30
  floodproof consent check https://staging.example scenarios/release

Only what is on loopback can be loaded without one. docs/consent.md says more.`,
    )
    .action(async (action: string, rest: string[], options) => {
      const { consentCommand } = await import('../consent.js');
      const { tlsFilesOf } = await import('../tls-files.js');
      const flags = {
        host: options.host ?? null,
        port: options.port ?? null,
        rate: options.rate ?? null,
        for: options.for ?? null,
        kinds: options.kinds ?? null,
        days: options.days ?? null,
        checkEvery: options.checkEvery ?? null,
        operator: options.operator ?? null,
        out: options.out ?? null,
      };
      await consentCommand(action, rest, { flags, tls: tlsFilesOf(options) }, console);
    });
}
