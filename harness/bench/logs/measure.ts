/** How many lines of a log a second are read and judged, on one core: in time, and in CPU time, which a busy machine moves less. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { judgeLog } from '../../intake/judge-log.js';
import { type LogMap, noMap } from '../../intake/log-map.js';
import { readLog } from '../../intake/read-log.js';
import type { Policy } from '../../scenario/plan.js';
import { readPolicy } from '../../scenario/policy.js';
import { formatSpread, type Spread, spreadOf } from '../spread.js';
import { granted, type LogForm, msecFormat, writeFloodedLog } from './flooded-log.js';

const LINES = 1_000_000;
const LINES_QUICK = 100_000;
const ROUNDS = 5;
const ROUNDS_QUICK = 3;

const policyText = `version: 1
name: flooded
limits:
  - name: by-ip
    match: [ticker]
    by: ip
    family: token-bucket
    capacity: ${granted.capacity}
    refill: ${granted.refillCells} per 1s
resolution: 1ms
`;

interface LogFigures {
  readonly form: LogForm;
  readonly lines: number;
  readonly bytes: number;
  readonly throttled: number;
  /** Lines a second. */
  readonly linesPerSecond: Spread;
  readonly linesPerCpuSecond: Spread;
  /** Without the judge: what reading, ordering and keeping alone take. */
  readonly readPerCpuSecond: Spread;
}

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly readCpuSeconds: number;
  readonly throttled: number;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

async function playRound(file: string, map: LogMap, policy: Policy): Promise<Round> {
  const fromMs = performance.now();
  const from = cpuSeconds();
  const read = await readLog({ files: [file], map, policy });
  try {
    const readCpuSeconds = cpuSeconds() - from;
    const { verdict, actors } = judgeLog({
      read,
      map,
      policy,
      name: 'flooded',
      expected: [],
      again: '',
      versions: {},
      startedAt: '',
      durationMs: () => 0,
    });
    // A figure of a wrong verdict would be worth nothing.
    if (verdict !== 'pass') throw new Error(`the log of a right limiter is judged ${verdict}`);
    return {
      seconds: (performance.now() - fromMs) / 1000,
      cpuSeconds: cpuSeconds() - from,
      readCpuSeconds,
      throttled: actors.everyone?.throttled ?? 0,
    };
  } finally {
    read.store.close();
  }
}

export async function measureLogs(isQuick: boolean, say: (line: string) => void): Promise<readonly LogFigures[]> {
  const { policy } = readPolicy('flooded.yaml', policyText);
  if (policy === null) throw new Error('the policy of the benchmark is not one');
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-bench-'));
  const lines = isQuick ? LINES_QUICK : LINES;
  const forms: readonly LogForm[] = ['combined', 'msec'];
  try {
    const logs = forms.map((form) => {
      const file = join(folder, `${form}.log`);
      const map = form === 'msec' ? { ...noMap, logFormat: msecFormat } : noMap;
      return { form, file, map, bytes: writeFloodedLog(file, lines, form), rounds: [] as Round[] };
    });
    for (let round = 0; round < (isQuick ? ROUNDS_QUICK : ROUNDS); round++) {
      for (const { file, map, rounds } of logs) rounds.push(await playRound(file, map, policy));
    }
    return logs.map(({ form, bytes, rounds }) => {
      const figures = figuresOf(form, lines, bytes, rounds);
      say(
        `${form}: ${formatSpread(figures.linesPerSecond, 0)} lines a second, ` +
          `${formatSpread(figures.linesPerCpuSecond, 0)} a second of CPU (read alone ${formatSpread(figures.readPerCpuSecond, 0)}); ` +
          `${lines} lines of ${Math.round(bytes / lines)} bytes, ${figures.throttled} throttled`,
      );
      return figures;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(form: LogForm, lines: number, bytes: number, rounds: readonly Round[]): LogFigures {
  const rate = (secondsOf: (round: Round) => number): Spread =>
    spreadOf(rounds.map((round) => lines / secondsOf(round)));
  return {
    form,
    lines,
    bytes,
    throttled: rounds[0]?.throttled ?? 0,
    linesPerSecond: rate(({ seconds }) => seconds),
    linesPerCpuSecond: rate(({ cpuSeconds: spent }) => spent),
    readPerCpuSecond: rate(({ readCpuSeconds }) => readCpuSeconds),
  };
}
