/**
 * How probable what was seen is when nothing differs: tails of Student's, the hypergeometric and the binomial law. Written
 * for comparisons alone, so of each law no more than they ask for. Good to ten digits, which is held against sums and tables.
 */

/** Lanczos' series (g = 7, nine terms), W. Press et al., "Numerical Recipes", 3rd edition, section 6.1. @param x - above 0. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const above = x - 1;
  const sum = terms.reduce((total, term, index) => total + term / (above + index + 1), 0.99999999999980993);
  const base = above + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (above + 0.5) * Math.log(base) - base + Math.log(sum);
}

export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * The chance of a value at least as far above zero.
 *
 * @param t - any number; Infinity = 0.
 * @param degrees - of freedom, above 0.
 */
export function studentTail(t: number, degrees: number): number {
  if (t === Number.POSITIVE_INFINITY) return 0;
  if (t < 0) return 1 - studentTail(-t, degrees);
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}

/** The value that is exceeded with the chance `tail`, by halving. @param tail - above 0, at most 0.5. */
export function studentPoint(tail: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, degrees) > tail) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** Regularized, by its continued fraction (Numerical Recipes, section 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const STEPS_MAX = 500;

function fraction(x: number, a: number, b: number): number {
  const nonzero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= STEPS_MAX; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      result *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

/** Hits among trials; whole numbers, the hits no more than the trials. */
export interface HitCount {
  readonly hits: number;
  readonly trials: number;
}

/**
 * The chance that the first had so few of all hits, or fewer, when each hit could as well have been any trial: one side of
 * Fisher's exact test. It is also that of the order of two samples: that of `second` at least so many lie above the value
 * of `first` which `first.hits` of its own lie above.
 */
export function fewerHitsChance(first: HitCount, second: HitCount): number {
  const hits = first.hits + second.hits;
  const trials = first.trials + second.trials;
  const all = logChoose(trials, hits);
  const logOf = (k: number): number => logChoose(first.trials, k) + logChoose(second.trials, hits - k) - all;
  return sumDown(first.hits, Math.max(0, hits - second.trials), logOf);
}

/** The chance that of `trials`, each a hit with the chance `share`, so few are one, or fewer. @param share - within (0, 1). */
export function fewChance({ hits, trials }: HitCount, share: number): number {
  const logOf = (k: number): number => logChoose(trials, k) + k * Math.log(share) + (trials - k) * Math.log1p(-share);
  return sumDown(hits, 0, logOf);
}

/** Sum of chances from `from` down; stops where the rest no longer counts, as they fall ever faster below the middle. */
function sumDown(from: number, to: number, logOf: (k: number) => number): number {
  let sum = 0;
  let before = 0;
  for (let k = from; k >= to; k--) {
    const term = Math.exp(logOf(k));
    sum += term;
    if (term < before && term < sum * 1e-14) break;
    before = term;
  }
  return Math.min(1, sum);
}

/**
 * Each chance as it must be read because so many were asked for at once: that any of them falls below a level by accident
 * is then no more probable than the level, however they depend on each other (S. Holm, "A simple sequentially rejective
 * multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
 */
export function holmAdjusted(chances: readonly number[]): readonly number[] {
  const order = chances.map((_, index) => index).sort((a, b) => (chances[a] as number) - (chances[b] as number));
  const adjusted = chances.map(() => 1);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (chances.length - rank) * (chances[index] as number)));
    adjusted[index] = highest;
  }
  return adjusted;
}
