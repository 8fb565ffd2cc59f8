/** What can be completed on a command line, read from the program itself, so that it is never older than the help. */
import type { Argument, Command, Option } from 'commander';

/** What a value may be. */
export type ValueKind =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  /** Nothing can be proposed: a number, a text, an address. */
  | { readonly kind: 'any' };

export interface OptionWords {
  /** As they are written: `-q`, `--quiet`. */
  readonly names: readonly string[];
  readonly description: string;
  /** null = the option takes no value. */
  readonly value: ValueKind | null;
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** Without those of every command. */
  readonly options: readonly OptionWords[];
  /** What stands at each place behind the name of the command. */
  readonly places: readonly ValueKind[];
  /** Whether what stands at the last place may be repeated. */
  readonly isVariadic: boolean;
}

export interface ProgramWords {
  readonly name: string;
  readonly version: string;
  /** Those that every command takes. */
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

/** Words that files of the catalogue bring, and not the program. */
export interface CatalogueWords {
  readonly tags: readonly string[];
  readonly scenarios: readonly string[];
}

/** Placeholders of values, as the help prints them. Anything else is `any`. */
const files: ReadonlySet<string> = new Set(['file', 'module', 'paths', 'path', 'logs', 'files']);
const folders: ReadonlySet<string> = new Set(['dir', 'rundir', 'rundirs', 'folder', 'baseline', 'run']);

export function programWords(program: Command, catalogue: CatalogueWords): ProgramWords {
  const names = program.commands.map((command) => command.name());
  const help: CommandWords = {
    name: 'help',
    description: 'print the help of a command',
    options: [],
    places: [{ kind: 'words', words: names }],
    isVariadic: false,
  };
  return {
    name: program.name(),
    version: program.version() ?? '',
    options: visibleOptions(program, catalogue),
    commands: [...program.commands.map((command) => commandWords(command, catalogue)), help],
  };
}

function commandWords(command: Command, catalogue: CatalogueWords): CommandWords {
  const args = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    // The help of a command stands in its own list, and in that of every command.
    options: visibleOptions(command, catalogue).filter(({ names }) => !names.includes('--help')),
    places: args.map((argument) => argumentKind(argument, catalogue)),
    isVariadic: args.at(-1)?.variadic ?? false,
  };
}

function visibleOptions(command: Command, catalogue: CatalogueWords): OptionWords[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].filter((name): name is string => typeof name === 'string'),
      description: option.description,
      value: option.required || option.optional ? optionKind(option, catalogue) : null,
    }));
}

function optionKind(option: Option, catalogue: CatalogueWords): ValueKind {
  const [, placeholder = ''] = /[<[]([\w-]+)/.exec(option.flags) ?? [];
  return kindOf(placeholder, option.argChoices, catalogue);
}

function argumentKind(argument: Argument, catalogue: CatalogueWords): ValueKind {
  return kindOf(argument.name(), argument.argChoices, catalogue);
}

function kindOf(placeholder: string, choices: readonly string[] | undefined, catalogue: CatalogueWords): ValueKind {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (placeholder === 'tag') return { kind: 'words', words: catalogue.tags };
  if (placeholder === 'scenario') return { kind: 'words', words: catalogue.scenarios };
  if (placeholder === 'target') return { kind: 'words', words: ['gateway', 'core'] };
  if (files.has(placeholder)) return { kind: 'file' };
  return folders.has(placeholder) ? { kind: 'folder' } : { kind: 'any' };
}

/** Between single quotes, as every one of the three shells takes a text literally; a quote in it as each of them has it. */
export function quoted(text: string, quote = "'\\''"): string {
  return `'${text.replaceAll("'", quote)}'`;
}
