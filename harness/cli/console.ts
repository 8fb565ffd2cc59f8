/** Where a command writes: results to stdout, everything else to stderr; colours only where a person looks. */
import { fstatSync } from 'node:fs';
import process from 'node:process';
import { FloodproofError } from '../errors.js';

export interface Console {
  /** Writes the result. */
  result(text: string): void;
  /** Writes a line for the person who waits; nothing with `--quiet`. */
  note(line: string): void;
  /** Writes what went wrong, with `--quiet` too. */
  error(text: string): void;
  /** Writes a command to the runner of the CI host to stderr, as it is; every other line is kept from being one. */
  command(line: string): void;
  /** Done when every result is written. @throws {FloodproofError} FP_DISK when one could not be. */
  flushed(): Promise<void>;
  /** With `--quiet`: nothing but results and errors is written. */
  readonly quiet: boolean;
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  /** Whether stderr is a terminal on which lines can be drawn again, and may be. */
  readonly redraws: boolean;
  readonly widthOut: number;
}

/** What the command line says of the writing itself, for every command. */
export interface ConsoleChoice {
  readonly quiet: boolean;
  /** false = no colours whatever the environment says. */
  readonly color: boolean;
}

/** A stream that goes nowhere in particular: a file, a pipe, or a terminal that tells no width. */
const WIDTH_UNKNOWN = 100;

/** What decides of colours and bars, from the environment. */
export interface TerminalEnvironment {
  readonly TERM?: string | undefined;
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
}

/** A terminal without any commands, such as the shell of an editor. */
function isDumb({ TERM }: TerminalEnvironment): boolean {
  return TERM === 'dumb';
}

/**
 * Whether a stream gets colours: an option before the environment, NO_COLOR before FORCE_COLOR, and without any of them
 * a terminal that knows commands. See https://no-color.org and https://force-color.org.
 */
export function wantsColor(environment: TerminalEnvironment, isTerminal: boolean, color: boolean): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '' } = environment;
  if (!color || NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && !isDumb(environment);
}

/** `::` at the beginning of a line, after spaces too, and `##[` anywhere in it: the two forms of a runner's command. */
const commandMarks = /^([^\S\r\n]|\u0085)*::|##\[/gm;

/**
 * `text`, of which no line is a command to the runner of GitHub Actions where one listens: a name in a file could hold one.
 * A space goes before the last character of what it knows a command by; elsewhere nothing changes.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (both forms, and where they count)
 */
export function withoutCommands(text: string, environment: { readonly GITHUB_ACTIONS?: string | undefined }): string {
  if (environment.GITHUB_ACTIONS !== 'true') return text;
  return text.replace(commandMarks, (mark) => `${mark.slice(0, -1)} ${mark.slice(-1)}`);
}

/** What may stand on stdout: in a file, which no runner reads, all as it is. */
export function shownResult(text: string): string {
  return process.env.GITHUB_ACTIONS === 'true' && !isFile(process.stdout.fd)
    ? withoutCommands(text, process.env)
    : text;
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** The console of this process, which takes the options of the command line once they are read. */
export class ProcessConsole implements Console {
  #choice: ConsoleChoice = { quiet: false, color: true };
  #failure: NodeJS.ErrnoException | null = null;

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // Who closes a pipe has read enough ("| head"): that changes neither the run nor its exit code.
      if (error.code !== 'EPIPE') this.#failure = error;
    });
    // There is nobody left to tell.
    process.stderr.on('error', () => undefined);
  }

  /** Holds for all that is written from now on. */
  choose(choice: ConsoleChoice): void {
    this.#choice = choice;
  }

  result(text: string): void {
    const shown = shownResult(text);
    process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
  }

  note(line: string): void {
    if (!this.#choice.quiet) process.stderr.write(`${withoutCommands(line, process.env)}\n`);
  }

  error(text: string): void {
    process.stderr.write(`${withoutCommands(text, process.env)}\n`);
  }

  command(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  async flushed(): Promise<void> {
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    const failure = this.#failure;
    if (failure === null) return;
    throw new FloodproofError('FP_DISK', `cannot write the result to stdout: ${failure.message}`, {
      hint: 'free some space, or send the output elsewhere; a run itself is saved in its folder',
      cause: failure,
    });
  }

  get quiet(): boolean {
    return this.#choice.quiet;
  }

  get colorOut(): boolean {
    return wantsColor(process.env, process.stdout.isTTY === true, this.#choice.color);
  }

  get colorErr(): boolean {
    return wantsColor(process.env, process.stderr.isTTY === true, this.#choice.color);
  }

  get redraws(): boolean {
    return process.stderr.isTTY === true && !isDumb(process.env) && !this.#choice.quiet;
  }

  get widthOut(): number {
    // A terminal that has just been made may say 0.
    return process.stdout.columns || WIDTH_UNKNOWN;
  }
}
