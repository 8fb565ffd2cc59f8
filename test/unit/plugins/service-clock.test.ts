import { describe, expect, it } from 'vitest';
import { startServiceClock } from '../../../harness/plugins/service-clock.js';

const START_MS = 1_700_000_000_000;

/** A clock whose machine can sleep, and whose wall clock can be set. */
function started(): { monotonicMs: number; wallMs: number; nowMs(): number; pass(ms: number): void } {
  const time = { monotonicMs: 5_000, wallMs: START_MS };
  const clock = startServiceClock({ monotonicMs: () => time.monotonicMs, wallMs: () => time.wallMs });
  expect(clock.originUs).toBe(START_MS * 1_000);
  return Object.assign(time, {
    nowMs: () => (clock.nowUs() - START_MS * 1_000) / 1_000,
    pass: (ms: number) => {
      time.monotonicMs += ms;
      time.wallMs += ms;
    },
  });
}

describe('the clock of a service', () => {
  it('goes on by the monotonic clock, in whole microseconds', () => {
    const time = started();
    expect(time.nowMs()).toBe(0);
    time.pass(0.0015);
    expect(time.nowMs()).toBe(0.001);
    time.pass(999_999);
    expect(time.nowMs()).toBe(999_999.001);
  });

  it('is not set back, and goes on as if nothing had happened', () => {
    const time = started();
    time.pass(2_000);
    expect(time.nowMs()).toBe(2_000);
    time.wallMs -= 3_600_000;
    time.pass(2_000);
    expect(time.nowMs()).toBe(4_000);
  });

  it('follows a wall clock that is more than a second ahead, as after sleep, once a second has passed', () => {
    const time = started();
    time.pass(5_000);
    expect(time.nowMs()).toBe(5_000);
    time.wallMs += 60_000;
    time.pass(999);
    expect(time.nowMs()).toBe(5_999);
    time.pass(1);
    expect(time.nowMs()).toBe(66_000);
    time.pass(10_000);
    expect(time.nowMs()).toBe(76_000);
    time.wallMs += 60_000;
    time.pass(10_000);
    expect(time.nowMs()).toBe(146_000);
  });

  it('leaves a second of difference alone, which is drift', () => {
    const time = started();
    time.wallMs += 1_000;
    time.pass(5_000);
    expect(time.nowMs()).toBe(5_000);
    time.wallMs += 1;
    time.pass(5_000);
    expect(time.nowMs()).toBe(11_001);
  });
});
