import { describe, expect, it, vi } from 'vitest';
import { startClock } from '../../../harness/gateway/clock.js';

describe('the clock of the gateway', () => {
  it('starts at the wall clock and counts whole microseconds', () => {
    const beforeUs = Date.now() * 1000;
    const clock = startClock();
    expect(clock.originUs).toBeGreaterThanOrEqual(beforeUs);
    expect(clock.nowUs()).toBeGreaterThanOrEqual(clock.originUs);
    expect(Number.isSafeInteger(clock.nowUs())).toBe(true);
  });

  it('does not follow the wall clock when somebody sets it back', () => {
    const clock = startClock();
    const earlierUs = clock.nowUs();
    const wallClock = vi.spyOn(Date, 'now').mockReturnValue(0);
    expect(clock.nowUs()).toBeGreaterThanOrEqual(earlierUs);
    wallClock.mockRestore();
  });
});
