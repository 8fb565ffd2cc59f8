#!/usr/bin/env node
/** The command line: runs one command and turns whatever comes of it into an exit code. */
import process from 'node:process';
import { CommanderError } from 'commander';
import { ExitCode, FloodproofError, formatError } from '../errors.js';
import { type Console, ProcessConsole } from './console.js';
import { menuText } from './menu.js';
import { buildProgram, isMenuWanted } from './program.js';
import { usageError } from './usage.js';
import { packageVersion } from './versions.js';

async function main(): Promise<number> {
  const console = new ProcessConsole();
  let exit: number = ExitCode.pass;
  const context = {
    console,
    setExit: (code: number) => {
      exit = code;
    },
  };
  const program = buildProgram(context, (choice) => console.choose(choice));
  try {
    await program.parseAsync();
    await console.flushed();
    return exit;
  } catch (error) {
    if (isMenuWanted(error)) {
      console.result(menuText(packageVersion()));
      return ExitCode.pass;
    }
    return report(error instanceof CommanderError ? usageError(program, error, process.argv.slice(2)) : error, console);
  }
}

/** Says what went wrong. @returns the exit code. */
function report(error: unknown, console: Console): number {
  if (error instanceof FloodproofError) {
    console.error(formatError(error));
    return error.exitCode;
  }
  // Help or the version, which are printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`internal bug, please report it with the command that you gave: ${stack}`);
  return ExitCode.bug;
}

process.exitCode = await main();
