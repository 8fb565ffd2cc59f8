import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { Foremost } from '../../../harness/judge/foremost.js';
import { indexesOf, PackedCounts } from '../../../harness/judge/packed-counts.js';
import { aTask, judgeRows } from '../../support/judge-task.js';
import { at, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import { aPlan, aPolicy, aTokenBucket } from '../../support/plan-builder.js';

/** Throttled though it had all its cells. */
const falsely = (identity: number): Partial<Observed> => ({ identity, outcome: Outcome.throttled, limit: 0 });
const unsurely = (identity: number): Partial<Observed> => ({ identity, outcome: Outcome.unclear });

describe('the identities that were hit hardest', () => {
  it('stand by false blocks, then by unsure ones, then by the share of their answers, then by number', () => {
    const { hardestHit } = judgeRows(aPlan(), [
      ...times(2, falsely(1), 1.1),
      ...times(1, falsely(2), 1.2),
      ...times(2, falsely(3), 1.3),
      ...times(1, unsurely(3), 1.4),
      ...times(2, falsely(4), 1.5),
      ...times(3, { identity: 4 }, 1.6),
      ...times(3, unsurely(5), 1.7),
      ...times(2, falsely(0), 1.8),
      ...times(2, { identity: 6 }, 1.9),
    ]);
    const of = (identity: number, answered: number, falseBlocks: number, unsureBlocks: number) => ({
      actor: 'customers',
      identity,
      account: `account-${identity}`,
      ip: `127.0.1.${identity}`,
      answered,
      falseBlocks,
      unsureBlocks,
    });
    expect(hardestHit).toEqual([
      of(3, 3, 2, 1),
      of(0, 2, 2, 0),
      of(1, 2, 2, 0),
      of(4, 5, 2, 0),
      of(2, 1, 1, 0),
      of(5, 3, 0, 3),
    ]);
  });

  it('are honest ones in a phase, at most twenty, and none when none was hit', () => {
    expect(judgeRows(aPlan(), times(5, { identity: 1 })).hardestHit).toEqual([]);
    expect(judgeRows(aPlan(), [...times(5, falsely(10)), ...times(5, falsely(1), 0.5)]).hardestHit).toEqual([]);
    const [customers, attackers] = aPlan().actors;
    if (customers === undefined || attackers === undefined) throw new Error('no actors');
    const plan = aPlan({ actors: [attackers, { ...customers, name: 'people', population: 30 }] });
    const rows = Array.from({ length: 30 }, (_, index) => ({
      ...falsely(10 + index),
      actor: 1,
      key: 0,
      account: 0,
      ip: 0,
      intendedUs: at(1.5) + index,
    }));
    const world = { ...aTask(plan, []).world, identity: () => ({ account: 'one', ip: '127.0.0.1' }) };
    const hit = judgeRows(plan, rows, { world }).hardestHit ?? [];
    expect(hit.map(({ identity }) => identity)).toEqual(Array.from({ length: 20 }, (_, index) => 10 + index));
    expect(hit[0]).toMatchObject({ actor: 'people', account: 'one', ip: '127.0.0.1' });
  });

  it('are left out of a log that does not say who is honest', () => {
    const rows = times(3, falsely(1));
    const plan = aPlan({ policy: aPolicy([aTokenBucket()]) });
    const ofLog = (tellsHonest: boolean) => judgeRows(plan, rows, { fromLog: { startUs: 1, tellsHonest } }).hardestHit;
    expect(ofLog(false)).toBeUndefined();
    expect(ofLog(true)).toBeDefined();
  });

  test('are those that sorting them all would give', () => {
    const block = fc.record({
      identity: fc.nat({ max: 9 }),
      outcome: fc.constantFrom(Outcome.admitted, Outcome.refused, Outcome.unclear, Outcome.denied),
      intendedUs: fc.integer({ min: at(0.5), max: at(11.5) }),
    });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 60 }), (rows) => {
        const measured = rows.filter(({ intendedUs }) => intendedUs >= at(1) && intendedUs < at(11));
        const countOf = (identity: number, ...outcomes: readonly number[]): number =>
          measured.filter((row) => row.identity === identity && outcomes.includes(row.outcome)).length;
        const all = Array.from({ length: 10 }, (_, identity) => ({
          identity,
          answered: measured.filter((row) => row.identity === identity).length,
          falseBlocks: countOf(identity, Outcome.refused),
          unsureBlocks: countOf(identity, Outcome.unclear, Outcome.denied),
        }));
        const hit = all
          .filter(({ falseBlocks, unsureBlocks }) => falseBlocks + unsureBlocks > 0)
          .sort(
            (a, b) =>
              b.falseBlocks - a.falseBlocks ||
              b.unsureBlocks - a.unsureBlocks ||
              (b.falseBlocks + b.unsureBlocks) / b.answered - (a.falseBlocks + a.unsureBlocks) / a.answered ||
              a.identity - b.identity,
          );
        expect(judgeRows(aPlan(), rows).hardestHit).toMatchObject(hit);
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });
});

test('the foremost few are the head of a stable sort, and what they do not want would not be among them', () => {
  const item = fc.record({ rank: fc.nat({ max: 5 }), number: fc.nat() });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (items, max) => {
      const foremost = new Foremost<(typeof items)[number]>(max, (a, b) => a.rank - b.rank);
      for (const one of items) {
        const wanted = foremost.wants(one);
        foremost.add(one);
        expect(foremost.items.includes(one)).toBe(wanted);
      }
      expect(foremost.items).toEqual([...items].sort((a, b) => a.rank - b.rank).slice(0, max));
    }),
    { seed: 20_261_127, numRuns: 300 },
  );
});

test('indexes that any of several counted come in order, each once', () => {
  const [one, two, none] = [new PackedCounts(), new PackedCounts(), new PackedCounts()];
  for (const index of [5000, 3, 1023, 1024]) one.add(index);
  for (const index of [3, 4, 9000]) two.add(index, 300);
  expect([...indexesOf([one, two, none])]).toEqual([3, 4, 1023, 1024, 5000, 9000]);
  expect([...indexesOf([none])]).toEqual([]);
  expect(one.hasPageOf(1500)).toBe(true);
  expect(one.hasPageOf(2048)).toBe(false);
});
