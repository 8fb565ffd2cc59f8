import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../harness/scenario/yaml-source.js';

function codesOf(text: string): readonly string[] {
  const { source, faults } = readYaml('a.yaml', text);
  expect(source === null).toBe(faults.some(({ code }) => code !== 'FP_KEY_FORBIDDEN'));
  return faults.map(({ code }) => code);
}

/** Nine levels of nine aliases each: 9^9 values from a few lines. */
const aliasBomb = Array.from({ length: 9 }, (_, level) => {
  const inside = level === 0 ? '"lol"' : `*a${level - 1}`;
  return `a${level}: &a${level} [${Array.from({ length: 9 }, () => inside).join(', ')}]`;
}).join('\n');

describe('readYaml', () => {
  it.each([
    { text: aliasBomb, code: 'FP_YAML_ALIASES', because: 'aliases multiply' },
    { text: 'a: &a [*a]\n', code: 'FP_YAML_ALIASES', because: 'a value that holds itself has no end' },
    { text: `a: &a 1\nb: [${'*a,'.repeat(30_000)}]\n`, code: 'FP_YAML_ALIASES', because: 'there are too many of them' },
    { text: '['.repeat(200_000), code: 'FP_YAML_TOO_LARGE', because: 'brackets open without end' },
    { text: '{a: '.repeat(100_000), code: 'FP_YAML_TOO_LARGE', because: 'braces open without end' },
    { text: `${'- '.repeat(100_000)}x`, code: 'FP_YAML_TOO_LARGE', because: 'dashes go down without end' },
    { text: `${'? '.repeat(100_000)}x`, code: 'FP_YAML_TOO_LARGE', because: 'question marks go down without end' },
    {
      text: Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      code: 'FP_YAML_TOO_LARGE',
      because: 'indentation goes down without end',
    },
    { text: `a: [${'1, '.repeat(25_000)}]`, code: 'FP_YAML_TOO_LARGE', because: 'a list has too many values' },
    { text: `a: [${','.repeat(500_000)}]`, code: 'FP_YAML_TOO_LARGE', because: 'commas go on without end' },
    { text: `# ${'x'.repeat(1_048_577)}`, code: 'FP_YAML_TOO_LARGE', because: 'no file is that long' },
  ])('gives up where $because', ({ text, code }) => {
    expect(codesOf(text)).toEqual([code]);
  });

  it('reads files up to 32 levels deep, and none deeper', () => {
    const nested = (levels: number) => `${'['.repeat(levels - 1)}1${']'.repeat(levels - 1)}\n`;
    expect(codesOf(nested(32))).toEqual([]);
    expect(codesOf(nested(33))).toEqual(['FP_YAML_TOO_LARGE']);
    const block = (levels: number) =>
      `${Array.from({ length: levels - 1 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1\n`;
    expect(codesOf(block(32))).toEqual([]);
    expect(codesOf(block(33))).toEqual(['FP_YAML_TOO_LARGE']);
  });

  it('follows aliases that stay small', () => {
    const { source } = readYaml('a.yaml', 'a: &one { b: 1 }\nc: *one\n');
    expect(source?.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    const twice = readYaml('a.yaml', `a: &a 1\nb: &b [*a, *a]\nc: [${'*b,'.repeat(60)}]\n`);
    expect(twice.faults).toEqual([]);
    expect(twice.source?.value).toMatchObject({ a: 1, b: [1, 1] });
  });

  it('drops forbidden keys wherever they stand, outer ones first, and reads on', () => {
    const { source, faults } = readYaml(
      'a.yaml',
      '__proto__: { x: 1 }\na: [{ constructor: 1, b: 2 }]\n"prototype": 3\n',
    );
    expect(faults.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'FP_KEY_FORBIDDEN 1:1',
      'FP_KEY_FORBIDDEN 3:1',
      'FP_KEY_FORBIDDEN 2:7',
    ]);
    expect(source?.value).toEqual({ a: [{ b: 2 }] });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('takes a merge key for a key like any other', () => {
    const { source } = readYaml('a.yaml', 'a: &a { b: 1 }\nc: { <<: *a }\n');
    expect(source?.value).toEqual({ a: { b: 1 }, c: { '<<': { b: 1 } } });
  });

  it('reads words of YAML 1.1 as words', () => {
    const { source } = readYaml('a.yaml', 'a: [yes, no, on, off, 0o17, 017, 1_000, 12:30]\n');
    expect(source?.value).toEqual({ a: ['yes', 'no', 'on', 'off', 15, 17, '1_000', '12:30'] });
  });

  it('reads windows line ends and a byte order mark', () => {
    const { source, faults } = readYaml('a.yaml', '\uFEFFa: 1\r\nb:\r\n  - c: 2\r\n');
    expect(faults).toEqual([]);
    expect(source?.value).toEqual({ a: 1, b: [{ c: 2 }] });
    const complaint = { code: 'FP_TYPE_WRONG', message: 'is wrong' } as const;
    expect(source?.fault(['b', 0, 'c'], complaint)).toMatchObject({ line: 3, column: 8, message: 'b[0].c is wrong' });
  });

  it('points at values, keys, letters of a text, and what is nearest to a missing one', () => {
    const text = 'a:\n  - { b: one, c: "two" }\n  - d: >\n      folded\n      text\n';
    const { source } = readYaml('a.yaml', text);
    const placeOf = (...args: [path: (string | number)[], at?: { key?: boolean; offset?: number }]) => {
      const fault = source?.fault(args[0], { code: 'FP_TYPE_WRONG', message: '' }, args[1]);
      return `${fault?.line}:${fault?.column}`;
    };
    expect(placeOf(['a', 0, 'b'])).toBe('2:10');
    expect(placeOf(['a', 0, 'b'], { key: true })).toBe('2:7');
    expect(placeOf(['a', 0, 'b'], { offset: 2 })).toBe('2:12');
    expect(placeOf(['a', 0, 'c'], { offset: 2 })).toBe('2:21');
    expect(placeOf(['a', 1, 'd'], { offset: 2 })).toBe('3:8');
    expect(placeOf(['a', 0, 'missing'])).toBe('2:5');
    expect(placeOf(['missing', 5, 'deep'])).toBe('1:1');
  });
});
