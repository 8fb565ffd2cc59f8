/**
 * One whole run (traffic, record, verdict, sealing) of as many requests as the argument says, in a process of its own:
 * prints what memory it took. `node --expose-gc memory-run.js PORT REQUESTS ENGINE`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildWorld } from '../../actors/identities/world.js';
import { play } from '../../engine/play.js';
import { sealParquet } from '../../engine/record/parquet.js';
import { judgeRun } from '../../judge/judge.js';
import { openEngine } from '../../native/engine.js';
import { checkTarget } from '../../targets/loopback.js';
import { benchPlan } from './bench-plan.js';

export interface MemoryRun {
  readonly requests: number;
  readonly rssMiB: number;
  readonly rssMiBMax: number;
}

/**
 * The most that this program has held. `resourceUsage().maxRSS` begins with what the parent held when it forked, which
 * says nothing about the run; Linux keeps the figure of the program itself in `VmHWM` (`man 5 proc`).
 */
function peakKiB(): number {
  try {
    const own = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (own !== undefined) return Number(own);
  } catch {
    // Not Linux: the parent is part of the figure there.
  }
  return process.resourceUsage().maxRSS;
}

async function run(port: number, requests: number, engine: 'native' | 'ts'): Promise<MemoryRun> {
  openEngine(engine);
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-bench-'));
  const plan = benchPlan({
    population: 50,
    arrivals: { process: 'constant', ratePerSecond: 100_000 },
    seconds: 3600,
    connectionsPerIp: 4,
  });
  try {
    const played = await play({
      plan,
      seed: 1,
      workers: 1,
      engine,
      target: await checkTarget(`http://127.0.0.1:${port}`),
      transport: 'source-address',
      folder,
      arrivalsMax: requests,
      closedLoop: 32,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
    const { observations, generator } = played;
    const document = judgeRun({
      plan,
      world: buildWorld(plan, 1),
      observations,
      generator,
      isInterrupted: false,
      seed: 1,
      target: 'bench',
      engine,
      notes: [],
      replay: '',
      versions: {},
      startedAt: '',
      durationMs: 0,
    });
    const rows = sealParquet(join(folder, 'observations.parquet'), observations, {});
    if (rows !== requests || document.actors.traders?.admitted !== requests) throw new Error(`${rows} rows recorded`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  globalThis.gc?.();
  const MiB = 2 ** 20;
  return {
    requests,
    rssMiB: Math.round(process.memoryUsage.rss() / MiB),
    rssMiBMax: Math.round(peakKiB() / 1024),
  };
}

if (process.argv[1]?.endsWith('memory-run.js')) {
  const [port, requests, engine] = process.argv.slice(2);
  const result = await run(Number(port), Number(requests), engine === 'ts' ? 'ts' : 'native');
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
