/**
 * What a limiter holds for each key, in a process of its own, and what its very first decision takes.
 * `node --expose-gc memory-child.js RIVAL KEYS ORIGIN-US [MODULE]`; prints one `MemoryFigures` as JSON.
 */
import process from 'node:process';
import { getHeapSpaceStatistics } from 'node:v8';
import { Decision } from '../../core/spec.js';
import { openEngine } from '../../native/engine.js';
import { isAdmitted, type OpenLimiter } from './agreement.js';
import { limiterRivals } from './limit-group.js';
import type { LimiterRival } from './limiter-rivals.js';
import { formName, INTERNED } from './own-forms.js';
import { NATIVE } from './row.js';
import { keyAt } from './workload.js';

export interface MemoryFigures {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly firstCallUs: number;
  /** Mean time of a decision for a key that is new, of each tenth of the keys. */
  readonly newKeyNs: readonly number[];
}

const PARTS = 10;
const WARM_KEYS = 20_000;
/** So many that V8 has compiled what it is going to: else that would count as the limiter's. */
const WARM_PASSES = 25;

/** `resident` without the room for what lives shortly, which grows with calls and not with keys. */
function held(): { resident: number; heap: number } {
  // Twice: what the first leaves to be finalised, the second frees.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const young = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith('new_'));
  const youngBytes = young.reduce((sum, { physical_space_size: bytes }) => sum + bytes, 0);
  return { resident: rss - youngBytes, heap: heapUsed + external };
}

async function rivalOf(name: string, originUs: number, ownLimiter: string | null): Promise<LimiterRival> {
  const setting = {
    native: name.startsWith(NATIVE) ? openEngine('native') : null,
    ts: openEngine('ts'),
    originUs,
    ownLimiter,
  };
  const { rivals } = await limiterRivals(setting);
  const rival = rivals.find((candidate) => name === candidate.name || name === formName(candidate.name, INTERNED));
  if (rival === undefined) throw new Error(`there is no rival ${name}`);
  return name === rival.name ? rival : { ...rival, open: (settings) => interning(rival.open(settings)) };
}

/** Interns each caller for its one request, so that what the numbers take is seen. */
function interning(limiter: OpenLimiter): OpenLimiter {
  const { gate } = limiter;
  if (gate === undefined) throw new Error('only gates intern callers');
  const decide = (key: string, nowUs: number): boolean =>
    gate.limitCaller(nowUs, 0, gate.internCaller('', key, '')) === Decision.admitted;
  return { ...limiter, decide };
}

/** Keys are made for the call, as a server does from what it receives: who keeps a key holds its text too. */
async function decideAll(limiter: OpenLimiter, fromKey: number, toKey: number, nowUs: number): Promise<void> {
  for (let index = fromKey; index < toKey; index++) {
    if (limiter.form === 'value') limiter.decide(keyAt(index), nowUs);
    else await isAdmitted(limiter, keyAt(index), nowUs);
  }
}

async function measure(
  name: string,
  keys: number,
  originUs: number,
  ownLimiter: string | null,
): Promise<MemoryFigures> {
  const rival = await rivalOf(name, originUs, ownLimiter);
  const settings = { capacity: 1000, refillCells: 1, refillPeriodUs: 3_600_000_000, maxKeys: keys };
  const warm = rival.open({ ...settings, maxKeys: WARM_KEYS });
  const beganNs = process.hrtime.bigint();
  await isAdmitted(warm, keyAt(0), originUs);
  const firstCallUs = Number(process.hrtime.bigint() - beganNs) / 1000;
  for (let pass = 0; pass < WARM_PASSES; pass++) await decideAll(warm, 0, WARM_KEYS, originUs);

  const before = held();
  const limiter = rival.open(settings);
  const newKeyNs: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const fromKey = Math.floor((keys * part) / PARTS);
    const toKey = Math.floor((keys * (part + 1)) / PARTS);
    const partBeganNs = process.hrtime.bigint();
    await decideAll(limiter, fromKey, toKey, originUs);
    newKeyNs.push(Number(process.hrtime.bigint() - partBeganNs) / (toKey - fromKey));
  }
  const after = held();
  // Also keeps both alive until then: one that is freed meanwhile would count against the other.
  for (const one of [warm, limiter]) {
    await isAdmitted(one, keyAt(0), originUs);
    one.close();
  }
  return {
    residentBytes: after.resident - before.resident,
    heapBytes: after.heap - before.heap,
    firstCallUs,
    newKeyNs,
  };
}

const [name = '', keys = '', originUs = '', ownLimiter] = process.argv.slice(2);
const figures = await measure(name, Number(keys), Number(originUs), ownLimiter ?? null);
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
