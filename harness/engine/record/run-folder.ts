/** The folder of one run under `results/runs`: made new, written file by file, each file whole or not there. */
import { closeSync, fsyncSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloodproofError } from '../../errors.js';
import type { Adapter } from '../../scenario/adapter.js';
import type { Plan, Policy } from '../../scenario/plan.js';
import { makeFolder } from './make-folder.js';
import { openPart, partName } from './part-file.js';
import { runRecordFault } from './run-record-check.js';
import { readJson } from './saved-json.js';

/** The target of virtual time: a gate in this process. */
export const CORE_TARGET = 'core';

/** What stands for the way between generator and target, over HTTP. */
export interface WireDelay {
  /** Each way. */
  readonly us: number;
  readonly by: 'relay' | 'netem';
}

/** All that is needed to play a run again: `plan.json`. */
export interface RunRecord {
  readonly schema: 'floodproof/run/1';
  readonly plan: Plan;
  readonly seed: number;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly workers: number;
  /** `core`, `gateway`, or the URL as given. */
  readonly target: string;
  /** What gateway or core enforced when that was not the plan's policy. */
  readonly gatewayPolicy: Policy | null;
  readonly arrivalsMax: number | null;
  /** Left out = generator and target are as near as they are. */
  readonly delay?: WireDelay;
  /** Whether gateway and generator have cores of their own; left out = no. */
  readonly isPinned?: boolean;
  /** How the target is spoken to; left out = in the actors' own API. */
  readonly adapter?: Adapter;
  /** Left out = as the system has it. */
  readonly tls?: TlsFiles;
}

/** Paths of PEM files, null = not given. What is in them is never saved. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes `<parent>/<time>-<scenario>`; a number is added when that is there already.
   * @throws FP_DISK when it can't be made.
   */
  static create(parent: string, scenario: string, startedAt: Date): RunFolder {
    const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*$/, '').replace('T', '-');
    makeFolder(parent, `a run folder in ${parent}`);
    try {
      for (let attempt = 1; ; attempt++) {
        const path = join(parent, `${stamp}-${scenario}${attempt === 1 ? '' : `-${attempt}`}`);
        try {
          mkdirSync(path);
          return new RunFolder(path);
        } catch (cause) {
          if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 1000) throw cause;
        }
      }
    } catch (cause) {
      throw new FloodproofError('FP_DISK', `cannot make a run folder in ${parent}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file under a temporary name, flushes it to the disk and renames it. @throws FP_DISK */
  write(name: string, text: string): void {
    writeWhole(this.file(name), text);
  }
}

/** Writes `text` to `path` so that a reader finds either the old file or the whole new one. @throws FP_DISK */
export function writeWhole(path: string, text: string): void {
  const failed = (cause: unknown): FloodproofError =>
    new FloodproofError('FP_DISK', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  let fd: number;
  try {
    fd = openPart(path);
  } catch (cause) {
    throw failed(cause);
  }
  try {
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(partName(path), path);
  } catch (cause) {
    rmSync(partName(path), { force: true });
    throw failed(cause);
  }
}

/** @throws FP_RUN_UNREADABLE when the folder holds no run of this version. */
export function readRunRecord(folder: string): RunRecord {
  const path = join(folder, 'plan.json');
  const unreadable = (message: string): FloodproofError => new FloodproofError('FP_RUN_UNREADABLE', message);
  const { value, fault, isThere } = readJson(path);
  if (!isThere) throw unreadable(`${folder} holds no run: ${path} is not there`);
  const wrong = fault === null ? runRecordFault(value) : `it ${fault}`;
  if (wrong !== null) throw unreadable(`${path} is not a run of this version of floodproof: ${wrong}`);
  return value as RunRecord;
}
