import { describe, expect, it } from 'vitest';
import { bottleneck } from '../../../../harness/invariants/peers/bottleneck.js';
import { expressRateLimit } from '../../../../harness/invariants/peers/express-rate-limit.js';
import { fastifyRateLimit } from '../../../../harness/invariants/peers/fastify-rate-limit.js';
import { peers } from '../../../../harness/invariants/peers/index.js';
import { limiterPackage } from '../../../../harness/invariants/peers/limiter.js';
import { loadPackage } from '../../../../harness/invariants/peers/peer.js';
import { rateLimiterFlexible } from '../../../../harness/invariants/peers/rate-limiter-flexible.js';
import { withPlayed } from './played.js';

describe('peers', () => {
  it.each(peers)('$name opens the contracts that it lists, with its version in the name', async (peer) => {
    const opened = await peer.open();
    expect(opened.map(({ name }) => name)).toEqual(peer.contracts);
    for (const { adapter } of opened) expect(adapter.name).toMatch(/^[\w@/-]+ \d+\.\d+\.\d+, /);
  });

  it.each([
    { peer: rateLimiterFlexible, contract: 'second', capacity: 5 },
    { peer: rateLimiterFlexible, contract: 'day', capacity: 5 },
    { peer: expressRateLimit, contract: 'second', capacity: 5 },
    { peer: expressRateLimit, contract: '15-minutes', capacity: 5 },
    { peer: fastifyRateLimit, contract: 'minute', capacity: 5 },
    { peer: fastifyRateLimit, contract: '365-days', capacity: 5 },
    { peer: limiterPackage, contract: 'rate-limiter-second', capacity: 10 },
    { peer: limiterPackage, contract: 'token-bucket', capacity: 150 },
    { peer: limiterPackage, contract: 'parent-bucket', capacity: 5 },
    { peer: bottleneck, contract: 'min-time', capacity: 1 },
    { peer: bottleneck, contract: 'reservoir-second', capacity: 40 },
    { peer: bottleneck, contract: 'group-second', capacity: 40 },
  ])('$peer.name, $contract: admits just its capacity at once, for each key', async ({ peer, contract, capacity }) => {
    await withPlayed(peer, contract, async ({ admitted }) => {
      expect(await admitted('a', capacity + 3)).toBe(capacity);
      expect(await admitted('b', capacity + 3)).toBe(capacity);
    });
  });

  it.each([
    { peer: rateLimiterFlexible, contract: 'second', windowMs: 1_000, toldUs: 1_000_000 },
    { peer: rateLimiterFlexible, contract: 'day', windowMs: 86_400_000, toldUs: 86_400_000_000 },
    { peer: expressRateLimit, contract: '15-minutes', windowMs: 900_000, toldUs: 900_000_000 },
    { peer: fastifyRateLimit, contract: 'minute', windowMs: 60_000, toldUs: 60_000_000 },
  ])('$peer.name, $contract: says when the window ends, and means it', async ({ peer, contract, windowMs, toldUs }) => {
    await withPlayed(peer, contract, async ({ ask, admitted, pass }) => {
      expect(await ask('a')).toEqual({ admitted: true, remaining: 4 });
      expect(await admitted('a', 4)).toBe(4);
      expect(await ask('a')).toEqual({ admitted: false, remaining: 0, retryAfterUs: toldUs });
      await pass(windowMs - 1);
      expect((await ask('a')).admitted).toBe(false);
      await pass(1);
      expect(await admitted('a', 6)).toBe(5);
    });
  });

  it('tells the wait of a bucket, and never for more than it holds', async () => {
    await withPlayed(limiterPackage, 'token-bucket', async ({ ask, pass }) => {
      expect(await ask('a', 150)).toEqual({ admitted: true });
      expect(await ask('a', 5)).toEqual({ admitted: false, retryAfterUs: 100_000 });
      await pass(100);
      expect((await ask('a', 5)).admitted).toBe(true);
      expect(await ask('a', 151)).toEqual({ admitted: false, retryAfterUs: Number.POSITIVE_INFINITY });
    });
  });

  it('forgives a bucket the rounding of its floats, and no more', async () => {
    await withPlayed(limiterPackage, 'token-bucket', async ({ ask, pass }) => {
      await ask('a', 2);
      await pass(19);
      await ask('a', 1);
      await ask('a', 74);
      // 74 tokens are there to a few parts in 10^14.
      await pass(1);
      expect((await ask('a', 74)).admitted).toBe(true);
      expect((await ask('a', 1)).admitted).toBe(false);
      await pass(19);
      expect(await ask('a', 1)).toEqual({ admitted: false, retryAfterUs: 1_000 });
      await pass(1);
      expect((await ask('a', 1)).admitted).toBe(true);
    });
  });

  it('charges a parent bucket together with its child, or neither', async () => {
    await withPlayed(limiterPackage, 'parent-bucket', async ({ admitted, pass }) => {
      for (let second = 0; second < 5; second++) {
        // 5 a second by the child; the parent has 20, and a third of a cell more each second.
        expect(await admitted('a', 6)).toBe(second < 4 ? 5 : 1);
        await pass(1_000);
      }
    });
  });

  it('gives a reservoir its cells by the tick, up to its maximum', async () => {
    await withPlayed(bottleneck, 'reservoir-second', async ({ admitted, ask, pass }) => {
      expect(await admitted('a', 41)).toBe(40);
      await pass(999);
      expect(await admitted('a', 1)).toBe(0);
      await pass(1);
      expect(await admitted('a', 3)).toBe(2);
      await pass(60_000);
      expect((await ask('a', 41)).admitted).toBe(false);
      expect(await admitted('a', 41)).toBe(40);
    });
  });

  it.each([
    { peer: rateLimiterFlexible, contract: 'second', cost: Number.NaN },
    { peer: rateLimiterFlexible, contract: 'second', cost: -1 },
    { peer: rateLimiterFlexible, contract: 'any-cost', cost: 0 },
    { peer: bottleneck, contract: 'reservoir-second', cost: 0 },
    { peer: bottleneck, contract: 'reservoir-second', cost: 1.5 },
    { peer: limiterPackage, contract: 'token-bucket', cost: 0 },
    { peer: limiterPackage, contract: 'token-bucket', cost: 0.5 },
  ])('$peer.name: a cost of $cost, is left to the caller by its documentation, and not asked', async (row) => {
    await withPlayed(row.peer, row.contract, async ({ ask }) => {
      expect(await ask('a', row.cost)).toEqual({ admitted: false });
    });
  });

  it('passes on what comes as a cost where the contract says so', async () => {
    await withPlayed(rateLimiterFlexible, 'any-cost', async ({ ask, admitted }) => {
      expect(await ask('a', Number.NaN)).toEqual({ admitted: true });
      expect(await admitted('a', 20)).toBe(20);
      expect(await admitted('b', 20)).toBe(5);
    });
  });

  it('knows a key that is the name of what every object has, but for a group', async () => {
    await withPlayed(bottleneck, 'reservoir-second', async ({ ask }) => {
      for (const key of ['constructor', '__proto__']) expect(await ask(key)).toEqual({ admitted: true });
    });
    await withPlayed(bottleneck, 'group-second', async ({ ask }) => {
      await expect(ask('constructor')).rejects.toThrow('is not a function');
    });
  });

  it.each([expressRateLimit, fastifyRateLimit])('$name takes no cost but one', async (peer) => {
    await withPlayed(peer, 'second', async ({ ask }) => {
      await expect(ask('a', 2)).rejects.toThrow('every request costs one cell, got 2');
    });
  });
});

describe('a package that is absent', () => {
  it('is named with what brings it', async () => {
    const absent = Object.assign(new Error("Cannot find package 'gone' imported from here\nstack"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    await expect(loadPackage('gone', () => Promise.reject(absent))).rejects.toMatchObject({
      code: 'FP_PACKAGE_ABSENT',
      message: 'gone is not installed',
      hint: '"npm install gone" brings it',
      exitCode: 4,
    });
  });

  it('is told from one that is there and broken', async () => {
    await expect(
      loadPackage('odd', () => Promise.reject(new Error('no such export\nat line 3'))),
    ).rejects.toMatchObject({ code: 'FP_PACKAGE_ABSENT', message: 'odd can not be loaded: no such export' });
  });
});
