/** Where a command writes: results to stdout, everything else to stderr; colours only where a person looks. */
import process from 'node:process';

export interface Console {
  /** Writes the result. */
  result(text: string): void;
  /** Writes a line for the person who waits. */
  note(line: string): void;
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  readonly widthOut: number;
}

function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false;
  return stream.isTTY === true;
}

export function openConsole(): Console {
  return {
    result: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    colorOut: wantsColor(process.stdout),
    colorErr: wantsColor(process.stderr),
    widthOut: process.stdout.columns ?? 100,
  };
}
