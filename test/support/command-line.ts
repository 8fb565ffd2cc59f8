/** Command lines that documents print, held against what the commands themselves say in their help. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runCli } from './run-cli.js';

/** The options of each command, and whether they take a value. '' is the program without a command. */
export type CommandTable = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

function optionsIn(help: string): Map<string, boolean> {
  const lines = help.matchAll(/^ {2}(?:(-\w), )?(--[a-z][a-z0-9-]*)( <\w+>)?/gm);
  return new Map(
    [...lines].flatMap(([, short, long = '', value]): [string, boolean][] => {
      const takesValue = value !== undefined;
      return [[long, takesValue], ...(short === undefined ? [] : [[short, takesValue] as [string, boolean]])];
    }),
  );
}

export async function readCommandTable(): Promise<CommandTable> {
  const { stdout } = await runCli(['--help']);
  // The groups of commands stand between the options and the exit codes.
  const [, list = ''] = /^Options:\n.*?\n\n(.*)^Exit codes:$/ms.exec(stdout) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  const helps = await Promise.all(names.map(async (name) => (await runCli([name, '--help'])).stdout));
  return new Map([
    ['', optionsIn(stdout)],
    ...names.map((name, index): [string, Map<string, boolean>] => [name, optionsIn(helps[index] ?? '')]),
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
