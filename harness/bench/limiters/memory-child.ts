/**
 * What a limiter holds for each key, in a process of its own, and what its very first decision takes.
 * `node --expose-gc memory-child.js RIVAL KEYS ORIGIN-US [MODULE]`; prints one `MemoryFigures` as JSON.
 */
import process from 'node:process';
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
const YOUNG_KEYS = 1_000_000;

function held(): { resident: number; heap: number } {
  // Twice: what the first leaves to be finalised, the second frees.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed + external };
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

/**
 * Makes texts as the measured part does, so that V8 has as much room for what lives shortly before it begins as it
 * wants; else that room counts as the limiter's.
 */
function growYoung(): void {
  let length = 0;
  for (let index = 0; index < YOUNG_KEYS; index++) length += keyAt(index).length;
  if (length === 0) throw new Error('keys have no text');
}

async function measure(
  name: string,
  keys: number,
  originUs: number,
  ownLimiter: string | null,
): Promise<MemoryFigures> {
  const rival = await rivalOf(name, originUs, ownLimiter);
  const settings = { capacity: 10, refillCells: 1, refillPeriodUs: 3_600_000_000, maxKeys: keys };
  const warm = rival.open({ ...settings, maxKeys: WARM_KEYS });
  const beganNs = process.hrtime.bigint();
  await isAdmitted(warm, keyAt(0), originUs);
  const firstCallUs = Number(process.hrtime.bigint() - beganNs) / 1000;
  for (let index = 0; index < WARM_KEYS; index++) await isAdmitted(warm, keyAt(index), originUs);
  warm.close();
  growYoung();

  const before = held();
  const limiter = rival.open(settings);
  const newKeyNs: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const fromKey = Math.floor((keys * part) / PARTS);
    const toKey = Math.floor((keys * (part + 1)) / PARTS);
    const partBeganNs = process.hrtime.bigint();
    // Keys are made for the call, as a server does from what it receives: who keeps a key holds its text too.
    for (let index = fromKey; index < toKey; index++) {
      if (limiter.form === 'value') limiter.decide(keyAt(index), originUs);
      else await isAdmitted(limiter, keyAt(index), originUs);
    }
    newKeyNs.push(Number(process.hrtime.bigint() - partBeganNs) / (toKey - fromKey));
  }
  const after = held();
  // Also keeps the limiter alive until it has been measured.
  await isAdmitted(limiter, keyAt(0), originUs);
  limiter.close();
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
