/** A run of the limiter benchmark: the groups that were asked for, one after the other, as one document. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { FloodproofError } from '../../errors.js';
import { openEngine } from '../../native/engine.js';
import { doubtOf, machineFacts } from '../machine.js';
import { measureBatch } from './batch-group.js';
import { figuresOf } from './figures.js';
import { measureFused } from './fused-group.js';
import { measureLimit } from './limit-group.js';
import { measureMemory } from './memory-group.js';
import type { Pace } from './rounds.js';
import { type BenchDocument, type BenchRow, type GroupName, groupNames } from './row.js';
import type { BenchSetting, GroupResult } from './setting.js';
import { measureThreads } from './threads-group.js';
import { measureVerify } from './verify-group.js';

const groups: Readonly<Record<GroupName, (setting: BenchSetting) => Promise<GroupResult>>> = {
  limit: measureLimit,
  verify: measureVerify,
  fused: measureFused,
  batch: measureBatch,
  memory: measureMemory,
  threads: measureThreads,
};

const FULL: Pace = { rounds: 7, sampleMs: 10, singles: 20_000 };
const QUICK: Pace = { rounds: 3, sampleMs: 2, singles: 2000 };
/** Above this, single calls can not be told apart by the timer. */
const TIMER_GRAIN_NS_MAX = 1000;
const CPU_SHARE_MIN = 0.95;

const packages = [
  'rate-limiter-flexible',
  'express-rate-limit',
  '@fastify/rate-limit',
  'limiter',
  '@noble/hashes',
  'hash-wasm',
  'piscina',
];

export interface SuiteOptions {
  readonly names: readonly GroupName[];
  readonly isQuick: boolean;
  readonly isLarge: boolean;
  readonly ownLimiter: string | null;
  readonly say: (line: string) => void;
}

/** @throws {FloodproofError} FP_BENCH_DISAGREES, and what loading `ownLimiter` throws. */
export async function runSuite(options: SuiteOptions): Promise<BenchDocument> {
  if (options.ownLimiter !== null && !existsSync(options.ownLimiter)) {
    throw new FloodproofError('FP_FILE_UNREADABLE', `there is no file ${options.ownLimiter}`);
  }
  const auto = openEngine('auto');
  const facts = machineFacts(packages);
  const setting: BenchSetting = {
    ...options,
    native: auto.engine === 'native' ? auto : null,
    ts: openEngine('ts'),
    originUs: Date.now() * 1000,
    pace: options.isQuick ? QUICK : FULL,
  };
  const rows: BenchRow[] = [];
  let wallMs = 0;
  let cpuMs = 0;
  const absent = new Set<string>();
  if (auto.engine !== 'native') absent.add(auto.note);
  for (const name of groupNames) {
    if (!options.names.includes(name)) continue;
    const began = { wallMs: performance.now(), cpu: process.cpuUsage() };
    const result = await groups[name](setting);
    // Memory is measured in other processes, threads are two.
    if (name !== 'memory' && name !== 'threads') {
      const { user, system } = process.cpuUsage(began.cpu);
      wallMs += performance.now() - began.wallMs;
      cpuMs += (user + system) / 1000;
    }
    rows.push(...result.rows);
    for (const sentence of result.absent) absent.add(sentence);
  }
  const doubts = [
    doubtOf(facts),
    options.isQuick ? 'a quick run, with few and short rounds' : '',
    grainDoubt(timerGrainNs()),
    shareDoubt(cpuMs, wallMs),
  ].filter((doubt) => doubt !== '');
  const { cpu, cores, memoryGiB, platform, loadBefore, node, openssl, dependencies, commit, measuredAt } = facts;
  return {
    schema: 'floodproof/bench-limiters/2',
    machine: { cpu, cores, memoryGiB, platform, loadBefore },
    versions: { node, openssl, ...dependencies },
    commit,
    measuredAt,
    doubts,
    absent: [...absent],
    figures: figuresOf(rows),
    rows,
  };
}

/** Others had the core for part of the time: what they took is in the figures. */
function shareDoubt(cpuMs: number, wallMs: number): string {
  if (cpuMs >= wallMs * CPU_SHARE_MIN) return '';
  return `the benchmark had a core for ${((cpuMs / wallMs) * 100).toFixed(0)} % of its time only: repeat on a quiet machine`;
}

/** The least step that the timer of single calls takes. */
function timerGrainNs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 1000; sample++) {
    const fromMs = performance.now();
    let toMs = fromMs;
    while (toMs === fromMs) toMs = performance.now();
    least = Math.min(least, (toMs - fromMs) * 1e6);
  }
  return least;
}

function grainDoubt(grainNs: number): string {
  return grainNs <= TIMER_GRAIN_NS_MAX
    ? ''
    : `the timer steps by ${grainNs.toFixed(0)} ns, too coarse for single calls`;
}
