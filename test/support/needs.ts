/** Programs that are no part of the project but that some tests want. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import type { TestContext } from 'vitest';

/** Where Debian keeps servers; not in everybody's PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The first executable file of that name. */
export function findProgram(program: string, path: string): string | null {
  for (const folder of [...path.split(delimiter), ...SYSTEM_FOLDERS]) {
    if (folder === '') continue;
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here; perhaps in the next folder.
    }
  }
  return null;
}

/**
 * The path of a program that the test needs. Where it is absent the test is skipped, and its report names the command
 * that brings the program; in CI, where nothing may be skipped, the test fails.
 *
 * @param command - What installs it, for example `apt-get install nginx-light`.
 */
export function needs(context: Pick<TestContext, 'skip'>, program: string, command: string): string {
  const file = findProgram(program, process.env.PATH ?? '');
  if (file !== null) return file;
  const message = `${program} is not installed: run "${command}"`;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(message);
  return context.skip(message);
}
