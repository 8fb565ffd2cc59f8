/** The judge against true limiters whose moments of decision it can't see. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { LimitBy } from '../../../harness/core/spec.js';
import type { PolicyLimit } from '../../../harness/scenario/plan.js';
import { type HistoryOptions, type PlayedRequest, playHistory } from '../../support/limiter-history.js';
import { type Observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import { aFixedWindow, aPlan, aPolicy, aSlidingLog, aTokenBucket, costs } from '../../support/plan-builder.js';

const anyBy = fc.constantFrom<LimitBy>(['key'], ['ip'], []);
const anyCosts = fc
  .record({ place: fc.integer({ min: 1, max: 3 }), cancel: fc.integer({ min: 0, max: 2 }) })
  .map(({ place, cancel }) => costs({ 'order.place': place, 'order.cancel': cancel }));
const anyCapacity = fc.integer({ min: 1, max: 8 });
const anyWindowUs = fc.integer({ min: 1, max: 400 });

const anyLimit: fc.Arbitrary<PolicyLimit> = fc.oneof(
  fc
    .record({
      by: anyBy,
      costs: anyCosts,
      capacity: anyCapacity,
      refillCells: fc.integer({ min: 1, max: 7 }),
      refillPeriodUs: anyWindowUs,
    })
    .map((numbers) => aTokenBucket(numbers)),
  fc
    .record({
      by: anyBy,
      costs: anyCosts,
      capacity: anyCapacity,
      windowUs: anyWindowUs,
      anchor: fc.constantFrom('calendar', 'first-hit') as fc.Arbitrary<'calendar' | 'first-hit'>,
    })
    .map((numbers) => aFixedWindow(numbers)),
  fc
    .record({ by: anyBy, costs: anyCosts, capacity: anyCapacity, windowUs: anyWindowUs })
    .map((numbers) => aSlidingLog(numbers)),
);

const anyHistory: fc.Arbitrary<HistoryOptions> = fc
  .record({
    limits: fc.array(anyLimit, { minLength: 1, maxLength: 2 }),
    resolutionUs: fc.constantFrom(1, 1, 2, 7, 50),
    nodes: fc.constantFrom(1, 1, 1, 3),
    seed: fc.integer(),
    requests: fc.integer({ min: 1, max: 60 }),
    gapUs: fc.constantFrom(1, 5, 30),
    delayUs: fc.constantFrom(0, 1, 10, 60),
    identities: fc.constantFrom(1, 2),
    lost: fc.constantFrom(0, 0.1),
    refused: fc.constantFrom(0, 0.2),
    unnamed: fc.constantFrom(0, 0.5),
  })
  .map(({ limits, resolutionUs, nodes, ...rest }) => ({
    ...rest,
    wronged: 0,
    policy: aPolicy(
      limits.map((limit, index) => ({ ...limit, name: `limit-${index}` })),
      { resolutionUs, nodes, latestDecisionUs: 20_000 },
    ),
  }));

function rowsOf(played: readonly PlayedRequest[]): readonly Observed[] {
  return played.map(({ row }) => row);
}

describe('a right limiter', () => {
  test('is never convicted of a leak and never of a wrongful block', () => {
    fc.assert(
      fc.property(anyHistory, (options) => {
        const found = runOracles(aPlan({ policy: options.policy }), sourceOf(rowsOf(playHistory(options))));
        expect(found.leaks).toEqual([]);
        expect(found.blocks.filter(({ shared }) => shared === 'wrongful')).toEqual([]);
      }),
      { seed: 20, numRuns: 3500 },
    );
  });
});

describe('a limiter that denies at random', () => {
  test('is called wrongful only where the cells were there, and right only where they were not', () => {
    const tally = { wrongful: 0, calledFor: 0, unsure: 0 };
    fc.assert(
      fc.property(anyHistory, (history) => {
        const options = { ...history, wronged: 0.2, policy: { ...history.policy, nodes: 1 } };
        const played = playHistory(options);
        // The signature column carries the number of the request, to find the truth of a judged row.
        const rows = played.map(({ row }, signature) => ({ ...row, signature }));
        for (const { row, shared } of runOracles(aPlan({ policy: options.policy }), sourceOf(rows)).blocks) {
          if (row.outcome !== Outcome.throttled) continue;
          const had = played[row.signature]?.hadCells;
          if (shared === 'wrongful') expect(had).toBe(true);
          if (shared === 'called-for') expect(had).toBe(false);
          if (shared === 'wrongful') tally.wrongful++;
          if (shared === 'called-for') tally.calledFor++;
          if (shared === 'unsure') tally.unsure++;
        }
      }),
      { seed: 21, numRuns: 3500 },
    );
    // The property would hold for a judge that is never sure, too.
    expect(tally.wrongful).toBeGreaterThan(1000);
    expect(tally.calledFor).toBeGreaterThan(1000);
  });
});
