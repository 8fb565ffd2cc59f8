/** Who has a slot and who is served cold, against a table in plain arrays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LimitTable } from '../../../harness/core/limit-table.js';
import { Decision, decisionNames } from '../../../harness/core/spec.js';
import { PlainTable } from '../../support/plain-table.js';
import { bucket, limit } from '../../unit/core/specs.js';

const PERIOD_US = 300;

/** Among random hashes some that differ in one half alone, some that start at one line, and some that go nowhere. */
const words = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  fc.integer({ min: 0, max: 3 }),
);
const keys = fc
  .uniqueArray(fc.tuple(words, words), { minLength: 300, maxLength: 400, selector: ([lo, hi]) => `${lo} ${hi}` })
  .map((list) => list.filter(([lo, hi]) => lo !== 0 || hi !== 0));
const steps = fc.tuple(
  fc.nat({ max: 399 }),
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: fc.nat({ max: 3 }) },
    fc.nat({ max: 400 }),
  ),
);
const histories = fc.array(steps, { minLength: 300, maxLength: 700, size: 'max' });
/** A line that is cut short, small tables with several, the largest that is searched in full, and those above it. */
const sizes = fc.constantFrom(1, 2, 3, 4, 5, 9, 102, 103, 104, 105, 200);
const bans = fc.option(
  fc.record({ afterThrottles: fc.integer({ min: 1, max: 3 }), forUs: fc.integer({ min: 1, max: 900 }) }),
);

test('decides as a plain table does, and has the same keys in it', () => {
  const counts = { cold: 0, own: 0, banned: 0 };
  const property = fc.property(keys, histories, sizes, bans, (hashes, history, maxKeys, ban) => {
    const banSpec = ban === null ? null : { afterThrottles: ban.afterThrottles, stepsUs: [ban.forUs], forgetUs: 0 };
    const table = new LimitTable(limit({ numbers: bucket(1, 1, PERIOD_US), maxKeys, ban: banSpec }), 0);
    const plain = new PlainTable(maxKeys, PERIOD_US, ban);
    let nowUs = 1000;
    for (const [index, gapUs] of history) {
      nowUs += gapUs;
      const [lo, hi] = hashes[index % hashes.length] ?? [1, 1];
      const decision = table.look(lo, hi, 1, nowUs);
      const { isCold } = table;
      if (decision === Decision.admitted) table.charge(true);
      if (decision === Decision.throttled) table.strike();
      const wanted = plain.ask(lo, hi, nowUs);
      if (decisionNames[decision] !== wanted.decision || isCold !== wanted.isCold) {
        expect([decisionNames[decision], isCold]).toEqual([wanted.decision, wanted.isCold]);
      }
      counts[isCold ? 'cold' : 'own'] += 1;
      if (decision === Decision.banned) counts.banned += 1;
    }
  });
  fc.assert(property, { seed: 31, numRuns: 300 });
  expect(counts.cold).toBeGreaterThan(20_000);
  expect(counts.own).toBeGreaterThan(20_000);
  expect(counts.banned).toBeGreaterThan(1000);
});
