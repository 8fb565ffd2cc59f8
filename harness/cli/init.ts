/** `floodproof init`: policy, adapter and scenarios of an OpenAPI document, in a folder of their own. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fromOpenApi, type MadeFile } from '../convert/from-openapi.js';
import { FloodproofError } from '../errors.js';
import { environmentNames } from '../scenario/adapter.js';
import { readAdapter } from '../scenario/adapter-file.js';
import { fileReader } from './file-reader.js';
import { ownCommand, quote } from './own-command.js';

/**
 * @param out - null = a folder of the API's name, here.
 * @returns what is printed.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID, FP_CONVERT_EMPTY, FP_USAGE for a folder with files, FP_DISK.
 */
export function initCommand(file: string, out: string | null): string {
  const { name, files, unsaid, server } = fromOpenApi(file, fileReader.read(file));
  const folder = out ?? name;
  writeFolder(folder, files);
  const command = ownCommand(process.argv[1] ?? 'floodproof', process.cwd());
  const target = server ?? 'http://127.0.0.1:PORT';
  const path = (one: string) => quote(join(folder, one));
  const first = files[2]?.name ?? 'policy.yaml';
  const lines = files.map((one) => `written: ${join(folder, one.name)}`);
  if (unsaid.length > 0)
    lines.push('', 'to be said by you (look for "say here"):', ...unsaid.map((one) => `  - ${one}`));
  const variables = variablesOf(files);
  lines.push(
    '',
    ...variables.map((one, index) => `${index === 0 ? 'next:' : '     '} export ${one}=...`),
    `${variables.length === 0 ? 'next:' : '     '} ${command} doctor --target ${quote(target)} --adapter ${path('adapter.yaml')} --policy ${path('policy.yaml')}`,
    `      ${command} run ${path(first)} --target ${quote(target)} --adapter ${path('adapter.yaml')}`,
  );
  return `${lines.join('\n')}\n`;
}

/** What the adapter reads of the environment: commands that use it end at once while one is not set. */
function variablesOf(files: readonly MadeFile[]): readonly string[] {
  const text = files.find(({ name }) => name === 'adapter.yaml')?.text ?? '';
  const { adapter } = readAdapter('adapter.yaml', text, (path) => path);
  return adapter === null ? [] : environmentNames(adapter);
}

/** All of them or none: they are written beside the folder, and take its place when they are whole. */
function writeFolder(folder: string, files: readonly MadeFile[]): void {
  const target = resolve(folder);
  const holds = entriesOf(target);
  if (holds > 0) {
    throw new FloodproofError('FP_USAGE', `the folder ${folder} has files`, {
      hint: 'name an empty or a new one with --out',
    });
  }
  let half: string | null = null;
  try {
    mkdirSync(dirname(target), { recursive: true });
    half = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    for (const { name, text } of files) writeFileSync(join(half, name), text, { flag: 'wx' });
    if (holds === 0) rmSync(target, { recursive: true });
    renameSync(half, target);
  } catch (cause) {
    if (half !== null) rmSync(half, { recursive: true, force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FloodproofError('FP_DISK', `cannot write ${folder}: ${reason}`, {
      hint: 'choose another folder with --out',
      cause,
    });
  }
}

/** @returns how many entries a folder has; -1 when there is none. */
function entriesOf(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return -1;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FloodproofError('FP_DISK', `cannot write ${folder}: ${reason}`, {
      hint: 'choose another folder with --out',
    });
  }
}
