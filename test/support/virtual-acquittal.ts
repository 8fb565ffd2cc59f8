/** Plans in virtual time whose target is right, under everything that can blur a verdict: nobody may be blamed in any. */

import { type BehaviourName, behaviourTable } from '../../harness/scenario/behaviours.js';
import type { Plan, PolicyLimit, VirtualWorld } from '../../harness/scenario/plan.js';
import { actorDefaults, virtualDefaults } from '../../harness/scenario/plan-defaults.js';
import type { FamilyName } from './acquittal.js';
import { Dice } from './dice.js';
import {
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  anExpectation,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  costs,
  SECOND_US,
} from './plan-builder.js';

const RUN_US = 8 * SECOND_US;
const DRIFT_PPM = 50;

const limitOf: Readonly<Record<FamilyName, (dice: Dice) => PolicyLimit>> = {
  'token-bucket': (dice) => aTokenBucket({ ...any(dice), refillCells: dice.between(1, 20) }),
  'decaying-counter': (dice) => aDecayingCounter({ ...any(dice), refillCells: dice.between(1, 10) }),
  'leaky-queue': (dice) => aLeakyQueue({ ...any(dice), queueCells: dice.between(1, 10) }),
  'fixed-window': (dice) =>
    aFixedWindow({ ...any(dice), anchor: dice.one(['calendar', 'first-hit']), countsDenied: dice.chance(0.3) }),
  'fill-counter': (dice) => aFillCounter({ ...any(dice), anchor: dice.one(['calendar', 'first-hit']) }),
  'ratio-monitor': (dice) => aRatioMonitor(any(dice)),
  'sliding-log': (dice) => aSlidingLog(any(dice)),
  'sliding-counter': (dice) => aSlidingCounter(any(dice)),
  'earned-budget': (dice) => anEarnedBudget({ ...any(dice), trickleUs: SECOND_US }),
  concurrency: (dice) => aConcurrency({ ...any(dice), capacity: dice.between(1, 3) }),
};

function any(dice: Dice) {
  return {
    by: dice.one([['key'], ['account'], ['ip'], [], ['account', 'class']] as const),
    capacity: dice.between(3, 30),
    // Nobody's account or key is behind a ticker.
    costs: costs({ ticker: 0, login: 0 }),
    kills: dice.chance(0.2),
    ban: dice.chance(0.15) ? { afterThrottles: 5, stepsUs: [SECOND_US], forgetUs: 0 } : null,
  };
}

function anyWorld(dice: Dice, runUs: number): VirtualWorld {
  const moment = (): number => dice.between(0, runUs);
  return {
    ...virtualDefaults,
    delayUs: dice.one([0, 500, 20_000]),
    jitterUs: dice.one([0, 2_000, 200_000]),
    loss: dice.one([0, 0.02]),
    reorderShare: dice.one([0, 0.1]),
    reorderUs: 100_000,
    serverPerSecond: dice.one([null, null, 150, 2_000]),
    serverQueueMax: dice.one([20, 10_000]),
    driftPpm: dice.one([0, -DRIFT_PPM, DRIFT_PPM]),
    steps: dice.chance(0.5) ? [{ atUs: moment(), byUs: dice.between(-2 * SECOND_US, 2 * SECOND_US) }] : [],
    freezes: dice.chance(0.5) ? [{ atUs: moment(), forUs: dice.between(1, SECOND_US) }] : [],
    outages: dice.chance(0.2) ? [{ atUs: moment(), forUs: dice.between(1, SECOND_US) }] : [],
    restarts: dice.chance(0.2) ? [moment()] : [],
  };
}

export function virtualActor(
  name: string,
  behaviour: BehaviourName,
  numbers: { population: number; ratePerSecond: number; endUs: number },
) {
  const { population, ratePerSecond, endUs } = numbers;
  const params = Object.fromEntries(
    Object.entries(behaviourTable[behaviour].params).map(([key, row]) => [
      key,
      row.kind === 'actor' ? 'customers' : row.preset,
    ]),
  );
  return {
    name,
    label: behaviourTable[behaviour].label,
    population,
    behaviour,
    params,
    ...actorDefaults,
    arrivals: { process: 'poisson', ratePerSecond },
    active: [{ startUs: 0, endUs }],
  } as const;
}

/** A right target of one family in any world. */
export function rightPlan(family: FamilyName, seed: number, changes: Partial<VirtualWorld> = {}, runUs = RUN_US): Plan {
  const dice = new Dice(seed);
  const limit = limitOf[family](dice);
  const virtual = { ...anyWorld(dice, runUs), ...changes };
  const bots = virtualActor('bots', 'retail-bot', { population: 2, ratePerSecond: 15, endUs: runUs });
  // The judge knows nothing of a drift: the policy says how far the clock may be off over a run.
  const resolutionUs = Math.max(1, Math.ceil((runUs * Math.abs(virtual.driftPpm)) / 1e6));
  const auth = aPolicy([]).auth;
  return aPlan({
    policy: aPolicy([limit], {
      nodes: dice.one([1, 1, 1, 3]),
      resolutionUs,
      auth: auth && { ...auth, replayCapacity: 100_000, replayPerKey: 100_000 },
    }),
    virtual,
    warmupUs: SECOND_US,
    phases: [{ name: 'run', startUs: SECOND_US, endUs: runUs }],
    actors: [
      virtualActor('customers', 'retail-trader', { population: 6, ratePerSecond: 40, endUs: runUs }),
      // Some of whose orders are filled at once, which gives cells back.
      { ...bots, params: { ...bots.params, marketShare: 0.5 } },
      virtualActor('makers', 'market-maker', { population: 2, ratePerSecond: 1, endUs: runUs }),
      virtualActor('flooders', 'order-flood', { population: 2, ratePerSecond: 60, endUs: runUs }),
      virtualActor('thieves', 'replay', { population: 3, ratePerSecond: 10, endUs: runUs }),
    ],
    expectations: [
      anExpectation('legit.wrongfulBlocks', '<=', 0),
      anExpectation('abuse.wrongfulBlocks', '<=', 0),
      anExpectation('abuse.replaysAccepted', '<=', 0),
      anExpectation('all.leak', '<=', 0),
    ],
    request: { timeoutUs: dice.one([300_000, 5 * SECOND_US]), connectionsPerIp: 8, openMax: 10_000 },
  });
}
