import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOutTable } from '../../../harness/report/table.js';
import { displayWidth, pad, truncate, visible, wrap, wrapBehind } from '../../../harness/report/text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('visible', () => {
  test.each([
    { text: 'plain text', shown: 'plain text', because: 'nothing is wrong with it' },
    { text: '\u001b[2Jgone', shown: '\\x1b[2Jgone', because: 'a target must not clear the screen' },
    { text: 'a\r\nb\nc\td', shown: 'a b c d', because: 'a line stays one line' },
    { text: 'a\u202eb', shown: 'a\\u202eb', because: 'nothing turns the direction of writing' },
    { text: '\u0085\u009b', shown: '\\x85\\x9b', because: 'the upper control characters are commands too' },
  ])('shows "$shown" because $because', ({ text, shown }) => {
    expect(visible(text)).toBe(shown);
  });

  test('no control character is left of any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visible(text)).not.toMatch(/\p{Cc}/u);
      }),
      { seed: 7, numRuns: 1_000 },
    );
  });
});

describe('widths', () => {
  test.each([
    { text: 'abc', columns: 3, because: 'a letter takes one' },
    { text: '限流', columns: 4, because: 'a wide character takes two' },
    { text: 'e\u0301', columns: 1, because: 'a combining mark takes none' },
    { text: '🔒', columns: 2, because: 'a picture takes two' },
  ])('"$text" takes $columns columns because $because', ({ text, columns }) => {
    expect(displayWidth(text)).toBe(columns);
  });

  test('padding fills to the width on the side that is asked for', () => {
    expect([pad('ab', 4), pad('ab', 4, 'right'), pad('abcdef', 4)]).toEqual(['ab  ', '  ab', 'abcdef']);
  });

  test('what was cut shows as a tilde', () => {
    expect([truncate('abcdef', 4), truncate('abcd', 4), truncate('限流器', 4), truncate('ab', 0)]).toEqual([
      'abc~',
      'abcd',
      '限~',
      '',
    ]);
  });
});

describe('wrap', () => {
  test('breaks at spaces, and cuts only a word that is longer than a line', () => {
    expect(wrap('a limiter that holds unconditionally', 10)).toEqual([
      'a limiter',
      'that holds',
      'unconditio',
      'nally',
    ]);
  });

  test('an empty text is one empty line', () => {
    expect(wrap('', 10)).toEqual(['']);
  });

  test('no line is wider than the width, and no letter is lost', () => {
    fc.assert(
      fc.property(anyText.map(visible), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
      { seed: 7, numRuns: 1_000 },
    );
  });

  test('a wide character in a column of one is taken all the same', () => {
    expect(wrap('限流', 1)).toEqual(['限', '流']);
  });

  test('further lines stand under the first', () => {
    expect(wrapBehind('- ', 'one two three', 8)).toEqual(['- one', '  two', '  three']);
  });
});

describe('layOutTable', () => {
  const columns = [
    { title: 'name', align: 'left', narrow: 'cut' },
    { title: 'count', align: 'right', narrow: 'keep' },
    { title: 'what', align: 'left', narrow: 'wrap' },
  ] as const;

  test('columns are as wide as their contents, two apart', () => {
    const table = layOutTable(columns, [['a', '12', 'some text']], 80);
    expect([table.head, table.rows, table.width]).toEqual(['name  count  what', [['a        12  some text']], 22]);
  });

  test('a table that fits to the column keeps its gaps', () => {
    expect(layOutTable(columns, [['a', '12', 'some text']], 22).width).toBe(22);
  });

  test('the gaps shrink before a column does', () => {
    expect(layOutTable(columns, [['a', '12', 'some text']], 20).rows).toEqual([['a       12 some text']]);
  });

  test('then the widest column gives way: one is cut, one is wrapped, the third is kept', () => {
    const table = layOutTable(columns, [['a-long-actor-name', '1,234,567', 'a text of several words']], 32);
    expect(table.rows).toEqual([
      ['a-long-ac~ 1,234,567 a text of', `${' '.repeat(21)}several`, `${' '.repeat(21)}words`],
    ]);
    expect(table.width).toBe(32);
  });

  test('paint comes after the padding and skips empty cells', () => {
    const painted = [{ title: 'x', align: 'left', narrow: 'keep', paint: (text: string) => `<${text}>` }] as const;
    expect(layOutTable(painted, [['ab'], [''], ['c']], 80).rows).toEqual([['<ab>'], [''], ['<c>']]);
  });
});
