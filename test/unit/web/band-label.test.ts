import { describe, expect, test } from 'vitest';
import { bandLabel } from '../../../harness/web/chart/band-label.js';

/** Every letter is as wide as any other. */
const widthOf = (text: string): number => 10 * Array.from(text).length;

const rows = [
  { name: 'attack', room: 60, beside: 0, text: 'attack', back: 0, because: 'it fits to the point' },
  { name: 'attack', room: 59, beside: 0, text: 'atta…', back: 0, because: 'what is cut shows that it is' },
  { name: 'attack', room: 30, beside: 0, text: 'at…', back: 0, because: 'two letters are the fewest' },
  { name: 'attack', room: 29, beside: 0, text: '', back: 0, because: 'one letter tells nothing' },
  { name: 'warm-up', room: 50, beside: 20, text: 'warm-up', back: 20, because: 'it may begin before its band' },
  { name: 'warm-up', room: 49, beside: 20, text: 'war…', back: 0, because: 'but not further than there is room' },
  { name: 'ab cdef', room: 40, beside: 0, text: 'ab…', back: 0, because: 'no blank stands before the ellipsis' },
  { name: '🏦🏦🏦🏦', room: 30, beside: 0, text: '🏦🏦…', back: 0, because: 'no letter is halved' },
  { name: 'calm', room: 500, beside: 50, text: 'calm', back: 0, because: 'with room enough nothing is moved' },
];

describe('the name above a phase', () => {
  test.each(rows)('$name in $room is "$text": $because', ({ name, room, beside, text, back }) => {
    expect(bandLabel(name, { room, beside, widthOf })).toEqual({ text, back });
  });
});
