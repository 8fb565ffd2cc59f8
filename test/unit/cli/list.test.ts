import { describe, expect, it } from 'vitest';
import { listCommand } from '../../../harness/cli/list.js';

const printed = (width: number): string[] =>
  listCommand(['scenarios/abuse'], { tag: null, maps: null, json: false, width }).split('\n');

describe('the list of scenarios', () => {
  it.each([
    { width: Number.POSITIVE_INFINITY, head: 'scenario http core needs tags maps file' },
    { width: 190, head: 'scenario http core needs tags file' },
    { width: 120, head: 'scenario http core needs file' },
    { width: 90, head: 'scenario http core file' },
  ])('leaves out columns that the terminal has no room for: $width', ({ width, head }) => {
    const lines = printed(width);
    expect(lines[0]?.split(/ +/).join(' ')).toBe(head);
    for (const line of lines.slice(0, lines.indexOf(''))) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('keeps name, lengths and file however narrow it is', () => {
    expect(printed(10)[0]?.split(/ +/)).toEqual(['scenario', 'http', 'core', 'file']);
  });
});
