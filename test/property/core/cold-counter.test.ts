/**
 * No key gets more than its limit, whatever the others do: every history of a few keys over a few microseconds on a
 * table that is too small for them, tried out in full, and longer ones at random.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitTable } from '../../../harness/core/limit-table.js';
import { Decision, type LimitNumbers, type LimitSpec } from '../../../harness/core/spec.js';
import { bucket, fixedWindow, limit } from '../../unit/core/specs.js';

interface Hit {
  readonly atUs: number;
  readonly cost: number;
}

/** Cells that a key may get in any closed interval of this length. */
type Bound = (lengthUs: number) => number;

function boundOf(numbers: LimitNumbers): Bound {
  if (numbers.family === 'token-bucket') {
    return (lengthUs) => numbers.capacity + (lengthUs * numbers.refillCells) / numbers.refillPeriodUs;
  }
  return (lengthUs) => numbers.capacity * (Math.ceil(lengthUs / numbers.windowUs) + 1);
}

/** The interval in which a key got too much, or null. */
function findExcess(hits: readonly Hit[], bound: Bound): string | null {
  for (const [from, first] of hits.entries()) {
    let cells = 0;
    for (const hit of hits.slice(from)) {
      cells += hit.cost;
      if (cells > bound(hit.atUs - first.atUs)) return `${cells} cells from ${first.atUs} to ${hit.atUs}`;
    }
  }
  return null;
}

/** With windows of one phase for all, cells per window are bounded too. */
function findFullWindow(hits: readonly Hit[], numbers: LimitNumbers): string | null {
  if (numbers.family === 'token-bucket' || numbers.anchor === 'first-hit') return null;
  const cells = new Map<number, number>();
  for (const { atUs, cost } of hits) {
    const window = Math.floor(atUs / numbers.windowUs);
    const sum = (cells.get(window) ?? 0) + cost;
    cells.set(window, sum);
    if (sum > numbers.capacity) return `${sum} cells in window ${window}`;
  }
  return null;
}

interface Step {
  readonly key: number;
  readonly gapUs: number;
  readonly cost: number;
}

/** Runs a history; how often a key was served cold, and a key that got too much, if there is one. */
function run(spec: LimitSpec, history: readonly Step[]): { coldCount: number; excess: string | null } {
  const table = new LimitTable(spec, 0);
  const hits = new Map<number, Hit[]>();
  let nowUs = 0;
  let coldCount = 0;
  for (const { key, gapUs, cost } of history) {
    nowUs += gapUs;
    if (table.look(key + 1, 0, cost, nowUs) !== Decision.admitted) continue;
    if (table.isCold) coldCount += 1;
    table.charge(true);
    const list = hits.get(key);
    if (list === undefined) hits.set(key, [{ atUs: nowUs, cost }]);
    else list.push({ atUs: nowUs, cost });
  }
  const bound = boundOf(spec.numbers);
  for (const list of hits.values()) {
    const excess = findExcess(list, bound) ?? findFullWindow(list, spec.numbers);
    if (excess !== null) return { coldCount, excess };
  }
  return { coldCount, excess: null };
}

/** All histories of three keys with gaps of 0 to 3 microseconds; the first step may as well be of the first key. */
function* allHistories(length: number): Generator<Step[]> {
  const choices = 12;
  for (let number = 0; number < choices ** length; number += 1) {
    const history: Step[] = [];
    let rest = number;
    for (let index = 0; index < length; index += 1) {
      history.push({ key: rest % 3, gapUs: Math.floor(rest / 3) % 4, cost: 1 });
      rest = Math.floor(rest / choices);
    }
    if (history[0]?.key === 0) yield history;
  }
}

const families: { name: string; numbers: LimitNumbers }[] = [
  { name: 'a bucket of 2 with 1 cell per 3 us', numbers: bucket(2, 1, 3) },
  { name: 'a bucket of 1 with 3 cells per 5 us', numbers: bucket(1, 3, 5) },
  { name: 'a calendar window of 1 per 4 us', numbers: fixedWindow(1, 4, 'calendar') },
  { name: 'a first-hit window of 1 per 3 us', numbers: fixedWindow(1, 3, 'first-hit') },
  { name: 'a first-hit window of 2 per 4 us', numbers: fixedWindow(2, 4, 'first-hit') },
];

describe('a key never gets more than its limit on a table that is too small', () => {
  test.each(families)('$name: in all histories of five requests', ({ numbers }) => {
    const spec = limit({ numbers, maxKeys: 1 });
    let coldCount = 0;
    for (const history of allHistories(5)) {
      const result = run(spec, history);
      coldCount += result.coldCount;
      if (result.excess !== null) expect.fail(`${result.excess}: ${JSON.stringify(history)}`);
    }
    expect(coldCount).toBeGreaterThan(10_000);
  });

  test.each(families)('$name: in long histories of many keys', ({ numbers }) => {
    const steps = fc.record({
      key: fc.nat({ max: 5 }),
      gapUs: fc.nat({ max: 3 }),
      cost: fc.integer({ min: 1, max: numbers.capacity }),
    });
    const histories = fc.array(steps, { minLength: 10, maxLength: 60 });
    const property = fc.property(histories, fc.integer({ min: 1, max: 3 }), (history, maxKeys) => {
      expect(run(limit({ numbers, maxKeys }), history).excess).toBeNull();
    });
    fc.assert(property, { seed: 7, numRuns: 3000 });
  });
});
