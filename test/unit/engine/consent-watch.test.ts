import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchConsent } from '../../../harness/engine/consent-watch.js';
import { FloodproofError } from '../../../harness/errors.js';

const expired = (): FloodproofError => new FloodproofError('FP_CONSENT_LOST', 'expired');
const gone = new FloodproofError('FP_CONSENT_LOST', 'gone');

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    now: 0,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(options: Partial<Parameters<typeof watchConsent>[0]> = {}) {
  const lost: string[] = [];
  const checks: number[] = [];
  const watch = watchConsent({
    check: async () => void checks.push(Date.now()),
    everyMs: 60_000,
    // Months away, where a timer overflows.
    expiresAtMs: 90 * 86_400_000,
    expired,
    onLost: ({ message }) => void lost.push(`${Date.now()} ${message}`),
    ...options,
  });
  return { watch, lost, checks };
}

describe('the watch over a consent', () => {
  it('looks every 60 s, the first time after as long', async () => {
    const { watch, lost, checks } = watched();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(checks).toEqual([60_000, 120_000, 180_000]);
    watch.close();
    await vi.advanceTimersByTimeAsync(200_000);
    expect({ lost, checks: checks.length, timers: vi.getTimerCount() }).toEqual({ lost: [], checks: 3, timers: 0 });
  });

  it('tells at once that it is gone, once, and looks no more', async () => {
    const { lost } = watched({ check: async () => await Promise.reject(gone) });
    await vi.advanceTimersByTimeAsync(300_000);
    expect({ lost, timers: vi.getTimerCount() }).toEqual({ lost: ['60000 gone'], timers: 0 });
  });

  it('takes what nobody foresaw for gone', async () => {
    const { lost } = watched({ check: async () => await Promise.reject(new TypeError('oops')) });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toEqual(["60000 whether the owner of the target still agrees can't be told: TypeError: oops"]);
  });

  // A timer of no time takes a millisecond.
  it('waits for a check that takes its time, and begins the next when it is due', async () => {
    const began: number[] = [];
    const slow = watched({
      check: async () => {
        began.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, began.length === 1 ? 70_000 : 10_000));
      },
    });
    await vi.advanceTimersByTimeAsync(260_000);
    slow.watch.close();
    expect(began).toEqual([60_000, 130_001, 190_001, 250_001]);
  });

  it('tells within a second that it has expired, also when the clock is set forward', async () => {
    const { lost } = watched({ expiresAtMs: 10_100 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lost).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lost).toEqual(['10250 expired']);
    const other = watched();
    vi.setSystemTime(100 * 86_400_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(other.lost).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells nothing once it is closed, even of a check that was under way', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { watch, lost } = watched({
      check: async () =>
        await new Promise<void>((_, reject) => {
          fail = reject;
        }),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    watch.close();
    fail(gone);
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ lost, timers: vi.getTimerCount() }).toEqual({ lost: [], timers: 0 });
  });
});
