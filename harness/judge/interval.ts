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
/** Draws at most, so that a hundred thousand identities take no minutes. */
const DRAWS_MAX = 4_000_000;

/**
 * Percentile bootstrap over identities, with a fixed seed: the same record gives the same interval.
 *
 * If no identity was ever hit, resampling can only answer [0, 0], as if zero were certain. The bound then is Wilson's
 * for "how many identities are hit at all", z^2 / (n + z^2): the share of the requests is at most that if those
 * identities lose every one. The same holds the other way round when everything was a hit.
 *
 * @returns null when there is nothing to resample.
 */
export function ratioInterval(identities: readonly IdentityRatio[], seed: number): readonly [number, number] | null {
  const counted = identities.filter(({ trials }) => trials > 0);
  const n = counted.length;
  if (n === 0) return null;
  const hits = counted.reduce((sum, one) => sum + one.hits, 0);
  const trials = counted.reduce((sum, one) => sum + one.trials, 0);
  const unseen = (Z * Z) / (n + Z * Z);
  if (hits === 0) return [0, unseen];
  if (hits === trials) return [1 - unseen, 1];
  return bootstrap(counted, seed);
}

function bootstrap(identities: readonly IdentityRatio[], seed: number): readonly [number, number] {
  const n = identities.length;
  const resamples = Math.max(RESAMPLES_MIN, Math.min(RESAMPLES, Math.floor(DRAWS_MAX / n)));
  const generator = xoroshiro128plus(seed | 0);
  const hits = Float64Array.from(identities, (one) => one.hits);
  const trials = Float64Array.from(identities, (one) => one.trials);
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
