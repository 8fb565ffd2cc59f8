/** Pairs of runs in virtual time: equal ones (other people, the same world) stay silent, and a slower world is convicted. */
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../harness/compare/compare-runs.js';
import { pairPlan, playedRun, slowed } from '../../support/compared-runs.js';

/** `docs/compare.md` says what 200 of them gave. */
const PAIRS = Number(process.env.FLOODPROOF_PAIRS ?? 3);

describe('compareRuns on whole runs', () => {
  it('is silent on equal runs', () => {
    const plan = pairPlan();
    for (let pair = 0; pair < PAIRS; pair++) {
      const [baseline, run] = [playedRun(plan, 2 * pair + 1), playedRun(plan, 2 * pair + 2)];
      const { metrics, regressions } = compareRuns({ baseline: [baseline], run: [run], least: 0.05 });
      const loud = metrics.filter(({ finding }) => finding !== 'same' && finding !== 'untold');
      expect({ pair, loud, regressions }).toEqual({ pair, loud: [], regressions: [] });
    }
  }, 3_600_000);

  it('convicts a network that takes a fifth longer', () => {
    const plan = pairPlan();
    for (let pair = 0; pair < PAIRS; pair++) {
      const [baseline, run] = [playedRun(plan, 1000 + 2 * pair), playedRun(slowed(plan, 1.2), 1001 + 2 * pair)];
      const { metrics, regressions, differences } = compareRuns({ baseline: [baseline], run: [run], least: 0.05 });
      expect(regressions.some((text) => text.startsWith('legit.latency.p50: '))).toBe(true);
      const median = metrics.find(({ metric, subject }) => metric === 'latency.p50' && subject === 'legit');
      expect(median).toMatchObject({ finding: 'worse', test: 'resampling' });
      const [low = 0, high = 0] = median?.changeInterval ?? [];
      expect([low > 0.1, high < 0.3]).toEqual([true, true]);
      expect(differences).toEqual([
        `seed: ${1000 + 2 * pair} -> ${1001 + 2 * pair}`,
        'virtual network and clocks: not the same',
      ]);
    }
  }, 3_600_000);
});
