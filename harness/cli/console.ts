/** Where a command writes: results to stdout, everything else to stderr; colours only where a person looks. */
import process from 'node:process';
import { FloodproofError } from '../errors.js';

export interface Console {
  /** Writes the result. */
  result(text: string): void;
  /** Writes a line for the person who waits. */
  note(line: string): void;
  /** Done when every result is written. @throws {FloodproofError} FP_DISK when one could not be. */
  flushed(): Promise<void>;
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  /** Whether stderr is a terminal on which lines can be drawn again. */
  readonly redraws: boolean;
  readonly widthOut: number;
}

/** A stream that goes nowhere in particular: a file, a pipe, or a terminal that tells no width. */
const WIDTH_UNKNOWN = 100;

/** A terminal without any commands, such as the shell of an editor. */
function isDumb(): boolean {
  return process.env.TERM === 'dumb';
}

/** See https://no-color.org and https://force-color.org. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '' } = process.env;
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY === true && !isDumb();
}

export function openConsole(): Console {
  const { stdout, stderr } = process;
  let failure: NodeJS.ErrnoException | null = null;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Who closes a pipe has read enough ("| head"): that changes neither the run nor its exit code.
    if (error.code !== 'EPIPE') failure = error;
  });
  // There is nobody left to tell.
  stderr.on('error', () => undefined);
  return {
    result: (text) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    flushed: async () => {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      if (failure === null) return;
      throw new FloodproofError('FP_DISK', `cannot write the result to stdout: ${failure.message}`, {
        hint: 'free some space, or send the output elsewhere; a run itself is saved in its folder',
        cause: failure,
      });
    },
    colorOut: wantsColor(stdout),
    colorErr: wantsColor(stderr),
    redraws: stderr.isTTY === true && !isDumb(),
    // A terminal that has just been made may say 0.
    widthOut: stdout.columns || WIDTH_UNKNOWN,
  };
}
