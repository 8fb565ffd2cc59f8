/** `floodproof completion`: the script by which a shell completes commands, options and values. */
import type { Command } from 'commander';
import { parse } from 'yaml';
import { catalogueFiles } from '../catalogue.js';
import { fileReader } from '../file-reader.js';
import { bashCompletion } from './bash.js';
import { type CatalogueWords, type ProgramWords, programWords } from './command-words.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

export type Shell = 'bash' | 'zsh' | 'fish';

const scripts: Readonly<Record<Shell, (program: ProgramWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** @returns the script, with the tags and scenarios that come with the package. */
export function completionCommand(program: Command, shell: Shell): string {
  return scripts[shell](programWords(program, catalogueWords()));
}

/** Read without being checked: a shell that starts does not wait for plans to be made. */
function catalogueWords(): CatalogueWords {
  const all = catalogueFiles().map((file) => parse(fileReader.read(file)) as { name?: unknown; tags?: unknown });
  return {
    tags: wordsOf(all.flatMap(({ tags }) => tags)),
    scenarios: wordsOf(all.map(({ name }) => name)),
  };
}

/** Those that a shell takes as one word. */
function wordsOf(values: readonly unknown[]): string[] {
  const words = values.filter((value): value is string => typeof value === 'string' && /^[\w.:-]+$/.test(value));
  return [...new Set(words)].sort();
}
