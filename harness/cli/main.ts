#!/usr/bin/env node
/** The command line: runs one command and turns whatever comes of it into an exit code. */
import process from 'node:process';
import { CommanderError } from 'commander';
import { ExitCode, FloodproofError, formatError } from '../errors.js';
import { type Console, openConsole } from './console.js';
import { buildProgram } from './program.js';
import { usageError } from './usage.js';

async function main(): Promise<number> {
  const console = openConsole();
  let exit: number = ExitCode.pass;
  const program = buildProgram({
    console,
    setExit: (code) => {
      exit = code;
    },
  });
  try {
    await program.parseAsync();
    await console.flushed();
    return exit;
  } catch (error) {
    return report(error instanceof CommanderError ? usageError(program, error, process.argv.slice(2)) : error, console);
  }
}

/** Says what went wrong. @returns the exit code. */
function report(error: unknown, console: Console): number {
  if (error instanceof FloodproofError) {
    console.note(formatError(error));
    return error.exitCode;
  }
  // Help or the version, which are printed already; help that nobody asked for stands for a command that is missing.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.note(`internal bug, please report it with the command that you gave: ${stack}`);
  return ExitCode.bug;
}

process.exitCode = await main();
