/**
 * One play in virtual time in a process of its own: `node virtual-child.js KIND ENGINE IDENTITIES REQUESTS MODE`, which
 * prints one `VirtualFigures` as JSON. MODE: `play`, `judge` (played and judged) or `parts` (played, and sampled).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildWorld } from '../../actors/identities/world.js';
import { type PlayedVirtual, playVirtual } from '../../engine/virtual/play-virtual.js';
import { judgeRun } from '../../judge/judge.js';
import { openEngine } from '../../native/engine.js';
import type { Plan } from '../../scenario/plan.js';
import { type PartTime, partTimesOf } from './part-times.js';
import { type VirtualKind, virtualPlan } from './virtual-plan.js';

export const virtualModes = ['play', 'judge', 'parts'] as const;
export type VirtualMode = (typeof virtualModes)[number];

export interface VirtualFigures {
  readonly requests: number;
  /** Processor time of the play, its start and its compilation included; all threads of the process. */
  readonly cpuNs: number;
  readonly realNs: number;
  /** Of the verdict; null where none was made. */
  readonly judgeNs: number | null;
  readonly peakMiB: number;
  readonly decisionHash: string;
  readonly parts: readonly PartTime[];
}

/** Linux tells what the program itself has held; elsewhere the parent is part of the figure. */
function peakKiB(): number {
  try {
    const own = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (own !== undefined) return Number(own);
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}

function cpuNs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) * 1000;
}

async function run(plan: Plan, engineName: 'native' | 'ts', mode: VirtualMode): Promise<VirtualFigures> {
  const engine = openEngine(engineName);
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-virtual-'));
  const world = buildWorld(plan, 1);
  let played: PlayedVirtual | undefined;
  const work = async (): Promise<void> => {
    played = await playVirtual({
      plan,
      policy: plan.policy,
      seed: 1,
      world,
      engine,
      folder,
      arrivalsMax: null,
      speed: Number.POSITIVE_INFINITY,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
  };
  try {
    const before = process.cpuUsage();
    let parts: readonly PartTime[] = [];
    if (mode === 'parts') parts = await partTimesOf(work);
    else await work();
    if (played === undefined) throw new Error('nothing was played');
    const { rows, realMs, decisionHash } = played;
    const playedNs = cpuNs(before);
    const judgeNs = mode === 'judge' ? judge(plan, played) : null;
    const peakMiB = Math.round(peakKiB() / 1024);
    return { requests: rows, cpuNs: playedNs, realNs: realMs * 1e6, judgeNs, peakMiB, decisionHash, parts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns processor time that the verdict took. */
function judge(plan: Plan, { observations, generator }: PlayedVirtual): number {
  const before = process.cpuUsage();
  judgeRun({
    plan,
    world: buildWorld(plan, 1),
    observations,
    generator,
    isInterrupted: false,
    seed: 1,
    target: 'core',
    engine: 'native',
    notes: [],
    replay: '',
    versions: {},
    startedAt: '',
    durationMs: 0,
  });
  return cpuNs(before);
}

if (process.argv[1]?.endsWith('virtual-child.js')) {
  const [kind, engine, identities, requests, mode] = process.argv.slice(2);
  const plan = virtualPlan({ kind: kind as VirtualKind, identities: Number(identities), requests: Number(requests) });
  const figures = await run(plan, engine === 'ts' ? 'ts' : 'native', mode as VirtualMode);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
