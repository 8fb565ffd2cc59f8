import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { aFixedWindow, aSlidingLog, SECOND_US } from '../../../support/plan-builder.js';
import { answered, setStage, throttled } from '../stage.js';
import { admittedOf, mostWithin, playClosedLoop } from './closed-loop.js';

const WINDOW_US = 10 * SECOND_US;
const BURST = 20;
const params = { windowUs: WINDOW_US, burst: BURST };
/** Answers come before the next arrival. */
const loop = { arrivalsPerSecond: 100, forUs: 100 * SECOND_US, tripUs: 4_000 };

describe('a probe of phases', () => {
  it.each(['first-hit', 'calendar'] as const)('gets two windows around the edge of a %s window', (anchor) => {
    const stage = setStage('phase-probing', { params });
    const limit = aFixedWindow({ capacity: BURST, windowUs: WINDOW_US, anchor });
    const sent = playClosedLoop(stage, { ...loop, limit });
    // The probe that began the window is the one that is missing: it stood at its very start.
    expect(mostWithin(sent, SECOND_US)).toBe(2 * BURST - 1);
    expect(mostWithin(sent, WINDOW_US + SECOND_US)).toBe(2 * BURST);
  });

  it('does it again and again, with hardly a throttle once the window is known', () => {
    const stage = setStage('phase-probing', { params });
    const limit = aFixedWindow({ capacity: BURST, windowUs: WINDOW_US, anchor: 'first-hit' });
    const sent = playClosedLoop(stage, { ...loop, limit });
    const attack = sent.filter(({ step }) => /^(?:late|early)\//.test(step));
    expect(admittedOf(attack).length).toBe(attack.length);
    const early = sent.filter(({ step }) => step.startsWith('early/'));
    expect(early.length).toBe(4 * BURST);
    const probes = sent.filter(({ step, sentUs }) => step.startsWith('probe/') && sentUs > 25 * SECOND_US);
    expect(admittedOf(probes).length).toBe(probes.length);
  });

  it('leaves no less of a window than its probes have used, where several are on their way at once', () => {
    const stage = setStage('phase-probing', { params });
    const limit = aFixedWindow({ capacity: BURST, windowUs: WINDOW_US, anchor: 'first-hit' });
    const sent = playClosedLoop(stage, { ...loop, limit, tripUs: 50_000 });
    const attack = sent.filter(({ step }) => /^(?:late|early)\//.test(step));
    expect(admittedOf(attack).length).toBe(attack.length);
    expect(mostWithin(sent, SECOND_US)).toBe(2 * BURST - 5);
  });

  it('gets no second window from a log, which has no edge', () => {
    const stage = setStage('phase-probing', { params });
    const sent = playClosedLoop(stage, { ...loop, limit: aSlidingLog({ capacity: BURST, windowUs: WINDOW_US }) });
    expect(mostWithin(sent, WINDOW_US)).toBe(BURST);
  });

  it('finds the phase of each identity by itself', () => {
    const stage = setStage('phase-probing', { population: 2, params });
    const limit = aFixedWindow({ capacity: BURST, windowUs: WINDOW_US, anchor: 'first-hit' });
    // The second one comes later.
    const who = (arrival: number) => (arrival < 600 ? 0 : arrival % 2);
    const sent = playClosedLoop(stage, { ...loop, arrivalsPerSecond: 200, limit, who });
    for (const identity of stage.identities) {
      const own = sent.filter((one) => one.identity === identity);
      expect(mostWithin(own, SECOND_US)).toBe(2 * BURST - 1);
    }
  });

  it('sends no more than it can before the edge where arrivals are few', () => {
    const stage = setStage('phase-probing', { params });
    const limit = aFixedWindow({ capacity: BURST, windowUs: WINDOW_US, anchor: 'first-hit' });
    const sent = playClosedLoop(stage, { ...loop, arrivalsPerSecond: 3, limit });
    expect(mostWithin(sent, WINDOW_US)).toBeGreaterThan(BURST);
    expect(mostWithin(sent, WINDOW_US)).toBeLessThanOrEqual(2 * BURST);
  });

  it('keeps clear of the moments at which it cannot know in which window a request falls', () => {
    const stage = setStage('phase-probing', { params: { windowUs: WINDOW_US, burst: 5 } });
    const [identity] = stage.identities;
    if (identity === undefined) throw new Error('the stage is empty');
    const partAt = (nowUs: number) => stage.behaviour.onArrival(identity, nowUs)?.step.split('/')[0] ?? null;
    stage.behaviour.onOutcome(stage.arrive(identity, 399), throttled(0), 500);
    stage.behaviour.onOutcome(stage.arrive(identity, 1_000), answered(Outcome.admitted), 1_200);
    // Two arrivals in 801 us: a burst of five takes 2002.5, with a half on top 3004, and a trip of 200 before the end.
    expect([1_300, 9_997_795].map(partAt)).toEqual([null, null]);
    expect([9_997_796, 9_997_797, 10_000_799].map(partAt)).toEqual(['late', 'late', 'late']);
    expect([10_000_800, 10_001_199].map(partAt)).toEqual([null, null]);
    const early = [10_001_200, 10_001_201, 10_001_202, 10_001_203, 10_001_204];
    expect(early.map(partAt)).toEqual(early.map(() => 'early'));
    expect([10_001_205, 20_001_403].map(partAt)).toEqual([null, null]);
    expect(partAt(20_001_404)).toBe('probe');
  });

  it('lets the late burst of a window begin no earlier than in its middle', () => {
    const stage = setStage('phase-probing', { params: { windowUs: 10_000, burst: 1_000 } });
    const [identity] = stage.identities;
    if (identity === undefined) throw new Error('the stage is empty');
    stage.behaviour.onOutcome(stage.arrive(identity, 0), throttled(0), 100);
    stage.behaviour.onOutcome(stage.arrive(identity, 1_000), answered(Outcome.admitted), 1_200);
    expect(stage.behaviour.onArrival(identity, 5_799)).toBeNull();
    expect(stage.behaviour.onArrival(identity, 5_800)?.step).toMatch(/^late/);
  });

  it('takes no failure for a throttle, and no late answer to its filling for a probe', () => {
    const stage = setStage('phase-probing', { params });
    const stepAt = (nowUs: number) => stage.arrive(undefined, nowUs).step.split('/')[0];
    const fills = [0, 1, 2].map((nowUs) => stage.arrive(undefined, nowUs));
    const [first, second, third] = fills as [Intent, Intent, Intent];
    stage.behaviour.onOutcome(first, answered(Outcome.timeout), 10);
    expect(stepAt(11)).toBe('fill');
    stage.behaviour.onOutcome(second, throttled(0), 12);
    stage.behaviour.onOutcome(third, answered(Outcome.admitted), 13);
    const probe = stage.arrive(undefined, 14);
    expect(probe.step).toMatch(/^probe/);
    stage.behaviour.onOutcome(probe, answered(Outcome.admitted), 15);
    stage.behaviour.onOutcome(third, throttled(0), 16);
    expect(stage.behaviour.onArrival(probe.identity, 17)).toBeNull();
  });
});
