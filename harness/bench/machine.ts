/** What a figure must name so that it can be compared: machine, versions, commit, and whether the machine was quiet. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';

export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly openssl: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly commit: string;
  readonly measuredAt: string;
  /** Runnable processes over the last minute before the benchmark began. */
  readonly loadBefore: number;
}

const root = new URL('../../', import.meta.url);

/** `none` in an installed package, whose folder may well lie within somebody else's repository. */
function commit(): string {
  if (!existsSync(new URL('.git', root))) return 'none';
  try {
    const git = (args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    const isClean = git(['status', '--porcelain', '--untracked-files=no', '--', 'harness', 'native']) === '';
    return `${git(['rev-parse', '--short=12', 'HEAD'])}${isClean ? '' : ' and changes'}`;
  } catch {
    return 'none';
  }
}

/** Empty when the package is not there: rivals come with a checkout, and not with the published package. */
function versionsOf(name: string): [string, string][] {
  const path = new URL(`node_modules/${name}/package.json`, root);
  if (!existsSync(path)) return [];
  return [[name, (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version]];
}

export function machineFacts(packages: readonly string[]): MachineFacts {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    openssl: process.versions.openssl,
    dependencies: Object.fromEntries(packages.flatMap(versionsOf)),
    commit: commit(),
    measuredAt: new Date().toISOString(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Why figures of this moment are to be doubted; '' = nothing speaks against them. */
export function doubtOf(facts: MachineFacts): string {
  if (facts.loadBefore <= facts.cores / 2) return '';
  return `the machine was busy (load ${facts.loadBefore} on ${facts.cores} cores): repeat on a quiet one`;
}
