/** Command lines that documents print, held against the program's own table of commands and options. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Console } from '../../harness/cli/console.js';
import { buildProgram } from '../../harness/cli/program.js';
import { projectRoot } from './run-cli.js';

/** The options of each command, and whether they take a value. '' is the program without a command. */
export type CommandTable = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

function optionsOf(command: Command): Map<string, boolean> {
  const options = command.createHelp().visibleOptions(command);
  return new Map(
    options.flatMap(({ short, long, required }) =>
      [short, long].flatMap((name): [string, boolean][] => (typeof name === 'string' ? [[name, required]] : [])),
    ),
  );
}

export function readCommandTable(): CommandTable {
  const nowhere = { console: {} as Console, setExit: () => undefined };
  const program = buildProgram(nowhere, () => undefined);
  const everywhere = optionsOf(program);
  return new Map([
    ['', everywhere],
    ...program.commands.map((command): [string, Map<string, boolean>] => [
      command.name(),
      new Map([...everywhere, ...optionsOf(command)]),
    ]),
  ]);
}

/** Lines of the `sh` blocks of a Markdown text: continued lines as one, comments left out. */
export function shellLines(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .join('')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}

/** The arguments of a line that calls Floodproof, however it does; null for any other line. */
export function floodproofArguments(line: string): string[] | null {
  const call = /^(?:npx )?floodproof(?: |$)|^node dist\/cli\/main\.js(?: |$)/.exec(line);
  return call === null ? null : words(line.slice(call[0].length));
}

/** What is wrong with a line of a document; empty when it can be given as it stands, or is none of this project's. */
export function commandFaults(line: string, table: CommandTable): string[] {
  const args = floodproofArguments(line);
  if (args !== null) return floodproofFaults(args, table);
  const [program, first = '', second = ''] = words(line);
  if (program !== 'npm') return [];
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { scripts: object };
  const script = first === 'run' ? second : first;
  return ['ci', 'install'].includes(first) || Object.hasOwn(scripts, script)
    ? []
    : [`no script ${script} in package.json`];
}

function floodproofFaults(args: readonly string[], table: CommandTable): string[] {
  const command = args[0]?.startsWith('-') === false ? args[0] : '';
  const options = table.get(command);
  if (options === undefined) return [`no command ${command}`];
  const faults: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (/^scenarios\//.test(arg) && !existsSync(join(projectRoot, arg))) faults.push(`${arg} is not there`);
    if (!/^-\D/.test(arg)) continue;
    const takesValue = options.get(arg);
    const next = args[index + 1];
    if (takesValue === undefined) faults.push(`${command} has no option ${arg}`);
    else if (takesValue && (next === undefined || next.startsWith('-'))) faults.push(`${arg} wants a value`);
  }
  return faults;
}
