/** A log as lines of text, read and judged in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeLog } from '../../harness/intake/judge-log.js';
import { type LogMap, noMap } from '../../harness/intake/log-map.js';
import { readLog } from '../../harness/intake/read-log.js';
import type { StoreBounds } from '../../harness/intake/row-store.js';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import type { Policy } from '../../harness/scenario/plan.js';

export interface LogToJudge {
  readonly policy: Policy;
  readonly lines: readonly string[];
  readonly map?: Partial<LogMap>;
  readonly expected?: readonly string[];
  readonly store?: StoreBounds;
}

export async function judgedLog(log: LogToJudge): Promise<VerdictDocument> {
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-log-'));
  try {
    const file = join(folder, 'access.log');
    writeFileSync(file, log.lines.map((line) => `${line}\n`).join(''));
    const map = { ...noMap, ...log.map };
    const read = await readLog({ files: [file], map, policy: log.policy, ...(log.store && { store: log.store }) });
    try {
      return judgeLog({
        read,
        map,
        policy: log.policy,
        name: 'access.log',
        expected: log.expected ?? [],
        again: 'floodproof judge access.log',
        versions: {},
        startedAt: '2026-01-01T00:00:00.000Z',
        durationMs: () => 0,
      });
    } finally {
      read.store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `17/May/2015:10:05:03 +0000` of whole microseconds since 1970, cut off to the second. */
export function clfText(us: number): string {
  const [, week, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(
    new Date(Math.floor(us / 1_000_000) * 1000).toUTCString(),
  ) as unknown as string[];
  return week === undefined ? '' : `${day}/${month}/${year}:${time} +0000`;
}

/** Seconds with so many digits behind the point, cut off. */
export function secondsText(us: number, digits: number): string {
  const whole = Math.floor(us / 1_000_000);
  const fraction = String(us % 1_000_000)
    .padStart(6, '0')
    .slice(0, digits);
  return digits === 0 ? String(whole) : `${whole}.${fraction}`;
}
