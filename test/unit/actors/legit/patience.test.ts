import { describe, expect, it } from 'vitest';
import type { Answered, FollowUp } from '../../../../harness/actors/actor.js';
import { type Habit, Patience, waitUsMax } from '../../../../harness/actors/legit/patience.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { createSetting } from '../../../../harness/actors/setting.js';
import type { ActorPlan } from '../../../../harness/scenario/plan.js';
import { answered, setStage, throttled } from '../stage.js';

const intent = setStage('login').arrive();
/** Nine in ten come back after a throttle: all of them here. */
const patient: Habit = { followRetryAfterShare: 1, retries: 3 };

/** A hundred identities, each with a stream of its own. */
const stage = setStage('login', { population: 100 });

/** What follows for the first identity, or the one of that place. */
function retryOf(answer: Answered, attempt = 0, habit = patient, place = 0): FollowUp | null {
  const { plan, world, identities } = stage;
  const setting = createSetting(plan.actors[1] as ActorPlan, plan, { seed: 1, world, captured: null });
  const identity = identities[place] ?? intent.identity;
  return new Patience(setting, habit).after({ ...intent, identity, attempt }, answer);
}

describe('patience', () => {
  it.each([
    { retryAfterMs: 0, because: 'at once is allowed' },
    { retryAfterMs: 1, because: 'the smallest wait' },
    { retryAfterMs: 1_234, because: 'an exact wait' },
    { retryAfterMs: 50_000, because: 'a long one' },
  ])(
    'waits no less than a Retry-After of $retryAfterMs ms and no more than a tenth longer: $because',
    ({ retryAfterMs }) => {
      for (let seed = 0; seed < 50; seed++) {
        const afterUs = retryOf(throttled(retryAfterMs), 0, patient, seed)?.afterUs ?? -1;
        expect(afterUs).toBeGreaterThanOrEqual(retryAfterMs * 1_000);
        expect(afterUs).toBeLessThanOrEqual(retryAfterMs * 1_100);
      }
    },
  );

  it('waits about a second when a throttle does not say how long', () => {
    const afterUs = retryOf(throttled(-1))?.afterUs;
    expect(afterUs).toBeGreaterThanOrEqual(1_000_000);
    expect(afterUs).toBeLessThanOrEqual(1_100_000);
  });

  it.each([waitUsMax / 1_000 + 1, 2 ** 31, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'gives up when it is told to wait %d ms',
    (retryAfterMs) => {
      expect(retryOf(throttled(retryAfterMs))).toBeNull();
    },
  );

  it('gives up at a throttle when it is not of the patient kind, but still tries again after a failure', () => {
    const impatient = { followRetryAfterShare: 0, retries: 3 };
    expect(retryOf(throttled(10), 0, impatient)).toBeNull();
    expect(retryOf(answered(Outcome.reset), 0, impatient)).not.toBeNull();
  });

  it.each([Outcome.timeout, Outcome.reset, Outcome.unconnected, Outcome.garbage, Outcome.serverError])(
    'backs off twice as long after each failure (outcome %d), with jitter',
    (outcome) => {
      for (const attempt of [0, 1, 2]) {
        const waits = Array.from(
          { length: 100 },
          (_, seed) => retryOf(answered(outcome), attempt, patient, seed)?.afterUs ?? 0,
        );
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(125_000 * 2 ** attempt);
        expect(Math.max(...waits)).toBeLessThanOrEqual(375_000 * 2 ** attempt + 1);
        expect(new Set(waits).size).toBeGreaterThan(90);
      }
    },
  );

  it.each([Outcome.admitted, Outcome.never, Outcome.banned, Outcome.refused, Outcome.unsent, Outcome.aborted])(
    'does not try again after outcome %d',
    (outcome) => {
      expect(retryOf(answered(outcome, { retryAfterMs: 5 }))).toBeNull();
    },
  );

  it('stops when the attempts are used up', () => {
    expect(retryOf(throttled(1), 2)?.intent.attempt).toBe(3);
    expect(retryOf(throttled(1), 3)).toBeNull();
    expect(retryOf(throttled(1), 0, { followRetryAfterShare: 1, retries: 0 })).toBeNull();
  });

  it('changes nothing about the intent but its kind and attempt', () => {
    expect(retryOf(answered(Outcome.timeout))?.intent).toEqual({ ...intent, kind: IntentKind.retry, attempt: 1 });
  });
});
