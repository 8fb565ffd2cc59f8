import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../harness/actors/random.js';
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
    { lo: 0x3c6e_f372, hi: 0, turn: 2, line: 0, because: 'a word that the turn takes to nothing adds nothing' },
    { lo: 0x3c6e_f372, hi: 0, turn: 3, line: 1, because: 'its neighbour comes in the turn after it' },
    { lo: 0x3c6e_f373, hi: 0, turn: 2, line: 17, because: 'one bit of the low word moves the line by half a table' },
    { lo: 0x3c6e_f373, hi: -1, turn: 2, line: 17, because: 'words start again at 0' },
    { lo: 0x6a99_b4ac, hi: -1, turn: 13, line: 32, because: 'the last of 33 has no neighbour' },
    { lo: 0xe377_9b90 | 0, hi: 0, turn: 16, line: 0, because: 'the sixteenth turn starts a line of its own' },
    { lo: 0x81af_1549 | 0, hi: 0, turn: 17, line: 0, because: 'and so does each after it' },
  ];
  test.each(places)('of a large table leads $lo, $hi in turn $turn to line $line: $because', (place) => {
    expect(new ProbeOrder(129).lineAt(place.lo, place.hi, place.turn)).toBe(place.line);
  });

  test.each([104, 200, 1_000, 20_000])('gives each of %d keys a slot in a table for so many', (maxKeys) => {
    const slotCount = slotCountOf(maxKeys);
    const order = new ProbeOrder(slotCount);
    const random = createRandom(maxKeys);
    for (let table = 0; table < Math.max(1, 100_000 / maxKeys); table += 1) {
      const taken = new Uint8Array(Math.ceil(slotCount / 4));
      for (let key = 0; key < maxKeys; key += 1) {
        const [lo, hi] = [random.below(2 ** 32) | 0, random.below(2 ** 32) | 0];
        let turn = 0;
        while (
          (taken[order.lineAt(lo, hi, turn)] as number) >= Math.min(4, slotCount - order.lineAt(lo, hi, turn) * 4)
        ) {
          turn += 1;
        }
        if (turn >= order.turns) expect.fail(`key ${key} of table ${table} has no slot`);
        taken[order.lineAt(lo, hi, turn)] = (taken[order.lineAt(lo, hi, turn)] as number) + 1;
      }
    }
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
