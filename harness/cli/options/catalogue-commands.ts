/** The commands about scenarios that are there: which there are, and one of one's own made of them. */
import process from 'node:process';
import type { Command, Option } from 'commander';
import type { CommandContext } from '../program.js';

export function addList(program: Command, { console }: CommandContext): void {
  program
    .command('list')
    .description('say which scenarios there are, how long they take and what they need')
    .argument('[paths...]', 'scenario files, or folders of them; none = those that come with the package')
    .option('--tag <tag>', 'only those with this tag')
    .option('--maps <id>', 'only those that map to this id, for example OAT-008 or T1110')
    .option('--json', 'print them as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  floodproof list
  floodproof list --maps T1110
  floodproof list scenarios/release --json`,
    )
    .action(async (paths: string[], options) => {
      const { listCommand } = await import('../list.js');
      const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
      const flags = { tag: options.tag ?? null, maps: options.maps ?? null, json: options.json ?? false, width };
      console.result(listCommand(paths, flags));
    });
}

export function addNew(program: Command, { console }: CommandContext): void {
  program
    .command('new')
    .description('write a scenario of your own, as a copy of one that is there')
    .argument('<name>', 'its name, kebab-case')
    .option('--from <scenario>', 'a file, or the name of a scenario of the list (default: a commented template)')
    .option('--out <file>', 'where it is written; never over a file that is there (default: NAME.yaml)')
    .addHelpText(
      'after',
      `
Examples:
  floodproof new my-flood
  floodproof new my-stuffing --from credential-stuffing --out mine/stuffing.yaml`,
    )
    .action(async (name: string, options) => {
      const { newCommand } = await import('../new.js');
      console.result(newCommand(name, { from: options.from ?? null, out: options.out ?? null }));
    });
}

export function addValidate(program: Command, { console }: CommandContext, capacity: Option): void {
  program
    .command('validate')
    .description('read files, and the recordings that they name, and say everything that is wrong with them')
    .argument('<paths...>', 'scenario or policy files, or folders of them with all folders within')
    .addOption(capacity)
    .action(async (paths: string[], options) => {
      const { validateCommand } = await import('../validate.js');
      console.result(await validateCommand(paths, options.capacity ?? null));
    });
}
