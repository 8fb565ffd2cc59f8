/** Bytes for each key, each limiter in a process of its own. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spreadOf } from '../spread.js';
import { limiterRivals } from './limit-group.js';
import type { MemoryFigures } from './memory-child.js';
import type { BenchRow } from './row.js';
import type { BenchSetting, GroupResult } from './setting.js';

const CHILD_MINUTES_MAX = 5;

export async function measureMemory(setting: BenchSetting): Promise<GroupResult> {
  const { rivals, absent } = await limiterRivals(setting);
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const keys of setting.isQuick ? [100_000] : [1_000_000, ...(setting.isLarge ? [10_000_000] : [])]) {
    for (const { name } of rivals) {
      setting.say(`memory, ${name}, ${keys} keys`);
      const figures = await inChild(name, keys, setting);
      if (typeof figures === 'string') failures.push(`memory of ${name} at ${keys} keys: ${figures}`);
      else rows.push(rowOf(name, keys, figures));
    }
  }
  return { rows, absent: [...absent, ...failures] };
}

function rowOf(rival: string, keys: number, figures: MemoryFigures): BenchRow {
  return {
    group: 'memory',
    rival,
    path: 'new key',
    keys,
    skew: 'uniform',
    threads: 1,
    nsPerOp: spreadOf(figures.newKeyNs),
    bytesPerKey: { resident: figures.residentBytes / keys, heap: figures.heapBytes / keys },
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
