/** `floodproof explain` and `floodproof gateway`: their options. */
import { type Command, Option } from 'commander';
import { faceNames } from '../../gateway/faces/face.js';
import type { CommandContext } from '../program.js';
import { capacityOption, engineOption, SEED_MAX, wholeNumber } from './values.js';

export function addExplain(program: Command, { console }: CommandContext): void {
  program
    .command('explain')
    .description('say who will send what and when, and what the policy promises')
    .argument('<paths...>', 'scenario files, or folders of them with all folders within')
    .addOption(capacityOption())
    .action(async (paths: string[], { capacity }) => {
      const { explainCommand } = await import('../explain.js');
      console.result(explainCommand(paths, capacity ?? null));
    });
}

export function addGateway(program: Command, { console, setExit }: CommandContext): void {
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
      const { gatewayCommand } = await import('../gateway.js');
      setExit(await gatewayCommand(options, console));
    });
}
