/** What a verdict names so that a run can be repeated: versions of everything that could matter. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const packageFolder = new URL('../../', import.meta.url);

export function packageVersion(): string {
  const text = readFileSync(new URL('package.json', packageFolder), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The commit of a checkout; 'none' in an installed package. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
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
