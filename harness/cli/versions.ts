/** What a verdict names so that a run can be repeated: versions of everything that could matter. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const packageFolder = new URL('../../', import.meta.url);

export function packageVersion(): string {
  const text = readFileSync(new URL('package.json', packageFolder), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The commit of a checkout, with `-dirty` when files differ from it; `none` in an installed package, whose folder may
 * well lie within somebody else's repository.
 */
function commit(): string {
  if (!existsSync(new URL('.git', packageFolder))) return 'none';
  try {
    // No tag is near enough: always the commit.
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*'], {
      cwd: fileURLToPath(packageFolder),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2000,
    })
      .toString()
      .trim();
  } catch {
    return 'none';
  }
}

let known: Readonly<Record<string, string>> | null = null;

export function versions(): Readonly<Record<string, string>> {
  known ??= {
    floodproof: packageVersion(),
    commit: commit(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  return known;
}
