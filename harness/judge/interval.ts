/** 95 % intervals of a ratio, by resampling identities: one customer's requests are not independent of each other. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface IdentityRatio {
  /** Of the numerator. */
  readonly hits: number;
  readonly trials: number;
}

const Z = 1.959964;
const RESAMPLES = 2000;
const RESAMPLES_MIN = 200;
/** Draws at most, so that many identities take no minutes. */
const DRAWS_MAX = 4_000_000;
/**
 * More identities than this are dealt into so many parts, one after the other, and parts are drawn instead: a sum over
 * random parts varies as one over the identities in them does, and with so many the interval is as good.
 */
const PARTS_MAX = 4096;

/**
 * Percentile bootstrap over identities, with a fixed seed: the same record gives the same interval.
 *
 * If no identity was ever hit, resampling can only answer [0, 0], as if zero were certain. The bound then is Wilson's
 * for "how many identities are hit at all", z^2 / (n + z^2): the share of the requests is at most that if those
 * identities lose every one. The same holds the other way round when everything was a hit.
 *
 * @returns null when there is nothing to resample.
 */
export function ratioInterval(identities: Iterable<IdentityRatio>, seed: number): readonly [number, number] | null {
  const hits = new Float64Array(PARTS_MAX);
  const trials = new Float64Array(PARTS_MAX);
  let n = 0;
  let allHits = 0;
  let allTrials = 0;
  for (const one of identities) {
    if (one.trials === 0) continue;
    const part = n % PARTS_MAX;
    hits[part] = (hits[part] as number) + one.hits;
    trials[part] = (trials[part] as number) + one.trials;
    allHits += one.hits;
    allTrials += one.trials;
    n++;
  }
  if (n === 0) return null;
  if (allHits === 0) return [0, unseenShare(n)];
  if (allHits === allTrials) return [1 - unseenShare(n), 1];
  const parts = Math.min(n, PARTS_MAX);
  return bootstrap(hits.subarray(0, parts), trials.subarray(0, parts), seed);
}

/** Wilson's upper bound of a share of which nothing was seen among `n`. */
export function unseenShare(n: number): number {
  return (Z * Z) / (n + Z * Z);
}

function bootstrap(hits: Float64Array, trials: Float64Array, seed: number): readonly [number, number] {
  const n = hits.length;
  const resamples = Math.max(RESAMPLES_MIN, Math.min(RESAMPLES, Math.floor(DRAWS_MAX / n)));
  const generator = xoroshiro128plus(seed | 0);
  const ratios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let hitsDrawn = 0;
    let trialsDrawn = 0;
    for (let draw = 0; draw < n; draw++) {
      // 32 random bits times n: the bias of a draw is below n / 2^32.
      const index = Math.floor(((generator.next() >>> 0) / 2 ** 32) * n);
      hitsDrawn += hits[index] as number;
      trialsDrawn += trials[index] as number;
    }
    ratios[resample] = hitsDrawn / trialsDrawn;
  }
  ratios.sort();
  const at = (share: number): number => ratios[Math.round(share * (resamples - 1))] as number;
  return [at(0.025), at(0.975)];
}
