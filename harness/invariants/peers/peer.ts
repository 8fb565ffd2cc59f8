/**
 * Limiters of other packages, each with what its documentation claims of it. None of them is a dependency: a package is
 * loaded when it is asked for, and where it is absent one line says what brings it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FloodproofError } from '../../errors.js';
import type { Contract, Limiter, LimiterAdapter } from '../contract.js';

/** One way to set up a limiter, with what its documentation claims of just that. */
export interface PeerContract {
  /** What `--contract` takes. */
  readonly name: string;
  readonly adapter: LimiterAdapter;
  readonly contract: Contract;
}

export interface Peer {
  /** The name of its package. */
  readonly name: string;
  /** Names of its contracts, in the order in which they are checked. */
  readonly contracts: readonly string[];
  /** @throws {FloodproofError} FP_PACKAGE_ABSENT */
  open(): Promise<readonly PeerContract[]>;
}

/** How a limiter is made, once its package is there. */
export interface PeerSetup {
  /** For reports, after name and version of the package: `5 points per second`. */
  readonly words: string;
  readonly contract: Contract;
}

/** A peer whose limiters all run on the clock and the timers of this process. */
export function definePeer<Setup extends PeerSetup, Package>(
  name: string,
  setups: Readonly<Record<string, Setup>>,
  load: () => Promise<Package>,
  create: (setup: Setup, loaded: Package) => Limiter,
): Peer {
  const open = async (): Promise<readonly PeerContract[]> => {
    const loaded = await loadPackage(name, load);
    const version = packageVersion(name);
    return Object.entries(setups).map(([contractName, setup]) => ({
      name: contractName,
      adapter: {
        name: `${name} ${version}, ${setup.words}`,
        clock: 'global',
        create: () => create(setup, loaded),
      },
      contract: setup.contract,
    }));
  };
  return { name, contracts: Object.keys(setups), open };
}

/** @throws {FloodproofError} FP_PACKAGE_ABSENT */
export async function loadPackage<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException | null)?.code;
    const isAbsent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const words = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FloodproofError(
      'FP_PACKAGE_ABSENT',
      isAbsent ? `${name} is not installed` : `${name} can not be loaded: ${words}`,
      { hint: `"npm install ${name}" brings it`, cause },
    );
  }
}

/** As its manifest says, which many packages do not export; `?` when none is found. */
function packageVersion(name: string): string {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const manifest = join(folder, name, 'package.json');
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  }
  return '?';
}

/** For limiters that take no cost: every call is one cell. */
export function assertOneCell(cost: number): void {
  if (cost !== 1) throw new RangeError(`every request costs one cell, got ${String(cost)}`);
}
