/**
 * `--pin auto`: the gateway on the last core that this process may use, the generator on the others, so that neither takes
 * the other's time. Of the cores that a container or `taskset` has left to this process, and no other.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

export interface Pinning {
  /** null = nothing is pinned. */
  readonly gatewayCore: number | null;
  /** For the verdict: who was pinned where, or why nobody was. */
  readonly note: string;
}

/** Numbers of a list of the kernel, "0-2,5"; empty for anything else. */
export function parseCores(list: string): readonly number[] {
  const parts = list.trim().split(',');
  if (!parts.every((part) => /^\d{1,5}(-\d{1,5})?$/.test(part))) return [];
  return parts.flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}

/** Cores that this process may use now; empty where the system does not tell. */
function allowedCores(): readonly number[] {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    return parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
  } catch {
    return [];
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** Of one command: its first run pins the generator, and the later ones find it pinned. */
let pinned: Pinning | null = null;

/** Pins this process, threads and all, away from the core that the gateway is to have. Does so once. */
export function pinGenerator(): Pinning {
  pinned ??= pin();
  return pinned;
}

function pin(): Pinning {
  const none = (why: string): Pinning => ({ gatewayCore: null, note: `nothing is pinned to a core: ${why}` });
  if (process.platform !== 'linux') return none('--pin auto is for Linux');
  if (!isOnPath('taskset')) return none('"taskset" (of util-linux) is not on the PATH');
  const cores = allowedCores();
  const gatewayCore = cores.at(-1);
  if (gatewayCore === undefined || cores.length < 2) {
    return none(`--pin auto needs two cores, and this process may use ${cores.length}`);
  }
  const others = cores.slice(0, -1).join();
  try {
    execFileSync('taskset', ['-a', '-c', '-p', others, String(process.pid)], { stdio: 'ignore' });
  } catch (error) {
    return none(`taskset failed: ${(error as Error).message.split('\n')[0]}`);
  }
  return { gatewayCore, note: `the gateway was pinned to core ${gatewayCore}, the generator to ${others}` };
}
