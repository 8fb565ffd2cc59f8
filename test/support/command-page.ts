/** The text of `docs/cli.md`, made from the program's own table of commands and options. */
import type { Argument, Command, Option } from 'commander';
import type { Console } from '../../harness/cli/console.js';
import { buildProgram } from '../../harness/cli/program.js';
import { markdownTable } from './markdown-table.js';

export function commandPage(): string {
  const nowhere = { console: {} as Console, setExit: () => undefined };
  const program = buildProgram(nowhere, () => undefined);
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const groups = [...new Set(commands.map((command) => command.helpGroup()))];
  const overview = commands.map((command) => [
    `[\`${command.name()}\`](#${command.name()})`,
    sentence(command.description()),
  ]);
  return `# Commands
Made from the program itself; a test holds the two together. \`floodproof help COMMAND\` says the same in a terminal, and
\`floodproof\` alone what people do first. Inside a clone it is \`npx floodproof\`.

${markdownTable(['command', 'what it does'], overview)}

Of every command:

${optionTable(optionsOf(program))}

${textBehindHelp(program)}

stdout carries the result, stderr everything else. What each error means and how it is mended is in [errors.md](errors.md).

${groups.map((group) => groupSection(group, commands)).join('\n\n')}
`;
}

function groupSection(group: string, commands: readonly Command[]): string {
  const members = commands.filter((command) => command.helpGroup() === group);
  return [`## ${group.replace(/:$/, '')}`, ...members.map(commandSection)].join('\n\n');
}

function commandSection(command: Command): string {
  const parts = [`### ${command.name()}`, sentence(command.description()), `\`${usageOf(command)}\``];
  const args = command.registeredArguments;
  if (args.length > 0) parts.push(markdownTable(['argument', 'what it is'], args.map(argumentRow)));
  for (const [heading, options] of optionGroups(command)) {
    if (heading !== '') parts.push(`**${heading}**`);
    parts.push(optionTable(options));
  }
  const behind = textBehindHelp(command);
  if (behind !== '') parts.push(behind);
  return parts.join('\n\n');
}

function usageOf(command: Command): string {
  return `floodproof ${command.name()} ${command.usage()}`;
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

/** In the order in which the help has them; those without a group under no heading. Every command has `--help`. */
function optionGroups(command: Command): readonly (readonly [string, readonly Option[]])[] {
  const groups = new Map<string, Option[]>();
  for (const option of optionsOf(command)) {
    if (option.long === '--help') continue;
    const heading = (option.helpGroupHeading ?? '').replace(/^Options:$/, '');
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return [...groups];
}

function optionTable(options: readonly Option[]): string {
  return markdownTable(['option', 'default', 'what it does'], options.map(optionRow));
}

function optionRow(option: Option): string[] {
  const choices = option.argChoices === undefined ? '' : `: ${choicesOf(option.argChoices)}`;
  return [`\`${option.flags}\``, defaultOf(option), sentence(option.description) + choices];
}

function argumentRow(argument: Argument): string[] {
  const choices = argument.argChoices === undefined ? '' : `: ${choicesOf(argument.argChoices)}`;
  const standard = argument.defaultValue === undefined ? '' : ` (\`${argument.defaultValue}\` when left out)`;
  return [`\`${argument.name()}\``, sentence(argument.description) + choices + standard];
}

const choicesOf = (choices: readonly string[]): string => choices.map((choice) => `\`${choice}\``).join(', ');

/** Nothing for a switch that is off: that a switch is off is no news. */
function defaultOf({ defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return `\`${defaultValueDescription}\``;
  if (defaultValue === undefined || typeof defaultValue === 'boolean') return '';
  if (Array.isArray(defaultValue) && defaultValue.length === 0) return '';
  return `\`${defaultValue}\``;
}

/** What looks like a tag is none. */
function sentence(text: string): string {
  return text.replaceAll('<', '&lt;');
}

/** What the help of a command adds behind its options: exit codes as a table, examples as commands, the rest as prose. */
function textBehindHelp(command: Command): string {
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  command.configureOutput({ writeOut: write, outputError: () => undefined });
  command.outputHelp();
  const behind = printed.slice(printed.indexOf(command.helpInformation()) + command.helpInformation().length);
  return (
    behind
      .trim()
      .split(/\n{2,}/)
      .map(paragraph)
      .filter((text) => text !== '')
      .join('\n\n')
      // Examples that a blank line parts are one block.
      .replace(/(?<=```sh\n(?:(?!```).*\n)+)```\n\n```sh\n/g, '')
  );
}

function paragraph(text: string): string {
  const lines = text.split('\n');
  if (lines[0] === 'Exit codes:') {
    const rows = lines.slice(1).map((line) => /^ {2}(\S+) +(.+)$/.exec(line)?.slice(1) ?? [line.trim()]);
    return markdownTable(['exit code', 'means'], rows);
  }
  const rest = lines.filter((line) => line !== 'Examples:');
  const outermost = indentOf(rest[0] ?? '');
  const isCommand = (line: string | undefined): boolean => /^ *floodproof /.test(line ?? '');
  const below = rest.slice(1);
  if (rest[0]?.endsWith(':') === true && below.some((line) => indentOf(line) > outermost)) {
    return `${prose(rest[0])}\n${block(below.some(isCommand) ? 'sh' : '', below)}`;
  }
  const parts: { kind: 'prose' | 'sh'; lines: string[] }[] = [];
  for (const [index, line] of rest.entries()) {
    const last = parts.at(-1);
    const goesOn = rest[index - 1]?.endsWith('\\') === true;
    const kind = goesOn || isCommand(line) ? 'sh' : 'prose';
    if (last?.kind === kind) last.lines.push(line);
    else parts.push({ kind, lines: [line] });
  }
  return parts
    .map(({ kind, lines: own }) => (kind === 'prose' ? own.map(prose).join('\n') : block(kind, own)))
    .join('\n');
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

const prose = (line: string): string => sentence(line.trim());

function block(language: string, lines: readonly string[]): string {
  const indent = Math.min(...lines.map(indentOf));
  return [`\`\`\`${language}`, ...lines.map((line) => line.slice(indent)), '```'].join('\n');
}
