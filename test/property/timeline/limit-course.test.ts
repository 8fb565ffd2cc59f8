/**
 * A right limiter is never drawn above its bound: histories of every family with the moments of decision hidden, over bins
 * of any length and several actors on the same counters; and the bound itself by its definition, request by request.
 */
import { describe, expect, test } from 'vitest';
import { chargeOf } from '../../../harness/judge/charge.js';
import { leastCells } from '../../../harness/judge/cost.js';
import { Counters } from '../../../harness/judge/counters.js';
import type { Row } from '../../../harness/judge/row.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { promisedCells } from '../../../harness/scenario/promise.js';
import type { Bins } from '../../../harness/timeline/bins.js';
import { LimitCourse } from '../../../harness/timeline/limit-course.js';
import { anyLimit, type FamilyName, familyNames } from '../../support/acquittal.js';
import { Dice } from '../../support/dice.js';
import { playHistory } from '../../support/limiter-history.js';
import { aPolicy } from '../../support/plan-builder.js';

const HISTORIES = 150;

interface Charge {
  readonly counter: number;
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly cells: number;
}

interface Played {
  readonly policy: Policy;
  readonly limit: PolicyLimit;
  readonly bins: Bins;
  /** Of each of two actors. */
  readonly charges: readonly (readonly Charge[])[];
}

function binsOf(binUs: number, startUs: number, count: number): Bins {
  return {
    binUs,
    startUs,
    count,
    planned: count,
    of: (us) => Math.min(count - 1, Math.max(0, Math.floor((us - startUs) / binUs))),
    startOf: (bin) => startUs + bin * binUs,
  };
}

function diceOf(seed: number): Dice {
  const dice = new Dice(seed);
  for (let skipped = 0; skipped < 10; skipped++) dice.below(2);
  return dice;
}

/** @param isRight - whether the limiter keeps to the policy that it is held against; else to one that allows more. */
function play(family: FamilyName, seed: number, isRight: boolean): Played {
  const dice = diceOf(seed * familyNames.length + familyNames.indexOf(family));
  const scaleUs = dice.one([1, 1, 100]);
  const limit: PolicyLimit = { ...anyLimit(family, dice, scaleUs), name: 'limit-0' };
  const policy = aPolicy([limit], {
    resolutionUs: dice.one([1, 1, 7, scaleUs, 50 * scaleUs]),
    nodes: dice.one([1, 1, 2, 3]),
    exclusive: false,
    latestDecisionUs: 20_000 * scaleUs,
  });
  const loose: PolicyLimit = { ...limit, capacity: limit.capacity + dice.between(1, 6) };
  const played = playHistory({
    policy: isRight ? policy : { ...policy, limits: [loose] },
    seed: dice.below(2 ** 31),
    requests: dice.between(1, 60),
    gapUs: dice.one([1, 5, 30]) * scaleUs,
    delayUs: dice.one([0, 1, 10, 60]) * scaleUs,
    identities: dice.one([1, 1, 2, 5]),
    lost: dice.one([0, 0.1]),
    refused: dice.one([0, 0.2]),
    wronged: 0,
    unnamed: 0,
    elementsMax: dice.one([1, 3]),
  });
  const rows = played.map(({ row }) => row as Row).sort((a, b) => a.concludedUs - b.concludedUs);
  const counters = new Counters(policy, {
    ipName: (index) => `10.0.0.${index}`,
    keyName: (index) => `key-${index}`,
    accountName: (index) => `master-${Math.floor(index / 3)}/${index % 3}`,
  });
  const charges: Charge[][] = [[], []];
  for (const row of rows) {
    if (!counters.ofClass(row.requestClass).some(({ index }) => index === 0) || chargeOf(row, limit) !== 'certain')
      continue;
    const counter = counters.counterOf(row, 0);
    if (counter < 0) continue;
    // Some identities are of one actor, one is of both.
    const actor = row.identity === 0 ? dice.below(2) : row.identity % 2;
    const { sentUs, concludedUs: answeredUs } = row;
    charges[actor]?.push({ counter, sentUs, answeredUs, cells: leastCells(row, limit) });
  }
  const lastUs = rows.at(-1)?.concludedUs ?? 0;
  const binUs = dice.between(1, 400) * scaleUs;
  const whole = Math.ceil((lastUs + 1) / binUs) + 1;
  // The last bin sometimes has all later times as well, and the first one begins before the run.
  const count = Math.min(400, dice.chance(0.3) ? Math.max(1, whole - dice.between(1, 5)) : whole);
  return { policy, limit, charges, bins: binsOf(binUs, -dice.below(binUs), count) };
}

function courseOf({ limit, policy, bins }: Played, charges: readonly Charge[]): LimitCourse {
  const course = new LimitCourse(limit, policy, bins);
  for (const { counter, sentUs, answeredUs, cells } of charges) course.charge(counter, sentUs, answeredUs, cells);
  return course;
}

/** The bound by its definition; charges that took 16 bins or more are in no interval. */
function boundsByHand({ limit, policy, bins }: Played, charges: readonly Charge[]): number[] {
  const lastUs = charges.at(-1)?.answeredUs ?? 0;
  const counted = charges.map((one) => ({ ...one, bin: bins.of(one.answeredUs), from: bins.of(one.sentUs), left: 0 }));
  const excess: number[] = [];
  return Array.from({ length: bins.count }, (_, bin) => {
    const keys = new Set(counted.filter((one) => one.bin <= bin).map(({ counter }) => counter)).size;
    const inside = (at: number, from: number): number =>
      counted
        .filter((one) => one.bin === at && one.from >= from && at - one.from < 16)
        .reduce((sum, { cells }) => sum + cells, 0);
    let worst = Number.NEGATIVE_INFINITY;
    for (let from = 0; from <= bin; from++) {
      let cells = inside(bin, from);
      for (let at = from; at < bin; at++) cells += Math.max(0, inside(at, from) - (excess[at] ?? 0));
      const endUs = Math.max(bins.startOf(bin + 1), bin === bins.count - 1 ? lastUs + 1 : 0);
      const promised = promisedCells(policy, limit, endUs - bins.startOf(from) - 1) ?? 0;
      worst = Math.max(worst, cells - keys * promised);
    }
    excess[bin] = Math.max(0, worst);
    const admitted = counted.filter((one) => one.bin === bin).reduce((sum, { cells }) => sum + cells, 0);
    return admitted - worst;
  });
}

const toldByTime = familyNames.filter((family) => family !== 'concurrency' && family !== 'earned-budget');

describe('the bound of what an actor was admitted', () => {
  test.each(toldByTime)('is never below what a right limiter admitted (%s)', (family) => {
    let compared = 0;
    let tight = 0;
    for (let seed = 0; seed < HISTORIES; seed++) {
      const played = play(family, seed, true);
      for (const charges of played.charges) {
        const course = courseOf(played, charges);
        const bounds = course.boundCells(played.bins.count);
        if (bounds === null) continue;
        for (const [bin, admitted] of course.admittedCells(played.bins.count).entries()) {
          const bound = bounds[bin] as number;
          if (!(admitted <= bound)) expect.fail(`${family}, seed ${seed}, bin ${bin}: ${admitted} above ${bound}`);
          compared++;
          if (admitted > 0 && bound - admitted <= 2) tight++;
        }
      }
    }
    if (family !== 'fill-counter' && family !== 'ratio-monitor') expect(compared).toBeGreaterThan(1000);
    if (family === 'token-bucket') expect(tight).toBeGreaterThan(10);
  });

  test.each(toldByTime)('is what its definition says, of a limiter that allows more too (%s)', (family) => {
    let above = 0;
    for (let seed = 0; seed < HISTORIES / 3; seed++) {
      const played = play(family, seed, false);
      if (played.bins.count > 120) continue;
      for (const charges of played.charges) {
        const course = courseOf(played, charges);
        const bounds = course.boundCells(played.bins.count);
        if (bounds === null) continue;
        expect(bounds, `${family}, seed ${seed}`).toEqual(boundsByHand(played, charges));
        expect(Math.min(0, ...bounds)).toBe(0);
        above += course.admittedCells(played.bins.count).filter((cells, bin) => cells > (bounds[bin] as number)).length;
      }
    }
    if (family === 'token-bucket' || family === 'sliding-log') expect(above).toBeGreaterThan(0);
  });
});
