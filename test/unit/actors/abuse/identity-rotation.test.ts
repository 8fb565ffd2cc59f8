import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { aBan, aTokenBucket, SECOND_US } from '../../../support/plan-builder.js';
import { answered, setStage, throttled } from '../stage.js';
import { admittedOf, playClosedLoop } from './closed-loop.js';

const REST_US = 5 * SECOND_US;

describe('a rotation of identities', () => {
  it.each([
    { name: 'a bucket', limit: aTokenBucket({ capacity: 20, refillCells: 2 }) },
    { name: 'a bucket that bans', limit: aTokenBucket({ capacity: 20, refillCells: 2, ban: aBan(2, 2 * SECOND_US) }) },
  ])('never sends with an identity while it rests, against $name', ({ limit }) => {
    const stage = setStage('identity-rotation', { population: 5, params: { restUs: REST_US } });
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 200, forUs: 30 * SECOND_US, tripUs: 30_000 });
    const blockedUs = new Map<number, number[]>();
    for (const { identity, outcome, answeredUs } of sent) {
      if (outcome === Outcome.admitted) continue;
      blockedUs.set(identity.index, [...(blockedUs.get(identity.index) ?? []), answeredUs]);
    }
    expect(blockedUs.size).toBe(5);
    for (const { identity, sentUs } of sent) {
      for (const sinceUs of blockedUs.get(identity.index) ?? []) {
        expect(sentUs > sinceUs && sentUs < sinceUs + REST_US).toBe(false);
      }
    }
    // One identity alone would have got 20 + 2 x 30.
    expect(admittedOf(sent).length).toBeGreaterThan(200);
  });

  it('stays with one identity until it is blocked, and comes back to it when it has rested', () => {
    const stage = setStage('identity-rotation', { population: 2, params: { restUs: 1_000 } });
    const [first, second] = stage.identities;
    const arrive = (nowUs: number) => stage.behaviour.onArrival(stage.identities[nowUs % 2] ?? (first as never), nowUs);
    expect([0, 1, 2, 3].map((nowUs) => arrive(nowUs)?.identity)).toEqual([first, first, first, first]);
    stage.behaviour.onOutcome(stage.arrive(first, 4), throttled(0), 10);
    expect([11, 12].map((nowUs) => arrive(nowUs)?.identity)).toEqual([second, second]);
    stage.behaviour.onOutcome(stage.arrive(first, 13), answered(Outcome.banned), 20);
    expect([21, 1_009].map((nowUs) => arrive(nowUs))).toEqual([null, null]);
    expect([1_010, 1_020].map((nowUs) => arrive(nowUs)?.identity)).toEqual([first, first]);
  });

  it('is not sent to rest by a failure that says nothing of a limit', () => {
    const stage = setStage('identity-rotation');
    for (const outcome of [Outcome.timeout, Outcome.serverError, Outcome.reset, Outcome.unsent, Outcome.admitted]) {
      stage.behaviour.onOutcome(stage.arrive(), answered(outcome), 0);
    }
    expect(stage.arrive().identity).toBe(stage.identities[0]);
  });

  it('uses no identity that has not arrived', () => {
    const stage = setStage('identity-rotation', { population: 3 });
    const [, second] = stage.identities;
    stage.behaviour.onOutcome(stage.arrive(second, 0), throttled(0), 5);
    expect(second && stage.behaviour.onArrival(second, 10)).toBeNull();
  });
});
