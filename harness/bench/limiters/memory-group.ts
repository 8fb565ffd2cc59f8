/** Bytes for each key, each limiter in a process of its own. */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spreadOf } from '../spread.js';
import { limiterRivals } from './limit-group.js';
import type { MemoryFigures } from './memory-child.js';
import { formName, INTERNED } from './own-forms.js';
import { type BenchRow, NATIVE, TS } from './row.js';
import type { BenchSetting, GroupResult } from './setting.js';
import { keysText } from './tables.js';

const CHILD_MINUTES_MAX = 5;
const KEYS_FOR_ALL_MAX = 1_000_000;

export async function measureMemory(setting: BenchSetting): Promise<GroupResult> {
  const { rivals, absent } = await limiterRivals(setting);
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  const ownName = setting.ownLimiter === null ? null : basename(setting.ownLimiter);
  const internedNames = rivals.filter(({ name }) => isOurs(name)).map(({ name }) => formName(name, INTERNED));
  for (const keys of setting.isQuick ? [100_000] : [1_000_000, 10_000_000]) {
    const isForAll = keys <= KEYS_FOR_ALL_MAX || setting.isLarge;
    const names = rivals.map(({ name }) => name).filter((name) => isForAll || isOurs(name));
    if (names.length < rivals.length) {
      failures.push(
        `memory of others than ours at ${keysText(keys)}: they would hold gigabytes; --large measures them`,
      );
    }
    for (const name of [...names, ...internedNames]) {
      setting.say(`memory, ${name}, ${keysText(keys)}`);
      const figures = await inChild(name, keys, setting);
      if (typeof figures === 'string') failures.push(`memory of ${name} at ${keysText(keys)}: ${figures}`);
      else rows.push(rowOf(name, keys, figures, ownName));
    }
  }
  return { rows, absent: [...absent, ...failures] };
}

/** Ours find a key by its hash, and keep that; all others keep the text, as a Map does. */
function isOurs(name: string): boolean {
  return name.startsWith(NATIVE) || name.startsWith(TS);
}

function rowOf(rival: string, keys: number, figures: MemoryFigures, ownName: string | null): BenchRow {
  const isTextKept = rival === ownName ? null : !isOurs(rival);
  return {
    group: 'memory',
    rival,
    path: 'admit',
    variant: 'new key',
    keys,
    skew: 'uniform',
    threads: 1,
    nsPerOp: spreadOf(figures.newKeyNs),
    bytesPerKey: { resident: figures.residentBytes / keys, heap: figures.heapBytes / keys, isTextKept },
    firstCallUs: figures.firstCallUs,
  };
}

/** @returns why there are no figures, when there are none. */
async function inChild(name: string, keys: number, setting: BenchSetting): Promise<MemoryFigures | string> {
  const child = fileURLToPath(new URL('./memory-child.js', import.meta.url));
  const own = setting.ownLimiter === null ? [] : [setting.ownLimiter];
  const args = ['--expose-gc', child, name, String(keys), String(setting.originUs), ...own];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: CHILD_MINUTES_MAX * 60_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as MemoryFigures;
  } catch (error) {
    const { stderr = '', signal } = error as { stderr?: string; signal?: string | null };
    if (/heap out of memory/.test(stderr)) return 'its process ran out of heap';
    const line = stderr.split('\n').find((text) => /Error/.test(text));
    return line ?? `its process ended early${signal ? ` (${signal})` : ''}`;
  }
}
