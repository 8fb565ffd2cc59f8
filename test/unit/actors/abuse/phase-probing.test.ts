import { describe, expect, it } from 'vitest';
import { aFixedWindow, aSlidingLog, SECOND_US } from '../../../support/plan-builder.js';
import { setStage } from '../stage.js';
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
});
