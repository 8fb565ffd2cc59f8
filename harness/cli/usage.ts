/** Faults of a command line, said in the same form as all other errors. */
import type { Command, CommanderError } from 'commander';
import { FloodproofError } from '../errors.js';
import { nearest } from '../scenario/nearest.js';

/** @returns `error` itself when it tells of no fault: help or the version has been printed. */
export function usageError(
  program: Command,
  error: CommanderError,
  args: readonly string[],
): FloodproofError | CommanderError {
  if (error.exitCode === 0 || error.code === 'commander.help') return error;
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  // The proposal of a near name: "(Did you mean --seed?)".
  const proposal = rest.map((line) => line.replace(/^\((.*)\)$/, '$1').replace(/^D/, 'd'));
  const command = program.commands.find((candidate) => candidate.name() === args.find((arg) => !arg.startsWith('-')));
  const help = `see "${[program.name(), ...(command ? [command.name()] : []), '--help'].join(' ')}"`;
  return new FloodproofError('FP_USAGE', message.replace(/\.$/, ''), {
    hint: [...proposal, ...nearChoice(message), help].join(' '),
    cause: error,
  });
}

/** For a value that is none of an option's choices: those that are near. */
function nearChoice(message: string): string[] {
  const [, given, choices = ''] =
    /'([^']*)' is invalid(?: for argument '.*')?\. Allowed choices are (.*)\.$/.exec(message) ?? [];
  const near = given === undefined ? [] : nearest(given, choices.split(', '));
  return near.length > 0 ? [`did you mean ${near.join(' or ')}?`] : [];
}
