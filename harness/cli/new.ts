/** `floodproof new`: a scenario of one's own, as a copy of one that is there. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { FloodproofError } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { proposal } from '../scenario/nearest.js';
import { renameScenario } from '../scenario/rename.js';
import { readScenario } from '../scenario/scenario.js';
import { parseName } from '../scenario/texts.js';
import { catalogueFiles } from './catalogue.js';
import { fileReader } from './file-reader.js';
import { ownCommand, quote } from './own-command.js';
import { packageFile } from './package-file.js';

export interface NewFlags {
  /** A file, or the name of a scenario of the catalogue; null = the template. */
  readonly from: string | null;
  /** null = `NAME.yaml` here. */
  readonly out: string | null;
}

/**
 * Writes the file, and never over one that is there.
 * @returns what is printed: the file, and what to do next.
 * @throws {FloodproofError} FP_USAGE for a bad name or a file that is there, FP_FILE_INVALID, FP_DISK.
 */
export function newCommand(name: string, { from, out }: NewFlags): string {
  const parsed = parseName(name);
  if (!parsed.ok) {
    throw new FloodproofError('FP_USAGE', `the name ${parsed.complaint.message}`, {
      hint: 'use 1 to 64 of a-z, 0-9 and single hyphens, beginning with a letter',
    });
  }
  const source = from === null ? packageFile('scenarios', 'templates', 'minimal.yaml') : sourceFile(from);
  const target = out ?? `${name}.yaml`;
  const { faults } = readScenario(fileReader, source);
  if (faults.length > 0) throw invalidFiles(faults);
  const text = renameScenario(fileReader.read(source), {
    name,
    movePath: (path) => (isAbsolute(path) ? path : pathFrom(target, resolve(dirname(source), path))),
  });
  write(target, text);
  const command = ownCommand(process.argv[1] ?? 'floodproof', process.cwd());
  return `written: ${target}\nnext: ${command} explain ${quote(target)}\n      ${command} run ${quote(target)}\n`;
}

function sourceFile(from: string): string {
  if (existsSync(from)) return from;
  const files = catalogueFiles();
  const nameOf = (file: string): string => readScenarioName(file) ?? '';
  const found = files.find((file) => nameOf(file) === from);
  if (found !== undefined) return found;
  throw new FloodproofError('FP_USAGE', `there is neither a file nor a scenario of the catalogue "${from}"`, {
    hint: proposal(from, [...new Set(files.map(nameOf))]),
  });
}

function readScenarioName(file: string): string | null {
  const { plan, waiting } = readScenario(fileReader, file);
  return plan?.name ?? waiting?.name ?? null;
}

/** As YAML files have it, with slashes on every system. */
function pathFrom(target: string, file: string): string {
  return relative(dirname(resolve(target)), file)
    .split(sep)
    .join('/');
}

function write(target: string, text: string): void {
  try {
    writeFileSync(target, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') {
      throw new FloodproofError('FP_USAGE', `${target} is there already`, { hint: 'choose another file with --out' });
    }
    const reason = error instanceof Error ? error.message : String(error);
    const hint =
      code === 'ENOENT' ? 'make the folder first, or choose another file with --out' : 'choose another file with --out';
    throw new FloodproofError('FP_DISK', `cannot write ${target}: ${reason}`, { hint, cause: error });
  }
}
