/** The completion of fish. */
import { type CommandWords, type OptionWords, type ProgramWords, quoted, type ValueKind } from './command-words.js';

export function fishCompletion(program: ProgramWords): string {
  const { name, version, commands } = program;
  return `# fish completion of ${name} ${version}, made by "${name} completion fish"

complete -c ${name} -f
${program.options.map((option) => `complete -c ${name} ${optionArguments(option)}`).join('\n')}
${commands
  .map((one) => `complete -c ${name} -n __fish_use_subcommand -a ${one.name} -d ${text(one.description)}`)
  .join('\n')}
${commands.flatMap((command) => commandLines(name, command)).join('\n')}
`;
}

function commandLines(program: string, { name, options, places }: CommandWords): string[] {
  const begin = `complete -c ${program} -n ${text(`__fish_seen_subcommand_from ${name}`)}`;
  // fish does not count places: each of them takes what any of them may be.
  const values = places.map(valueArguments).filter((value) => value !== '');
  return [
    ...options.map((option) => `${begin} ${optionArguments(option)}`),
    ...[...new Set(values)].map((value) => `${begin} ${value}`),
  ];
}

function optionArguments({ names, description, value }: OptionWords): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken = value === null ? [] : ['-r', valueArguments(value)].filter((part) => part !== '');
  return [...flags, ...taken, `-d ${text(description)}`].join(' ');
}

function valueArguments(value: ValueKind): string {
  switch (value.kind) {
    case 'words':
      return `-f -a ${text(value.words.join(' '))}`;
    case 'file':
      return '-F';
    case 'folder':
      return "-f -a '(__fish_complete_directories)'";
    case 'any':
      return '';
  }
}

function text(content: string): string {
  return quoted(content.replaceAll('\\', '\\\\'), "\\'");
}
