/** The generator's figures: throughput against a bare loop, lateness of an open loop, memory of a long run. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatSpread, type Spread, spreadOf } from '../spread.js';
import { CONNECTIONS, rivalRun, wholeRun } from './closed-loop.js';
import type { MemoryRun } from './memory-run.js';
import { type OpenLoopRun, openLoop } from './open-loop.js';

const ROUNDS = 5;
const CLOSED_LOOP_REQUESTS = 150_000;
const OPEN_LOOP_PER_SECOND = 5000;
const MEMORY_REQUESTS = [200_000, 2_000_000] as const;

export interface GeneratorFigures {
  readonly closedLoop: {
    readonly connections: number;
    readonly requests: number;
    readonly wholeRunPerSecond: Spread;
    readonly barePerSecond: Spread;
    readonly autocannonPerSecond: Spread;
    /** Whole run / bare loop, round by round. */
    readonly ratio: Spread;
  };
  readonly openLoop: readonly OpenLoopRun[];
  readonly memory: readonly MemoryRun[];
}

export async function startServer(): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('../trivial-server.js', import.meta.url)));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('error', reject);
  });
  return { port, child };
}

export async function measureGenerator(
  engine: 'native' | 'ts',
  say: (line: string) => void,
): Promise<GeneratorFigures> {
  const { port, child } = await startServer();
  try {
    const whole: number[] = [];
    const bare: number[] = [];
    const autocannon: number[] = [];
    // The first round warms the server and the disk, and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const bareLoop = await rivalRun('bare-loop', port, engine, CLOSED_LOOP_REQUESTS);
      const run = await wholeRun(port, engine, CLOSED_LOOP_REQUESTS);
      const cannon = await rivalRun('autocannon-loop', port, engine, CLOSED_LOOP_REQUESTS);
      if (round === 0) continue;
      bare.push(bareLoop);
      whole.push(run);
      autocannon.push(cannon);
    }
    const ratio = spreadOf(whole.map((value, index) => value / (bare[index] ?? Number.NaN)));
    const figures = {
      wholeRunPerSecond: spreadOf(whole),
      barePerSecond: spreadOf(bare),
      autocannonPerSecond: spreadOf(autocannon),
      ratio,
    };
    say(`closed loop, ${CONNECTIONS} connections, 1 worker: ${formatSpread(figures.wholeRunPerSecond, 0)} requests/s`);
    say(`bare undici dispatch with the same signing:    ${formatSpread(figures.barePerSecond, 0)} requests/s`);
    say(`autocannon with the same signing:              ${formatSpread(figures.autocannonPerSecond, 0)} requests/s`);
    say(`whole run / bare loop, round by round:         ${formatSpread(ratio, 3)}`);
    const open: OpenLoopRun[] = [];
    for (let round = 0; round < ROUNDS; round++) open.push(await openLoop(port, engine, OPEN_LOOP_PER_SECOND));
    say(
      `open loop at ${OPEN_LOOP_PER_SECOND}/s: own dispatch delay p99 ` +
        `${formatSpread(spreadOf(open.map((run) => run.ownDelayMsP99)), 3)} ms`,
    );
    const memory: MemoryRun[] = [];
    for (const requests of MEMORY_REQUESTS) {
      memory.push(await memoryRun(port, requests, engine));
      const last = memory.at(-1) as MemoryRun;
      say(`memory of a run of ${requests}: RSS ${last.rssMiB} MiB at its end, ${last.rssMiBMax} MiB at most`);
    }
    return {
      closedLoop: { connections: CONNECTIONS, requests: CLOSED_LOOP_REQUESTS, ...figures },
      openLoop: open,
      memory,
    };
  } finally {
    child.disconnect();
  }
}

async function memoryRun(port: number, requests: number, engine: string): Promise<MemoryRun> {
  const script = fileURLToPath(new URL('./memory-run.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    script,
    String(port),
    String(requests),
    engine,
  ]);
  return JSON.parse(stdout) as MemoryRun;
}
