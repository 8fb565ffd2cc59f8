/**
 * Plays a right limiter of one family from a seed, hides the moments of decision, and tells what the judge holds against
 * it: nothing, if the judge is sound. Everything that can blur a verdict is in the play, see `limiter-history.ts`; the
 * clock's grain goes from 1 us to 1 s, and there are 1 to 8 nodes.
 */

import { Outcome } from '../../harness/actors/outcome.js';
import type { AgeCost, BanSpec, LimitBy } from '../../harness/core/spec.js';
import type { PolicyLimit } from '../../harness/scenario/plan.js';
import { Dice } from './dice.js';
import { type HistoryOptions, playHistory } from './limiter-history.js';
import { sourceOf } from './observation-builder.js';
import { runOracles } from './oracle-run.js';
import {
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  costs,
} from './plan-builder.js';

export type FamilyName = PolicyLimit['family'];

export const familyNames: readonly FamilyName[] = [
  'token-bucket',
  'decaying-counter',
  'leaky-queue',
  'fixed-window',
  'fill-counter',
  'ratio-monitor',
  'sliding-log',
  'sliding-counter',
  'earned-budget',
  'concurrency',
];

const bys: readonly LimitBy[] = [
  ['key'],
  ['account'],
  ['ip'],
  ['master'],
  [],
  ['account', 'class'],
  ['ip', 'class'],
  ['ip', 'key'],
  ['class'],
];

/** Costs of a placed order (class 3) and of a cancelled one (class 5), which may cost more while it is young. */
function anyBase(dice: Dice, scaleUs: number) {
  const by = dice.one(bys);
  const ages: AgeCost[] = [1, 2, 3]
    .map((step) => ({ underUs: step * 20 * scaleUs, cells: dice.between(0, 2) }))
    .slice(0, dice.between(1, 3));
  const isAged = dice.chance(0.25);
  return {
    by,
    ipPrefix: by.includes('ip') && dice.chance(0.5) ? { v4: dice.between(29, 32), v6: 64 } : null,
    costs: costs({ 'order.place': dice.between(dice.chance(0.1) ? 0 : 1, 3), 'order.cancel': dice.between(0, 2) }, 1),
    ageCosts: costs().map((_, requestClass) => (isAged && requestClass === 5 ? ages : [])),
    ban: dice.chance(0.2) ? anyBan(dice, scaleUs) : null,
    isShadow: dice.chance(0.05),
  };
}

function anyBan(dice: Dice, scaleUs: number): BanSpec {
  const firstUs = dice.between(1, 200) * scaleUs;
  const steps = dice.between(1, 3);
  return {
    afterThrottles: dice.between(1, 4),
    stepsUs: Array.from({ length: steps }, (_, step) => firstUs * (step + 1)),
    forgetUs: steps === 1 ? 0 : dice.between(1, 600) * scaleUs,
  };
}

export function anyLimit(family: FamilyName, dice: Dice, scaleUs: number): PolicyLimit {
  const base = anyBase(dice, scaleUs);
  const capacity = dice.between(1, 8);
  const windowUs = dice.between(1, 400) * scaleUs;
  const anchor = dice.one(['calendar', 'first-hit'] as const);
  const refill = { refillCells: dice.between(1, 7), refillPeriodUs: windowUs };
  const creditsMax = costs({ 'order.place': dice.between(0, 2), 'order.cancel': dice.chance(0.2) ? 1 : 0 }, 0);
  switch (family) {
    case 'token-bucket':
      return aTokenBucket({ ...base, capacity, ...refill });
    case 'decaying-counter':
      return aDecayingCounter({ ...base, capacity, ...refill });
    case 'leaky-queue':
      return aLeakyQueue({ ...base, capacity, queueCells: dice.between(1, 8), ...refill });
    case 'fixed-window':
      return aFixedWindow({ ...base, capacity, windowUs, anchor, countsDenied: dice.chance(0.5) });
    case 'fill-counter':
      return aFillCounter({ ...base, capacity, windowUs, anchor, creditsMax });
    case 'ratio-monitor':
      return aRatioMonitor({ ...base, capacity, windowUs, anchor, creditsMax });
    case 'sliding-log':
      return aSlidingLog({ ...base, capacity, windowUs });
    case 'sliding-counter':
      return aSlidingCounter({ ...base, capacity, windowUs });
    case 'earned-budget':
      return anEarnedBudget({ ...base, capacity, trickleUs: dice.chance(0.3) ? null : windowUs, creditsMax });
    case 'concurrency':
      return aConcurrency({ ...base, capacity });
  }
}

/** A history under a limit of this family, and perhaps another one of any. */
export function anyHistoryOf(family: FamilyName, seed: number): HistoryOptions {
  const dice = new Dice(seed * familyNames.length + familyNames.indexOf(family));
  const scaleUs = dice.one([1, 1, 1, 100, 20_000]);
  const families = [family, ...(dice.chance(0.3) ? [dice.one(familyNames)] : [])];
  const limits = families.map((one, index) => ({ ...anyLimit(one, dice, scaleUs), name: `limit-${index}` }));
  return {
    policy: aPolicy(limits, {
      resolutionUs: dice.one([1, 1, 1, 2, 7, scaleUs, 50 * scaleUs]),
      nodes: dice.one([1, 1, 1, 1, 2, 3, 8]),
      exclusive: !dice.chance(0.1),
      // As long as a request can take: two delays of fifty times sixty.
      latestDecisionUs: 20_000 * scaleUs,
    }),
    seed: dice.below(2 ** 31),
    requests: dice.between(1, 60),
    gapUs: dice.one([1, 5, 30]) * scaleUs,
    delayUs: dice.one([0, 1, 10, 60]) * scaleUs,
    identities: dice.one([1, 1, 2, 5]),
    lost: dice.one([0, 0, 0.1]),
    refused: dice.one([0, 0, 0.2]),
    wronged: 0,
    unnamed: dice.one([0, 0.5]),
    elementsMax: dice.one([1, 1, 3]),
  };
}

/**
 * What the judge got wrong, a sentence each.
 *
 * @param wronged - share of the requests that are denied for no reason; then the limiter is right but for these.
 */
export function chargesAgainst(family: FamilyName, seed: number, wronged = 0): readonly string[] {
  const options = { ...anyHistoryOf(family, seed), wronged };
  const { policy } = options;
  const played = playHistory(options);
  const found = runOracles(aPlan({ policy }), sourceOf(played.map(({ row }, signature) => ({ ...row, signature }))));
  const where = `${family}, seed ${seed}`;
  const leaks = found.leaks.map(
    ({ limitIndex, worst }) => `${where}: limit ${limitIndex} is said to have leaked ${worst?.excessCells} cells`,
  );
  const blocks = found.blocks.flatMap(({ row, shared, own }) => {
    const hadCells = played[row.signature]?.hadCells ?? false;
    if (shared === 'wrongful' && !hadCells)
      return [`${where}: the block of request ${row.signature} is called wrongful`];
    // Of one identity alone its own use is all use, but it knows more of its bans.
    const isLimited = row.outcome === Outcome.throttled || row.outcome === Outcome.banned;
    if (options.identities === 1 && isLimited && own === 'wrongful' && !hadCells) {
      return [`${where}: the block of request ${row.signature} is called false`];
    }
    if (shared === 'called-for' && hadCells) {
      return [`${where}: the block of request ${row.signature} is called right, and had its cells`];
    }
    return [];
  });
  return [...leaks, ...blocks];
}
