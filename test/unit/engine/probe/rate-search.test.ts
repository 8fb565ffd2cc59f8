import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trial, TrialOutcome } from '../../../../harness/engine/probe/capacity.js';
import { boundsOf, nextRate, RATE_MAX, searchResult } from '../../../../harness/engine/probe/rate-search.js';

const trial = (ratePerSecond: number, outcome: TrialOutcome): Trial => ({
  ratePerSecond,
  outcome,
  asked: 100,
  answered: 100,
  throttled: 0,
  p99Ms: 1,
  ownDelayMsP99: 0,
});

/** The whole search against something that says what comes of a rate. */
function search(startPerSecond: number, outcomeAt: (rate: number, nth: number) => TrialOutcome): Trial[] {
  const trials: Trial[] = [];
  for (;;) {
    const rate = nextRate(trials, startPerSecond);
    if (rate === null) return trials;
    trials.push(trial(rate, outcomeAt(rate, trials.length)));
    if (trials.length > 100) throw new Error('the search does not end');
  }
}

const rates = (trials: readonly Trial[]): number[] => trials.map(({ ratePerSecond }) => ratePerSecond);

describe('the search for a rate', () => {
  it('doubles until a rate is missed twice, and then goes between', () => {
    const trials = search(100, (rate) => (rate <= 700 ? 'held' : 'slow'));
    expect(rates(trials)).toEqual([100, 200, 400, 800, 800, 600, 700, 750, 750, 725, 725]);
    expect(searchResult(trials)).toMatchObject({
      held: { ratePerSecond: 700 },
      missed: { ratePerSecond: 725 },
      limitedBy: 'target',
    });
  });

  it('goes on after a miss that does not come again', () => {
    const trials = search(100, (rate, nth) => (rate > 300 || nth === 1 ? 'generator' : 'held'));
    expect(rates(trials).slice(0, 4)).toEqual([100, 200, 200, 400]);
    expect(searchResult(trials)).toMatchObject({ held: { ratePerSecond: 300 }, limitedBy: 'generator' });
  });

  it('takes a limit at its word the first time', () => {
    const trials = search(64, (rate) => (rate <= 64 ? 'held' : 'limited'));
    expect(rates(trials)).toEqual([64, 128, 96, 80, 72, 68, 66]);
    expect(searchResult(trials).limitedBy).toBe('limiter');
  });

  it('halves down to one a second when nothing holds, and says so', () => {
    const trials = search(9, () => 'slow');
    expect(rates(trials)).toEqual([9, 9, 4, 4, 2, 2, 1, 1]);
    expect(searchResult(trials)).toMatchObject({ held: null, missed: { ratePerSecond: 1 }, limitedBy: 'target' });
  });

  it('ends at the highest rate that it may ask for: there the generator is the limit', () => {
    const trials = search(300_000, () => 'held');
    expect(rates(trials)).toEqual([300_000, 600_000, RATE_MAX]);
    expect(searchResult(trials)).toMatchObject({ held: { ratePerSecond: RATE_MAX }, limitedBy: 'generator' });
  });

  it('counts a rate that was missed once as missed when the time is over', () => {
    const trials = [trial(10, 'held'), trial(20, 'slow')];
    expect(boundsOf(trials)).toMatchObject({ held: { ratePerSecond: 10 }, missed: null });
    expect(searchResult(trials)).toMatchObject({ missed: { ratePerSecond: 20 }, limitedBy: 'target' });
    expect(searchResult([trial(10, 'held')])).toMatchObject({ missed: null, limitedBy: 'time' });
    expect(searchResult([])).toMatchObject({ held: null, missed: null, limitedBy: 'time' });
  });

  it('does not believe a rate that held above one that was missed', () => {
    const trials = [trial(10, 'held'), trial(20, 'slow'), trial(20, 'slow'), trial(40, 'held')];
    expect(boundsOf(trials)).toMatchObject({ held: { ratePerSecond: 10 }, missed: { ratePerSecond: 20 } });
  });

  it('comes within five hundredths of any capacity, from any start', () => {
    const ratesFrom = fc.integer({ min: 1, max: 400_000 });
    fc.assert(
      fc.property(ratesFrom, ratesFrom, (capacity, start) => {
        const { held, missed } = searchResult(search(start, (rate) => (rate <= capacity ? 'held' : 'slow')));
        const found = held?.ratePerSecond ?? 0;
        expect(found).toBeLessThanOrEqual(capacity);
        expect(missed?.ratePerSecond).toBeGreaterThan(capacity);
        expect((missed?.ratePerSecond ?? 0) - found).toBeLessThanOrEqual(Math.max(1, found * 0.05));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
