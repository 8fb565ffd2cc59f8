import type { ClientClock, Plan } from '../scenario/plan.js';
import type { Identity, Random } from './actor.js';
import { naturalLog } from './elementary.js';
import { createRandom, deriveSeed } from './random.js';

const MINUTE_US = 60_000_000;

/**
 * How far the clock of an identity is ahead of the true one at `nowUs`; behind when negative. Whole microseconds.
 *
 * It is fixed by the seed, the actor's name and the identity's place in its actor alone: who else takes part, and which
 * worker asks, changes nothing. All draws are made whatever the plan says, so that an actor that is given a drift keeps
 * the rest of its clocks as they were.
 *
 * @param nowUs - Run time; drift counts from its zero, and before that nothing has drifted.
 */
export function clockOffsetUs(plan: Plan, seed: number, identity: Identity, nowUs: number): number {
  const actor = plan.actors[identity.actor];
  if (actor === undefined || isExact(actor.clock)) return 0;
  const { sigmaUs, strayShare, strayUs, driftShare, driftUsPerMinute } = actor.clock;
  const random = createRandom(deriveSeed(seed, 'client-clock', actor.name, placeOf(plan, identity)));
  const strays = random.unit() < strayShare ? strayUs : 0;
  const straySign = random.unit() < 0.5 ? -1 : 1;
  const drifts = random.unit() < driftShare ? (driftUsPerMinute * Math.max(0, nowUs)) / MINUTE_US : 0;
  const driftSign = random.unit() < 0.5 ? -1 : 1;
  // Last, since it takes as many draws as it needs.
  const ownUs = sigmaUs * normal(random);
  // Adding 0 makes a negative zero a plain one.
  return Math.round(ownUs + straySign * strays + driftSign * drifts) + 0;
}

function isExact({ sigmaUs, strayShare, driftShare }: ClientClock): boolean {
  return sigmaUs === 0 && strayShare === 0 && driftShare === 0;
}

/** Which of the actor's identities it is, from 0. */
function placeOf(plan: Plan, identity: Identity): number {
  let first = 0;
  for (let actor = 0; actor < identity.actor; actor++) first += plan.actors[actor]?.population ?? 0;
  return identity.index - first;
}

/**
 * A draw of the standard normal distribution.
 * @see Marsaglia, Bray: A convenient method for generating normal variables, SIAM Review 6 (1964), the polar method:
 * it wants a logarithm and a root, which come out the same on every machine.
 */
function normal(random: Random): number {
  for (;;) {
    const x = 2 * random.unit() - 1;
    const y = 2 * random.unit() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * naturalLog(square)) / square);
  }
}
