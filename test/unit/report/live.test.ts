import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLeft, phaseAt, renderLive } from '../../../harness/report/live.js';
import { displayWidth } from '../../../harness/report/text.js';
import { aLiveActor, aMoment } from './live-samples.js';

describe('phaseAt', () => {
  test.each([
    { elapsedMs: 0, phase: 'warm-up', because: 'the first phase has not begun' },
    { elapsedMs: 1_000, phase: 'calm', because: 'the start of a phase belongs to it' },
    { elapsedMs: 2_999, phase: 'calm', because: 'it lasts up to its end' },
    { elapsedMs: 3_000, phase: 'attack', because: 'the end of a phase belongs to the next' },
    { elapsedMs: 8_000, phase: 'draining', because: 'the last phase is over, answers still come' },
  ])('$elapsedMs ms is $phase because $because', ({ elapsedMs, phase }) => {
    expect(phaseAt(aMoment({ elapsedMs }))).toBe(phase);
  });

  test('a run without phases is warming up', () => {
    expect(phaseAt({ phases: [], elapsedMs: 5 })).toBe('warm-up');
  });
});

describe('renderLive', () => {
  test('a moment in 79 columns', () => {
    expect(renderLive(aMoment(), { color: false, width: 79 }).join('\n')).toMatchInlineSnapshot(`
      "order-flood-5x  attack  4.2 s of 9.0 s
      [=========|================|========>---------------|-------------------------]
                calm             attack                   recovery
      actor      label   sent  admitted  throttled  refused  banned  errors      p99
      customers  legit  1,234     1,230          4        0       0       0  12.3 ms
      flooder    abuse  1,234     1,230     99,000        0       0       0        -
      generator's own delay p99 1.23 ms"
    `);
  });

  test('the bar is empty at the start and full at the end', () => {
    const barAt = (elapsedMs: number): string =>
      renderLive(aMoment({ elapsedMs }), { color: false, width: 40 })[1] ?? '';
    expect(barAt(0)).toMatch(/^\[[-|]+\]$/);
    expect(barAt(9_000)).toMatch(/^\[[=|]+\]$/);
    expect(barAt(20_000)).toBe(barAt(9_000));
  });

  test('the number of lines does not change during a run, so that they can be redrawn in place', () => {
    const counts = [0, 999, 4_200, 8_500, 9_000].map(
      (elapsedMs) => renderLive(aMoment({ elapsedMs, ownDelayP99Ms: null }), { color: true, width: 79 }).length,
    );
    expect(new Set(counts)).toEqual(new Set([7]));
  });

  test('no line is wider than the width, with colours or without, whatever the numbers', () => {
    const actor = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 40 }),
      sent: fc.nat(1e12),
      p99Ms: fc.float({ min: 0, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(actor, { maxLength: 4 }),
        fc.integer({ min: 1, max: 150 }),
        fc.boolean(),
        (actors, width, color) => {
          const moment = aMoment({ actors: actors.map((changes) => aLiveActor(changes)) });
          for (const line of renderLive(moment, { color, width })) {
            const text = stripVTControlCharacters(line);
            expect(text).not.toMatch(/\p{Cc}/u);
            expect(displayWidth(text)).toBeLessThanOrEqual(width);
          }
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  test('what is left is told when it is known and there is room for it', () => {
    const headOf = (width: number, leftMs: number | null): string =>
      renderLive(aMoment(), { color: false, width, leftMs })[0] ?? '';
    expect(headOf(79, 4_800)).toBe('order-flood-5x  attack  4.2 s of 9.0 s  5 s left');
    expect(headOf(79, null)).toBe('order-flood-5x  attack  4.2 s of 9.0 s');
    expect(headOf(48, 4_800)).toBe('order-flood-5x  attack  4.2 s of 9.0 s  5 s left');
    expect(headOf(47, 4_800)).toBe('order-flood-5x  attack  4.2 s of 9.0 s');
    expect(headOf(37, 4_800)).toBe('order-flood-5x  attack');
    expect(headOf(20, 4_800)).toBe('order-flood-5x  att~');
  });

  test.each([
    { ms: -5, text: '0 s' },
    { ms: 1, text: '1 s' },
    { ms: 59_000, text: '59 s' },
    { ms: 59_001, text: '1 min 0 s' },
    { ms: 72_000, text: '1 min 12 s' },
    { ms: 3_599_000, text: '59 min 59 s' },
    { ms: 3_599_001, text: '1 h 0 min' },
    { ms: 7_500_000, text: '2 h 5 min' },
    { ms: 47 * 3_600_000, text: '47 h 0 min' },
    { ms: 48 * 3_600_000, text: '2 d 0 h' },
    { ms: 76 * 3_600_000, text: '3 d 4 h' },
  ])('$ms ms are told as $text', ({ ms, text }) => {
    expect(formatLeft(ms)).toBe(text);
  });

  test('in a narrow window the numbers that say least are left out first, and no line is cut', () => {
    expect(renderLive(aMoment(), { color: true, width: 60 }).map(stripVTControlCharacters).slice(3)).toEqual([
      'actor      sent admitted throttled refused errors     p99',
      'customers 1,234    1,230         4       0      0 12.3 ms',
      'flooder   1,234    1,230    99,000       0      0       -',
      "generator's own delay p99 1.23 ms",
    ]);
    expect(renderLive(aMoment(), { color: false, width: 66 })[3]).toMatch(/^actor +sent .* banned errors +p99$/);
    expect(renderLive(aMoment(), { color: false, width: 20 }).slice(3)).toEqual([
      'actor      admitted',
      'customers     1,230',
      'flooder       1,230',
      "generator's own del~",
    ]);
  });

  test('in a low window the busiest actors are shown in the order of the plan, and how many more', () => {
    const actors = [3, 9, 1, 7, 5].map((sent) => aLiveActor({ name: `n${sent}`, sent }));
    const linesOf = (rowsMax: number): string[] =>
      renderLive(aMoment({ actors }), { color: false, width: 79, rowsMax }).map((line) => line.split(' ')[0] ?? '');
    const names = (rowsMax: number): string[] => linesOf(rowsMax).filter((word) => /^n\d|^and$/.test(word));
    expect(linesOf(10)).toHaveLength(10);
    expect(names(10)).toEqual(['n3', 'n9', 'n1', 'n7', 'n5']);
    expect(names(9)).toEqual(['n9', 'n7', 'n5', 'and']);
    expect(renderLive(aMoment({ actors }), { color: false, width: 79, rowsMax: 9 }).at(-2)).toBe('and 2 more');
    for (let rowsMax = 1; rowsMax <= 12; rowsMax++) {
      expect(linesOf(rowsMax)).toHaveLength(Math.min(rowsMax, 10));
    }
    expect(names(3)).toEqual(['n9', 'and']);
    expect(linesOf(1)).toEqual(['order-flood-5x']);
  });

  test('colours add nothing but colour', () => {
    const plain = renderLive(aMoment(), { color: false, width: 100 });
    const painted = renderLive(aMoment(), { color: true, width: 100 });
    expect(painted).not.toEqual(plain);
    expect(painted.map(stripVTControlCharacters)).toEqual(plain);
  });
});
