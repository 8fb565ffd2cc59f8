/** `floodproof import`: a policy made of a proxy's configuration. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { importLimits } from '../convert/import-limits.js';
import { noteText } from '../convert/import-text.js';
import type { ClassPathTable, SourceName } from '../convert/imported.js';
import { FloodproofError } from '../errors.js';
import type { Adapter } from '../scenario/adapter.js';
import { loadAdapter } from '../scenario/adapter-file.js';
import type { Console } from './console.js';
import { fileReader } from './file-reader.js';
import { ownCommand, quote } from './own-command.js';

export interface ImportFlags {
  readonly from: SourceName | null;
  readonly adapter: string | null;
  readonly server: string | null;
  readonly out: string | null;
}

/** @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID, FP_CONVERT_EMPTY, FP_USAGE for a file that is there, FP_DISK. */
export function importCommand(file: string, flags: ImportFlags, console: Console): void {
  const paths = flags.adapter === null ? null : pathsOf(loadAdapter(fileReader, flags.adapter));
  const { from, server } = flags;
  const { text, notes, limits } = importLimits(file, fileReader.read(file), { from, paths, server });
  for (const note of notes) console.note(`not as it stands: ${noteText(note)}`);
  if (flags.out === null) {
    console.result(text);
    return;
  }
  writeNew(flags.out, text);
  const command = ownCommand(process.argv[1] ?? 'floodproof', process.cwd());
  const counted = `${limits} limit${limits === 1 ? '' : 's'}`;
  console.result(`written: ${flags.out} (${counted})\nnext: ${command} validate ${quote(flags.out)}\n`);
}

/** A path of each call, with something in the place of ids. */
function pathsOf({ calls }: Adapter): ClassPathTable {
  return Object.fromEntries(
    Object.entries(calls).map(([name, { path }]) => [
      name,
      [path.map((part) => (typeof part === 'string' ? part : '1')).join('')],
    ]),
  );
}

/** Writes a file whole, and never over one that is there. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint = 'choose another place with --out';
    if (code === 'EEXIST') throw new FloodproofError('FP_USAGE', `${path} is there already`, { hint });
    throw new FloodproofError('FP_DISK', `cannot write ${path}: ${message}`, { hint, cause });
  }
}
