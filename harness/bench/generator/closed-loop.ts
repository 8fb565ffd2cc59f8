/** A whole run's throughput against the bare loop's, by turns against one trivial server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { type Played, play } from '../../engine/play.js';
import type { Plan } from '../../scenario/plan.js';
import type { ProfileName } from '../../signing/profile-names.js';
import { checkTarget } from '../../targets/loopback.js';
import type { BareLoopTask } from './bare-loop.js';
import { benchPlan } from './bench-plan.js';

export const CONNECTIONS = 32;

/** Plays `plan` with the record in a folder that is gone afterwards. */
export async function playOnce(
  plan: Plan,
  options: {
    port: number;
    engine: 'native' | 'ts';
    closedLoop: number | null;
    arrivalsMax: number | null;
    seed?: number;
  },
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-bench-'));
  try {
    return await play({
      plan,
      seed: options.seed ?? 1,
      workers: 1,
      engine: options.engine,
      target: await checkTarget(`http://127.0.0.1:${options.port}`),
      transport: 'source-address',
      folder,
      arrivalsMax: options.arrivalsMax,
      closedLoop: options.closedLoop,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param profile - by which the requests are signed; null = they are not.
 * @returns requests per second of a run that does all a run does.
 */
export async function wholeRun(
  port: number,
  engine: 'native' | 'ts',
  requests: number,
  profile: ProfileName | null = 'hmac-lines',
): Promise<number> {
  const plan = benchPlan({
    profile,
    population: 1,
    arrivals: { process: 'constant', ratePerSecond: 100_000 },
    seconds: 3600,
    connectionsPerIp: CONNECTIONS,
  });
  const played = await playOnce(plan, { port, engine, closedLoop: CONNECTIONS, arrivalsMax: requests });
  const admitted = played.tally.actors[0]?.admitted ?? 0;
  if (admitted !== requests) throw new Error(`${admitted} of ${requests} requests were answered`);
  return requests / ((played.tally.lastUs - played.tally.firstUs) / 1e6);
}

/** @returns requests per second of a rival in a thread of its own. */
export async function rivalRun(
  rival: 'bare-loop' | 'autocannon-loop',
  port: number,
  engine: 'native' | 'ts',
  requests: number,
): Promise<number> {
  const pool = new Piscina<BareLoopTask, number>({
    filename: new URL(`./${rival}.js`, import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    return await pool.run({ origin: `http://127.0.0.1:${port}`, connections: CONNECTIONS, requests, engine });
  } finally {
    await pool.destroy();
  }
}
