/** The throughput of a run that does all a run does, with its live page and one reader, or without. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { play } from '../../engine/play.js';
import type { RunRecord } from '../../engine/record/run-folder.js';
import { checkTarget } from '../../targets/loopback.js';
import { LivePage } from '../../watch/live-page.js';
import { benchPlan } from '../generator/bench-plan.js';
import { CONNECTIONS } from '../generator/closed-loop.js';

/** Bins of a fifth of a second, as in a suite that is played before a release. */
const PLANNED_S = 60;
const SEED = 1;

export interface WatchedRun {
  readonly perSecond: number;
  /** What the reader was sent; null = there was none. */
  readonly readBytes: number | null;
}

export async function watchedRun(
  port: number,
  { engine, requests, isWatched }: { engine: 'native' | 'ts'; requests: number; isWatched: boolean },
): Promise<WatchedRun> {
  const plan = benchPlan({
    population: 1,
    arrivals: { process: 'constant', ratePerSecond: 100_000 },
    seconds: PLANNED_S,
    connectionsPerIp: CONNECTIONS,
  });
  const target = `http://127.0.0.1:${port}`;
  const record: RunRecord = {
    schema: 'floodproof/run/1',
    plan,
    seed: SEED,
    engine,
    workers: 1,
    target,
    gatewayPolicy: null,
    arrivalsMax: requests,
  };
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-bench-'));
  const page = isWatched ? await LivePage.open({ port: 0 }) : null;
  const reader = page === null ? null : await openReader(page.url);
  try {
    page?.suiteBegins([record]);
    page?.runBegins(0, folder);
    const { tally } = await play({
      plan,
      seed: SEED,
      workers: 1,
      engine,
      target: await checkTarget(target),
      transport: 'source-address',
      folder,
      arrivalsMax: requests,
      closedLoop: CONNECTIONS,
      stop: new AbortController().signal,
      onProgress: (progress) => page?.progress(progress),
      ...(page === null ? {} : { onRows: (batch) => page.rows(batch) }),
    });
    await page?.suiteEnds(0);
    const admitted = tally.actors[0]?.admitted ?? 0;
    if (admitted !== requests) throw new Error(`${admitted} of ${requests} requests were answered`);
    const readBytes = reader === null ? null : await reader.bytes;
    return { perSecond: requests / ((tally.lastUs - tally.firstUs) / 1e6), readBytes };
  } finally {
    await page?.close();
    reader?.child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Reader {
  readonly child: ChildProcess;
  /** When the stream has ended. */
  readonly bytes: Promise<number>;
}

async function openReader(pageUrl: string): Promise<Reader> {
  const child = fork(fileURLToPath(new URL('./event-reader.js', import.meta.url)), [pageUrl.replace('/?', '/events?')]);
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the reader of the live page ended (${code})`)));
    });
  await next();
  const bytes = next().then(Number);
  // Waited for at the end of the run alone: whatever ends it before is told there.
  bytes.catch(() => undefined);
  return { child, bytes };
}
