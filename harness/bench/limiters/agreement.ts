/**
 * Whether a limiter decides what the others decide. Figures of limiters that do different things say nothing, so this
 * comes before any timing.
 */
import { createRandom } from '../../actors/random.js';
import type { Gate } from '../../core/spec.js';
import type { AnswerForm } from './rounds.js';
import { keyAt } from './workload.js';

export interface LimiterSettings {
  readonly capacity: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
  readonly maxKeys: number;
}

/** A limiter that has been made; one call is one request of one cell. */
export interface OpenLimiter {
  readonly form: AnswerForm;
  readonly decide: (key: string, nowUs: number) => unknown;
  close(): void;
  /** What is behind it when it is one of ours. */
  readonly gate?: Gate;
}

const KEYS = 50;
const REQUESTS = 2000;
const SEED = 7;

/** Nothing comes back while the check lasts, so that a bucket and a window have to say the same. */
export const frozen: LimiterSettings = {
  capacity: 3,
  refillCells: 1,
  refillPeriodUs: 3_600_000_000,
  maxKeys: KEYS,
};

/** Two cells in 7 s, which no float holds exactly. */
export const refilling: LimiterSettings = { capacity: 3, refillCells: 2, refillPeriodUs: 7_000_000, maxKeys: KEYS };

export async function isAdmitted({ form, decide }: OpenLimiter, key: string, nowUs: number): Promise<boolean> {
  if (form !== 'rejection') return Boolean(await decide(key, nowUs));
  try {
    await decide(key, nowUs);
    return true;
  } catch {
    return false;
  }
}

/**
 * Every key has its first `capacity` requests admitted and all further ones throttled.
 *
 * @param limiter - made with `frozen`.
 * @returns the first request that is decided otherwise, or null.
 */
export function burstDisagreement(limiter: OpenLimiter, originUs: number): Promise<string | null> {
  const used = new Map<string, number>();
  return disagreement(limiter, originUs, 0, (key) => {
    const before = used.get(key) ?? 0;
    used.set(key, before + 1);
    return before < frozen.capacity;
  });
}

/**
 * Cells come back as time goes on, exactly.
 *
 * @param limiter - made with `refilling`.
 */
export function refillDisagreement(limiter: OpenLimiter, originUs: number): Promise<string | null> {
  // The level in units of 1 / refillPeriodUs cell: whole numbers throughout.
  const { capacity, refillCells, refillPeriodUs } = refilling;
  const levels = new Map<string, { units: number; atUs: number }>();
  return disagreement(limiter, originUs, refillPeriodUs / 25, (key, nowUs) => {
    const { units, atUs } = levels.get(key) ?? { units: capacity * refillPeriodUs, atUs: nowUs };
    const level = Math.min(capacity * refillPeriodUs, units + (nowUs - atUs) * refillCells);
    const fits = level >= refillPeriodUs;
    levels.set(key, { units: fits ? level - refillPeriodUs : level, atUs: nowUs });
    return fits;
  });
}

async function disagreement(
  limiter: OpenLimiter,
  originUs: number,
  stepUsMax: number,
  reference: (key: string, nowUs: number) => boolean,
): Promise<string | null> {
  const random = createRandom(SEED);
  let nowUs = originUs;
  for (let request = 1; request <= REQUESTS; request++) {
    const key = keyAt(random.below(KEYS));
    nowUs += random.below(Math.floor(stepUsMax) + 1);
    const wanted = reference(key, nowUs);
    if ((await isAdmitted(limiter, key, nowUs)) === wanted) continue;
    const words = wanted ? 'throttles where it should admit' : 'admits where it should throttle';
    return `request ${request}, of ${key} after ${nowUs - originUs} us: it ${words}`;
  }
  return null;
}
