import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phaseAt, renderLive } from '../../../harness/report/live.js';
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

  test('colours add nothing but colour', () => {
    const plain = renderLive(aMoment(), { color: false, width: 100 });
    const painted = renderLive(aMoment(), { color: true, width: 100 });
    expect(painted).not.toEqual(plain);
    expect(painted.map(stripVTControlCharacters)).toEqual(plain);
  });
});
