import { describe, expect, it, test } from 'vitest';
import { EPOCH_US, ServerClock } from '../../../../harness/targets/core/server-clock.js';
import { Dice } from '../../../support/dice.js';

const SECOND_US = 1_000_000;
const exact = { driftPpm: 0, steps: [], freezes: [] };
const START_US = 2 * SECOND_US;

describe('the clocks of the server of virtual time', () => {
  it('begin at the first instant of 2026 and run with the run', () => {
    const clock = new ServerClock(exact, START_US);
    expect(new Date(EPOCH_US / 1000).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    for (const runUs of [0, 1, 12_345_678]) {
      expect([clock.monotonicUs(runUs), clock.wallUs(runUs)]).toEqual([EPOCH_US + runUs, EPOCH_US + runUs]);
    }
    expect(clock.fallsUs).toBe(0);
  });

  test.each([50, -50, 200_000])('drift exactly, %d microseconds a second, over a year', (ppm) => {
    const clock = new ServerClock({ ...exact, driftPpm: ppm }, START_US);
    for (const runUs of [0, 1, 999_999, SECOND_US, 366 * 86_400 * SECOND_US + 7]) {
      const drift = (BigInt(runUs) * BigInt(ppm)) / 1_000_000n;
      const floored = (BigInt(runUs) * BigInt(ppm)) % 1_000_000n < 0n ? drift - 1n : drift;
      expect(clock.monotonicUs(runUs) - EPOCH_US - runUs).toBe(Number(floored));
    }
  });

  test.each([0.5, -0.5, 12.000_001, -99_999.999_999, 0.000_001])('drift exactly by parts of a ppm too: %d', (ppm) => {
    const clock = new ServerClock({ ...exact, driftPpm: ppm }, START_US);
    const parts = BigInt(Math.round(ppm * 1e6));
    for (const runUs of [0, 1, 999_999, 2 * SECOND_US - 1, 2 * SECOND_US, 366 * 86_400 * SECOND_US + 123_457]) {
      const product = BigInt(runUs) * parts;
      const floored = product / 10n ** 12n - (product % 10n ** 12n < 0n ? 1n : 0n);
      expect(clock.monotonicUs(runUs) - EPOCH_US - runUs).toBe(Number(floored));
    }
  });

  test.each([0, 50, -50, 0.75, -0.000_5, 300_000, -300_000])(
    'find the run time at which they show a reading, at %d ppm',
    (ppm) => {
      const clock = new ServerClock({ ...exact, driftPpm: ppm }, START_US);
      for (let us = 0; us < 3_000; us += 7) {
        const reading = EPOCH_US + 5 * SECOND_US + us;
        const runUs = clock.runTimeAt(reading);
        expect(clock.monotonicUs(runUs)).toBeGreaterThanOrEqual(reading);
        expect(clock.monotonicUs(runUs - 1)).toBeLessThan(reading);
      }
    },
  );

  it('step the wall clock at the moment, counted from the first phase, and not the monotonic one', () => {
    const steps = [
      { atUs: 10 * SECOND_US, byUs: -2 * SECOND_US },
      { atUs: 15 * SECOND_US, byUs: 3 * SECOND_US },
    ];
    const clock = new ServerClock({ ...exact, steps }, START_US);
    const behindUs = (runUs: number): number => clock.monotonicUs(runUs) - clock.wallUs(runUs);
    const moments = [0, 12 * SECOND_US - 1, 12 * SECOND_US, 17 * SECOND_US - 1, 17 * SECOND_US, 99 * SECOND_US];
    expect(moments.map(behindUs)).toEqual([0, 0, 2e6, 2e6, -1e6, -1e6]);
    expect(moments.toReversed().map(behindUs)).toEqual([-1e6, -1e6, 2e6, 2e6, 0, 0]);
    expect(clock.fallsUs).toBe(2 * SECOND_US);
    expect(clock.monotonicUs(99 * SECOND_US)).toBe(EPOCH_US + 99 * SECOND_US);
  });

  it('stand still while frozen, and go on from there', () => {
    const freezes = [{ atUs: 8 * SECOND_US, forUs: SECOND_US }];
    const clock = new ServerClock({ ...exact, freezes }, START_US);
    const shown = (runUs: number): number => clock.wallUs(runUs) - EPOCH_US;
    const tenth = 10 * SECOND_US;
    expect([tenth - 1, tenth, tenth + 1, tenth + SECOND_US - 1].map(shown)).toEqual([tenth - 1, tenth, tenth, tenth]);
    expect([tenth + SECOND_US, tenth + SECOND_US + 5].map(shown)).toEqual([tenth, tenth + 5]);
    expect(clock.fallsUs).toBe(SECOND_US);
  });

  it('say at least how far the wall clock falls behind at any two moments', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const dice = new Dice(seed);
      const some = <T>(make: () => T): T[] => Array.from({ length: dice.below(4) }, make);
      const world = {
        driftPpm: dice.between(-100, 100),
        steps: some(() => ({ atUs: dice.below(1_000), byUs: dice.between(-300, 300) })),
        freezes: some(() => ({ atUs: dice.below(1_000), forUs: dice.between(1, 200) })),
      };
      const clock = new ServerClock(world, 10);
      const behind = Array.from({ length: 1_400 }, (_, runUs) => clock.monotonicUs(runUs) - clock.wallUs(runUs));
      let least = Number.POSITIVE_INFINITY;
      let mostGrown = 0;
      for (const one of behind) {
        least = Math.min(least, one);
        mostGrown = Math.max(mostGrown, one - least);
      }
      expect(clock.fallsUs).toBeGreaterThanOrEqual(mostGrown);
    }
  });
});
