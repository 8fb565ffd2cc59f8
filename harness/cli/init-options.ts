/** The command that makes policy, adapter and scenarios of an OpenAPI document, with its options. */
import type { Command } from 'commander';
import type { CommandContext } from './program.js';

export function addInit(program: Command, { console }: CommandContext): void {
  program
    .command('init')
    .description('make policy, adapter and three scenarios of an OpenAPI document')
    .argument('<file>', 'OpenAPI 3.0 or 3.1, YAML or JSON')
    .option('--out <dir>', "an empty folder, or one that is made (default: the API's name)")
    .addHelpText(
      'after',
      `
What the document does not tell is marked "say here" in the files, and listed.

Examples:
  floodproof init openapi.yaml
  floodproof init openapi.json --out flood-tests`,
    )
    .action(async (file: string, { out }) => {
      const { initCommand } = await import('./init.js');
      console.result(initCommand(file, out ?? null));
    });
}
