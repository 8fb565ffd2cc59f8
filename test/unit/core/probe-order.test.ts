import { describe, expect, test } from 'vitest';
import { ProbeOrder, slotCountOf } from '../../../harness/core/probe-order.js';

describe('the order in which a table is searched', () => {
  const counts = [
    { maxKeys: 1, slots: 1 },
    { maxKeys: 3, slots: 3 },
    { maxKeys: 4, slots: 5 },
    { maxKeys: 100_000, slots: 125_000 },
    { maxKeys: 10_000_000, slots: 12_500_000 },
  ];
  test.each(counts)('has $slots slots for $maxKeys keys', ({ maxKeys, slots }) => {
    expect(slotCountOf(maxKeys)).toBe(slots);
  });

  test.each([1, 2, 4, 5, 64, 127, 128])('goes through every line of %d slots once', (slotCount) => {
    const order = new ProbeOrder(slotCount);
    const lineCount = Math.ceil(slotCount / 4);
    for (const hi of [0, 1, 0x4000_0000, 0x7fff_ffff, -1, -0x8000_0000]) {
      const lines = Array.from({ length: order.turns }, (_, turn) => order.lineAt(5, hi, turn));
      expect(lines.toSorted((a, b) => a - b)).toEqual(Array.from({ length: lineCount }, (_, line) => line));
      for (const [turn, line] of lines.entries()) expect(line).toBe(((lines[0] ?? 0) + turn) % lineCount);
    }
  });

  const places = [
    { lo: 0, hi: 0, turn: 0, line: 0, because: 'the least hash starts at the first line' },
    { lo: 0, hi: -1, turn: 0, line: 32, because: 'the greatest starts at the last' },
    { lo: 0, hi: 0x8000_0000 | 0, turn: 0, line: 16, because: 'half of the words is half of 33 lines' },
    { lo: 0, hi: 0x8000_0000 | 0, turn: 1, line: 17, because: 'every second line is the neighbour of the one before' },
    { lo: 0, hi: 0, turn: 30, line: 0, because: 'an even step is made odd, and 15 is not far' },
    { lo: 0x4000_0000, hi: 0, turn: 2, line: 8, because: 'the step is a quarter of all words' },
    { lo: 0x4000_0001, hi: -1, turn: 2, line: 8, because: 'words start again at 0' },
    { lo: 0x4000_0001, hi: -1, turn: 3, line: 9, because: 'that one has a neighbour too' },
    { lo: -1, hi: 0, turn: 2, line: 32, because: 'a step of -1 goes around' },
    { lo: -1, hi: 0, turn: 3, line: 32, because: 'the last of 33 has no neighbour' },
  ];
  test.each(places)('of a large table leads $lo, $hi in turn $turn to line $line: $because', (place) => {
    expect(new ProbeOrder(129).lineAt(place.lo, place.hi, place.turn)).toBe(place.line);
  });

  test('of a large table has 32 turns, and lines within it', () => {
    const order = new ProbeOrder(12_500_000);
    expect(order.turns).toBe(32);
    let greatest = 0;
    for (let index = 0; index < 100_000; index += 1) {
      greatest = Math.max(
        greatest,
        order.lineAt(Math.imul(index, 0x9e37_79b9), Math.imul(index, 0x85eb_ca6b), index % 32),
      );
    }
    expect(greatest).toBeLessThan(3_125_000);
    expect(greatest).toBeGreaterThan(3_120_000);
  });
});
