import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { aFixedWindow, aTokenBucket, SECOND_US } from '../../../support/plan-builder.js';
import { answered, setStage, throttled } from '../stage.js';
import { admittedOf, playClosedLoop, type Sent } from './closed-loop.js';

const params = { lowPerSecond: 1, highPerSecond: 100, trialUs: 2 * SECOND_US };

/** What is sent in the end, per second and key. */
function heldRate(sent: readonly Sent[], keys: number): number {
  const held = sent.filter(({ step }) => step.startsWith('hold/'));
  const spanUs = (held.at(-1)?.sentUs ?? 0) - (held[0]?.sentUs ?? 0);
  return ((held.length - 1) * SECOND_US) / spanUs / keys;
}

describe('a search for a limit', () => {
  it.each([
    { rate: 7, capacity: 5, keys: 1, tripUs: 1_000 },
    { rate: 20, capacity: 40, keys: 1, tripUs: 20_000 },
    { rate: 50, capacity: 10, keys: 4, tripUs: 100_000 },
    { rate: 83, capacity: 1, keys: 2, tripUs: 0 },
  ])('finds the rate of a bucket of $rate/s within a tenth, and never gets more than its bound', (bucket) => {
    const { rate, capacity, keys, tripUs } = bucket;
    const stage = setStage('limit-search', { population: keys, params });
    const limit = aTokenBucket({ capacity, refillCells: rate });
    const forUs = 120 * SECOND_US;
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 4_000 * keys, forUs, tripUs });
    expect(heldRate(sent, keys)).toBeGreaterThan(0.9 * rate);
    expect(heldRate(sent, keys)).toBeLessThanOrEqual(rate);
    const held = sent.filter(({ step }) => step.startsWith('hold/'));
    expect(held.length).toBeGreaterThan(20 * rate * keys);
    expect(held.every(({ outcome }) => outcome === Outcome.admitted)).toBe(true);
    for (const identity of stage.identities) {
      const admitted = admittedOf(sent).filter((one) => one.identity === identity).length;
      expect(admitted).toBeLessThanOrEqual(capacity + (rate * forUs) / SECOND_US);
    }
  });

  it('alternates strictly over its keys, and no two requests of one are nearer than its rate says', () => {
    const stage = setStage('limit-search', { population: 3, params });
    const limit = aTokenBucket({ capacity: 5, refillCells: 10 });
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 3_000, forUs: 120 * SECOND_US, tripUs: 1_000 });
    const held = sent.filter(({ step }) => step.startsWith('hold/'));
    for (const [index, one] of held.entries()) {
      expect(one.identity).not.toBe(held[index + 1]?.identity);
      const next = held[index + 3];
      if (next === undefined) break;
      expect(next.identity).toBe(one.identity);
      expect(next.sentUs - one.sentUs).toBeGreaterThanOrEqual(SECOND_US / 10);
    }
  });

  it('holds the highest rate when nothing throttles it', () => {
    const stage = setStage('limit-search', { params });
    const limit = aTokenBucket({ capacity: 10, refillCells: 1_000 });
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 10_000, forUs: 60 * SECOND_US, tripUs: 1_000 });
    expect(heldRate(sent, 1)).toBeGreaterThan(95);
    // Ten trials without a throttle are enough.
    const heldFromUs = sent.find(({ step }) => step.startsWith('hold/'))?.sentUs ?? 0;
    expect(heldFromUs).toBeGreaterThan(10 * params.trialUs);
    expect(heldFromUs).toBeLessThan(10 * params.trialUs + 50_000);
    expect(sent.every(({ outcome }) => outcome === Outcome.admitted)).toBe(true);
  });

  it('ends at the lowest rate when every one is throttled', () => {
    const stage = setStage('limit-search', { params: { ...params, lowPerSecond: 2 } });
    const limit = aTokenBucket({ capacity: 1, refillCells: 1, refillPeriodUs: 100 * SECOND_US });
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 1_000, forUs: 120 * SECOND_US, tripUs: 1_000 });
    expect(heldRate(sent, 1)).toBeCloseTo(0.98 * 2, 1);
  });

  it('gets no more than a window allows, whatever it believes of it', () => {
    const stage = setStage('limit-search', { params });
    const limit = aFixedWindow({ capacity: 20, windowUs: 10 * SECOND_US });
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 1_000, forUs: 100 * SECOND_US, tripUs: 1_000 });
    expect(admittedOf(sent).length).toBeLessThanOrEqual(20 * 11);
  });

  it('uses no identity that has not arrived', () => {
    const stage = setStage('limit-search', { population: 3, params });
    const limit = aTokenBucket({ capacity: 5, refillCells: 10 });
    const who = () => 1;
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 1_000, forUs: 10 * SECOND_US, tripUs: 1_000, who });
    expect(new Set(sent.map(({ identity }) => identity))).toEqual(new Set([stage.identities[1]]));
  });

  it('finds the same when keys come late, and begins no search anew once it holds', () => {
    const stage = setStage('limit-search', { population: 3, params });
    const limit = aTokenBucket({ capacity: 5, refillCells: 60 });
    // The second key comes within the first trial, the third when all has been found.
    const who = (arrival: number) => (arrival < 4_000 ? 0 : arrival < 240_000 ? arrival % 2 : arrival % 3);
    const sent = playClosedLoop(stage, { limit, arrivalsPerSecond: 4_000, forUs: 90 * SECOND_US, tripUs: 1_000, who });
    const held = sent.filter(({ step, sentUs }) => step.startsWith('hold/') && sentUs < 60 * SECOND_US);
    expect(heldRate(held, 2)).toBeGreaterThan(0.9 * 60);
    expect(heldRate(held, 2)).toBeLessThanOrEqual(60);
    const late = sent.filter(({ sentUs }) => sentUs > 60 * SECOND_US);
    expect(late.every(({ step }) => step.startsWith('hold/'))).toBe(true);
    expect(heldRate(late, 3)).toBeGreaterThan(0.9 * 60);
  });

  it('ends a trial with its last answer, and hears no answer of an earlier one', () => {
    const stage = setStage('limit-search', { params: { lowPerSecond: 1, highPerSecond: 3, trialUs: SECOND_US } });
    const [identity] = stage.identities;
    if (identity === undefined) throw new Error('the stage is empty');
    const arrive = (nowUs: number) => stage.behaviour.onArrival(identity, nowUs);
    const drain = stage.arrive(identity, 0);
    stage.behaviour.onOutcome(drain, throttled(0), 10);
    // Two a second, half a second after the last of the drain.
    expect(arrive(499_999)).toBeNull();
    const [first, second] = [500_000, 1_000_000].map((nowUs) => stage.arrive(identity, nowUs)) as [Intent, Intent];
    expect([first.step, second.step].every((step) => step.startsWith('trial/'))).toBe(true);
    expect(arrive(1_000_011)).toBeNull();
    stage.behaviour.onOutcome(drain, throttled(0), 1_000_012);
    stage.behaviour.onOutcome(first, answered(Outcome.admitted), 1_000_013);
    expect(arrive(1_400_000)).toBeNull();
    stage.behaviour.onOutcome(second, answered(Outcome.admitted), 1_400_001);
    // It has passed: the next one is between two and three, after a drain.
    const again = stage.arrive(identity, 1_400_002);
    expect(again.step).toMatch(/^drain/);
    stage.behaviour.onOutcome(second, throttled(0), 1_400_003);
    stage.behaviour.onOutcome(again, throttled(0), 1_400_004);
    expect(arrive(1_800_001)).toBeNull();
    expect(arrive(1_800_002)?.step).toMatch(/^trial/);
    // Told late of the trial before, it goes on with this one.
    stage.behaviour.onOutcome(first, throttled(0), 1_800_003);
    expect(arrive(2_200_002)?.step).toMatch(/^trial/);
  });

  it('begins a trial anew, with a drain, when another key comes', () => {
    const stage = setStage('limit-search', { population: 2, params });
    const [first, second] = stage.identities;
    stage.behaviour.onOutcome(stage.arrive(first, 0), throttled(0), 10);
    expect(stage.arrive(first, SECOND_US).step).toMatch(/^trial/);
    expect(stage.arrive(second, SECOND_US + 500_000).step).toMatch(/^drain/);
  });

  it('drains until it has heard as many throttles as it has keys', () => {
    const stage = setStage('limit-search', { population: 2, params });
    const [first, second] = stage.identities;
    stage.arrive(first, 0);
    for (const [nowUs, part] of [
      [SECOND_US, 'drain'],
      [2 * SECOND_US, 'drain'],
      [3 * SECOND_US, 'trial'],
    ] as const) {
      const intent = stage.arrive(second, nowUs);
      expect(intent.step.split('/')[0]).toBe(part);
      stage.behaviour.onOutcome(intent, throttled(0), nowUs + 10);
    }
  });
});
