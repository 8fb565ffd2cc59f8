import { describe, expect, it } from 'vitest';
import type { Answered, Intent } from '../../../../harness/actors/actor.js';
import { waitUsMax } from '../../../../harness/actors/legit/patience.js';
import { RetryBudget, retryWaitUs } from '../../../../harness/actors/legit/retry.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { type BehaviourName, behaviourNames, behaviourTable } from '../../../../harness/scenario/behaviours.js';
import type { RetryPlan } from '../../../../harness/scenario/plan.js';
import { answered, setStage, throttled } from '../stage.js';

const plan: RetryPlan = {
  policy: 'fixed',
  attempts: 3,
  baseUs: 100_000,
  capUs: 1_000_000,
  followShare: 0,
  budgetShare: null,
};
const policies = ['never', 'immediate', 'fixed', 'exponential', 'full-jitter'] as const;

describe('the wait before a retry', () => {
  it.each([
    { policy: 'never', waits: [null, null, null, null, null, null] },
    { policy: 'immediate', waits: [0, 0, 0, 0, 0, null] },
    { policy: 'fixed', waits: [100_000, 100_000, 100_000, 100_000, 100_000, null] },
    { policy: 'exponential', waits: [100_000, 200_000, 400_000, 800_000, 1_000_000, null] },
  ] as const)('is as $policy has it, for as many attempts as there are', ({ policy, waits }) => {
    const of = (attempt: number) => retryWaitUs({ ...plan, policy, attempts: 5 }, attempt, createRandom(1));
    expect([0, 1, 2, 3, 4, 5].map(of)).toEqual(waits);
  });

  it.each([
    { attempt: 0, most: 100_000 },
    { attempt: 2, most: 400_000 },
    { attempt: 9, most: 1_000_000 },
    { attempt: 1_999, most: 1_000_000 },
  ])('is uniform from 0 to $most with full jitter before retry $attempt', ({ attempt, most }) => {
    const random = createRandom(attempt);
    const jittered = { ...plan, policy: 'full-jitter', attempts: 2_000 } as const;
    const waits = Array.from({ length: 2_000 }, () => retryWaitUs(jittered, attempt, random) ?? -1);
    expect(waits.every((us) => Number.isSafeInteger(us) && us >= 0 && us <= most)).toBe(true);
    const mean = waits.reduce((sum, us) => sum + us, 0) / waits.length;
    // Five standard errors of a uniform mean.
    expect(Math.abs(mean - most / 2)).toBeLessThan((5 * most) / Math.sqrt(12 * 2_000));
    expect(Math.max(...waits)).toBeGreaterThan(0.99 * most);
  });

  it('with full jitter can be nothing and can be all of it', () => {
    const draw = (unit: number) => ({ unit: () => unit, below: () => 0, exponential: () => 0 });
    const jittered = { ...plan, policy: 'full-jitter' } as const;
    expect(retryWaitUs(jittered, 0, draw(0))).toBe(0);
    expect(retryWaitUs(jittered, 0, draw(1 - 2 ** -53))).toBe(100_000);
  });
});

describe('a retry budget', () => {
  it.each([
    { share: 0, firsts: 100, retries: 10 },
    { share: 0.2, firsts: 0, retries: 10 },
    { share: 0.2, firsts: 4, retries: 10 },
    { share: 0.2, firsts: 5, retries: 11 },
    { share: 0.2, firsts: 100, retries: 30 },
    { share: 1, firsts: 7, retries: 17 },
  ])('of $share lets $retries retries through after $firsts first attempts', ({ share, firsts, retries }) => {
    const budget = new RetryBudget(share, 3);
    for (let i = 0; i < firsts; i++) budget.asked(1);
    const taken = Array.from({ length: 200 }, () => budget.take(1)).filter(Boolean).length;
    expect(taken).toBe(retries);
    // Others have their own.
    expect([budget.take(0), budget.take(2)]).toEqual([true, true]);
  });

  it('grows with what is asked later', () => {
    const budget = new RetryBudget(0.5, 1);
    while (budget.take(0));
    budget.asked(0);
    expect(budget.take(0)).toBe(false);
    budget.asked(0);
    expect(budget.take(0)).toBe(true);
    expect(budget.take(0)).toBe(false);
  });
});

function stageOf(name: BehaviourName, retry: Partial<RetryPlan>, population = 1) {
  return setStage(name, { population, actor: { retry: { ...plan, ...retry } } });
}

/** Waits of the retries of one wish that is always answered alike, until the client gives up or does something else. */
function waitsOf(stage: ReturnType<typeof setStage>, answer: Answered, identity = stage.identities[0]): number[] {
  const waits: number[] = [];
  let intent: Intent = stage.arrive(identity);
  for (;;) {
    const next = stage.behaviour.onOutcome(intent, answer, 0);
    if (next === null || next.intent.kind !== IntentKind.retry) return waits;
    expect(next.intent).toEqual({ ...intent, kind: IntentKind.retry, attempt: intent.attempt + 1 });
    waits.push(next.afterUs);
    intent = next.intent;
  }
}

describe('a client with a retry policy', () => {
  // What was recorded holds the retries itself.
  const honest = behaviourNames.filter((name) => behaviourTable[name].label === 'legit' && name !== 'recorded');

  it('asks nothing on its own of what it repeats from a recording', () => {
    const stage = stageOf('recorded', { policy: 'immediate' });
    for (const answer of [throttled(5_000), answered(Outcome.serverError), answered(Outcome.timeout)]) {
      expect(waitsOf(stage, answer)).toEqual([]);
    }
  });

  it.each(honest)('tries again as often as the policy says, whatever its behaviour: %s', (name) => {
    for (const answer of [throttled(5_000), answered(Outcome.serverError), answered(Outcome.timeout)]) {
      expect(waitsOf(stageOf(name, { policy: 'immediate' }), answer)).toEqual([0, 0, 0]);
      expect(waitsOf(stageOf(name, { policy: 'never' }), answer)).toEqual([]);
      expect(waitsOf(stageOf(name, { policy: 'exponential', attempts: 2 }), answer)).toEqual([100_000, 200_000]);
    }
  });

  it.each(policies)('is never told to try again after an answer that will not change: %s', (policy) => {
    const { admitted, never, banned, refused, unsent, aborted, denied, unclear } = Outcome;
    for (const outcome of [admitted, never, banned, refused, unsent, aborted, denied, unclear]) {
      expect(waitsOf(stageOf('login', { policy }), answered(outcome, { retryAfterMs: 1 }))).toEqual([]);
    }
  });

  it('waits as long as Retry-After says and its own time on top, when it follows it', () => {
    const follow = { followShare: 1 };
    expect(waitsOf(stageOf('login', follow), throttled(700))).toEqual([800_000, 800_000, 800_000]);
    expect(waitsOf(stageOf('login', { ...follow, policy: 'immediate' }), throttled(700))).toEqual(
      Array(3).fill(700_000),
    );
    expect(waitsOf(stageOf('login', follow), throttled(-1))).toEqual([100_000, 100_000, 100_000]);
    const busy = answered(Outcome.serverError, { status: 503, retryAfterMs: 30 });
    expect(waitsOf(stageOf('login', follow), busy)).toEqual([130_000, 130_000, 130_000]);
  });

  it.each([waitUsMax / 1_000 + 1, 2 ** 31, Number.POSITIVE_INFINITY])(
    'gives up when it is told to wait %d ms and would follow, but not when it does not look',
    (retryAfterMs) => {
      expect(waitsOf(stageOf('login', { followShare: 1 }), throttled(retryAfterMs))).toEqual([]);
      expect(waitsOf(stageOf('login', { followShare: 0 }), throttled(retryAfterMs))).toHaveLength(3);
      expect(waitsOf(stageOf('login', { followShare: 1 }), throttled(waitUsMax / 1_000))).toHaveLength(3);
    },
  );

  it('follows Retry-After in a share of identities, the same ones each time', () => {
    const stage = stageOf('login', { followShare: 0.9 }, 1_000);
    const followers = () => stage.identities.map((identity) => waitsOf(stage, throttled(700), identity)[0] === 800_000);
    const first = followers();
    expect(Math.abs(first.filter(Boolean).length - 900)).toBeLessThan(48);
    expect(followers()).toEqual(first);
  });

  it('stops when the budget is used up, counting what it asked and not what it asked again', () => {
    const stage = stageOf('login', { policy: 'immediate', attempts: 4, budgetShare: 0.5 }, 2);
    const retries = (place: number) => waitsOf(stage, throttled(1), stage.identities[place]).length;
    // Ten on top, and one for every two wishes.
    expect(Array.from({ length: 6 }, () => retries(0))).toEqual([4, 4, 3, 1, 0, 1]);
    expect(retries(1)).toBe(4);
  });

  it('counts wishes that come true for its budget', () => {
    const stage = stageOf('login', { policy: 'immediate', attempts: 50, budgetShare: 0.5 });
    for (let i = 0; i < 9; i++)
      stage.behaviour.onOutcome(stage.arrive(), answered(Outcome.admitted, { status: 200 }), 0);
    expect(waitsOf(stage, throttled(1))).toHaveLength(15);
  });

  it('types the right password whatever its policy says, and that takes nothing of its attempts', () => {
    const stage = setStage('login', { params: { mistakeRate: 1 }, actor: { retry: { ...plan, attempts: 1 } } });
    const right = stage.behaviour.onOutcome(stage.arrive(), answered(Outcome.admitted, { status: 401 }), 0);
    expect(right?.afterUs).toBe(2_000_000);
    const again = right && stage.behaviour.onOutcome(right.intent, throttled(5), 0);
    expect(again?.afterUs).toBe(100_000);
    expect(again && stage.behaviour.onOutcome(again.intent, throttled(5), 0)).toBeNull();
  });
});
