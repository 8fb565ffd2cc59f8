import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Contract, checkLimiter, type Limiter } from '../../../harness/invariants/index.js';
import { PlayedClock } from '../../../harness/invariants/played-clock.js';
import { PLAIN_START_US } from '../../../harness/invariants/shape.js';

const DAY_US = 86_400_000_000;

async function withClock(play: (clock: PlayedClock) => void | Promise<void>): Promise<void> {
  const clock = new PlayedClock(PLAIN_START_US);
  try {
    await play(clock);
  } finally {
    clock.close();
  }
}

describe('the played clock', () => {
  test('shows its start and what passes since, to every reader of time', () =>
    withClock(async (clock) => {
      const [atMs, at] = [performance.now(), process.hrtime.bigint()];
      expect(Date.now() * 1_000).toBe(PLAIN_START_US);
      await clock.goTo(PLAIN_START_US + 400 * DAY_US);
      expect(Date.now() * 1_000).toBe(PLAIN_START_US + 400 * DAY_US);
      expect(performance.now() - atMs).toBe((400 * DAY_US) / 1_000);
      expect(process.hrtime.bigint() - at).toBe(BigInt(400 * DAY_US) * 1_000n);
      expect(clock.passedUs).toBe(400 * DAY_US);
    }));

  test('fires timers in their order at their instants, also those that timers start', () =>
    withClock(async (clock) => {
      const fired: string[] = [];
      const note = (name: string): void => {
        fired.push(`${name} ${Date.now() - PLAIN_START_US / 1_000}`);
      };
      setTimeout(() => note('late'), 30);
      setTimeout(() => {
        note('early');
        setTimeout(() => note('next'), 5);
      }, 10);
      const every = setInterval(() => note('every'), 12);
      const dropped = setTimeout(() => note('dropped'), 1);
      clearTimeout(dropped);
      await clock.goTo(PLAIN_START_US + 30_000);
      clearInterval(every);
      expect(fired).toEqual(['early 10', 'every 12', 'next 15', 'every 24', 'late 30']);
    }));

  test('lets what a timer promised go on before the next timer', () =>
    withClock(async (clock) => {
      const seen: string[] = [];
      setTimeout(() => Promise.resolve().then(() => seen.push('promised')), 1);
      setTimeout(() => seen.push('timer'), 2);
      await clock.goTo(PLAIN_START_US + 5_000);
      expect(seen).toEqual(['promised', 'timer']);
    }));

  test('fires a timer of more than 2^31 - 1 ms after 1 ms, as Node does', () =>
    withClock(async (clock) => {
      let fired = 0;
      setTimeout(() => {
        fired += 1;
      }, 2 ** 31);
      setTimeout(
        () => {
          fired += 10;
        },
        2 ** 31 - 1,
      );
      await clock.goTo(PLAIN_START_US + 1_000);
      expect(fired).toBe(1);
      await clock.goTo(PLAIN_START_US + 25 * DAY_US);
      expect(fired).toBe(11);
    }));

  test('passes a year of an interval of 1 ms in no time, and says that it left timers out', () =>
    withClock(async (clock) => {
      let fired = 0;
      const every = setInterval(() => {
        fired += 1;
      }, 1);
      await clock.goTo(PLAIN_START_US + 1_000_000);
      expect([fired, clock.isStarved]).toEqual([1_000, false]);
      await clock.goTo(PLAIN_START_US + 366 * DAY_US);
      clearInterval(every);
      expect([fired, clock.isStarved]).toEqual([3_001, true]);
      expect(Date.now() * 1_000).toBe(PLAIN_START_US + 366 * DAY_US);
    }));

  test('is set back and forth without any time passing', () =>
    withClock(async (clock) => {
      const atMs = performance.now();
      let fired = 0;
      setTimeout(() => {
        fired += 1;
      }, 10);
      clock.set(PLAIN_START_US - DAY_US);
      expect(Date.now() * 1_000).toBe(PLAIN_START_US - DAY_US);
      clock.set(PLAIN_START_US + DAY_US);
      expect([performance.now() - atMs, fired, clock.passedUs]).toEqual([0, 0, 0]);
      await clock.goTo(PLAIN_START_US + DAY_US + 10_000);
      expect(fired).toBe(1);
    }));

  test('waits for no instant that is over', () =>
    withClock(async (clock) => {
      await clock.goTo(PLAIN_START_US - 1);
      expect([clock.nowUs, clock.passedUs]).toEqual([PLAIN_START_US, 0]);
    }));
});

describe('a limiter that reads the clock of the process', () => {
  const contract: Contract = {
    promises: [
      {
        family: 'fixed-window',
        capacity: 2,
        windowUs: 1_000_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      },
    ],
    grainUs: 1_000,
    retryAfter: 'none',
    remaining: 'none',
    overCapacity: 'refused',
  };
  /** The window ends by a timer; answers come from the event loop. */
  const byTimer = (): Limiter => {
    const used = new Map<string, number>();
    return {
      consume: async (key, cost) => {
        await new Promise((resolve) => setImmediate(resolve));
        const before = used.get(key) ?? 0;
        if (!Number.isInteger(cost) || cost < 1 || before + cost > 2) return { admitted: false };
        if (before === 0) setTimeout(() => used.delete(key), 1_000);
        used.set(key, before + cost);
        return { admitted: true };
      },
    };
  };

  test('is played with timers and immediates, and real time is back afterwards', async () => {
    const before = [Date, globalThis.setTimeout, performance.now, process.hrtime];
    const options = { seed: 1, runs: 20 } as const;
    const adapter = { name: 'by timer', clock: 'global' as const, create: byTimer };
    const report = await checkLimiter(adapter, contract, options);
    expect(report.failures).toEqual([]);
    expect([Date, globalThis.setTimeout, performance.now, process.hrtime]).toEqual(before);
  });

  test('is checked alone, however many checks are asked for at once', async () => {
    const adapter = { name: 'by timer', clock: 'global' as const, create: byTimer };
    const options = { seed: 1, runs: 5, invariant: 'admission-bound' } as const;
    const reports = await Promise.all([1, 2, 3].map(() => checkLimiter(adapter, contract, options)));
    expect(reports.map(({ pass }) => pass)).toEqual([true, true, true]);
    expect(new Set(reports.map(({ operations }) => operations)).size).toBe(1);
  });

  test('leaves real time behind when it throws', async () => {
    const real = globalThis.setTimeout;
    const adapter = {
      name: 'broken',
      clock: 'global' as const,
      create: () => ({
        consume: () => {
          throw new Error('gone');
        },
        close: () => {
          throw new Error('gone as well');
        },
      }),
    };
    const report = await checkLimiter(adapter, contract, { seed: 1, runs: 1, invariant: 'admission-bound' });
    expect(report.failures.map(({ message }) => message)).toEqual(['consume threw "gone"']);
    expect(globalThis.setTimeout).toBe(real);
    await wait(1);
  });
});
