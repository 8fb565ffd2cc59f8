import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CORE_KEYS,
  checkLimiter,
  coreAdapter,
  hostileClocks,
  type Limiter,
  Play,
  policies,
  traffic,
} from '../../../harness/invariants/index.js';
import { contracts } from './contracts.js';

describe('policies()', () => {
  test('draws contracts of every family, with limiters that keep them', async () => {
    const families = new Set<string>();
    await fc.assert(
      fc.asyncProperty(policies(), async ({ contract, adapter }) => {
        for (const { family } of contract.promises) families.add(family);
        const report = await checkLimiter(adapter, contract, { seed: 1, runs: 3 });
        expect(report.failures).toEqual([]);
      }),
      { seed: 5, numRuns: 25 },
    );
    expect(families.size).toBe(7);
  });

  test('draws contracts that the core keeps too', async () => {
    await fc.assert(
      fc.asyncProperty(policies(), async ({ contract }) => {
        const capacity = Math.max(...contract.promises.map((numbers) => numbers.capacity));
        const adapter = coreAdapter('ts', contract.promises, 500);
        const report = await checkLimiter(
          adapter,
          { ...contract, keys: 500 },
          { seed: 2, runs: capacity > 100 ? 1 : 4 },
        );
        expect(report.failures).toEqual([]);
      }),
      { seed: 6, numRuns: 25 },
    );
    expect(CORE_KEYS).toBeGreaterThan(500);
  });
});

describe('traffic()', () => {
  test.each(contracts)('meets bursts, waits and the capacity of $name', ({ contract }) => {
    const histories = fc.sample(traffic(contract), { seed: 1, numRuns: 50 });
    const capacity = Math.min(...contract.promises.map((numbers) => numbers.capacity));
    for (const { plays, gapsUs, cells, times } of histories) {
      expect(new Set([plays.length, gapsUs.length, cells.length, times.length]).size).toBe(1);
      for (const gapUs of gapsUs) expect(gapUs >= 0 && gapUs % (contract.grainUs ?? 1) === 0).toBe(true);
      for (const play of plays) expect(Object.values(Play)).toContain(play);
    }
    expect(histories.some(({ cells }) => cells.includes(capacity))).toBe(true);
    expect(histories.some(({ gapsUs }) => gapsUs.includes(0))).toBe(true);
  });

  test('refuses a contract that is wrong', () => {
    expect(() => traffic({ promises: [] })).toThrow(expect.objectContaining({ code: 'FP_CONTRACT_INVALID' }));
  });
});

describe('hostileClocks()', () => {
  test('stand still, pass years and are set either way', () => {
    const moves = fc.sample(hostileClocks(), { seed: 1, numRuns: 50 }).flat();
    expect(moves.some(({ kind, byUs }) => kind === 'pass' && byUs === 0)).toBe(true);
    expect(moves.some(({ kind, byUs }) => kind === 'pass' && byUs > 86_400_000_000)).toBe(true);
    expect(moves.some(({ kind, byUs }) => kind === 'set' && byUs < 0)).toBe(true);
    expect(moves.some(({ kind, byUs }) => kind === 'set' && byUs > 0)).toBe(true);
    expect(moves.every(({ kind, byUs }) => kind === 'set' || byUs >= 0)).toBe(true);
  });

  test('never let the core give more at one instant than there is', () => {
    const promises = [{ family: 'token-bucket', capacity: 3, refillCells: 1, refillPeriodUs: 1_000_000 }] as const;
    fc.assert(
      fc.property(hostileClocks(), (moves) => {
        const limiter = coreAdapter('ts', promises).create() as Limiter;
        let nowUs = 1_800_000_000_000_000;
        let highestUs = -1;
        let admitted = 0;
        for (const { byUs } of moves) {
          nowUs = Math.max(0, nowUs + byUs);
          if (nowUs > highestUs) [highestUs, admitted] = [nowUs, 0];
          const answer = limiter.consume('a', 1, nowUs);
          if (!(answer instanceof Promise) && (answer as { admitted: boolean }).admitted) admitted += 1;
          expect(admitted).toBeLessThanOrEqual(3);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
