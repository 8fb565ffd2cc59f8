import { describe, expect, it } from 'vitest';
import { withLoopGuard } from '../../../harness/zoo/mutation/loop-guard.js';
import { moduleOf } from '../../../harness/zoo/mutation/module-of.js';
import { mutantsOf } from '../../../harness/zoo/mutation/mutants.js';

const changes = (source: string): string[] => mutantsOf('a.js', source).map(({ id }) => id.replace(/^a\.js /, ''));

describe('what a machine changes', () => {
  it.each([
    { source: 'a < b;', expected: ['1:3 comparison: "<" to "<="'] },
    { source: 'a <= b;', expected: ['1:3 comparison: "<=" to "<"'] },
    { source: 'a > b;', expected: ['1:3 comparison: ">" to ">="'] },
    { source: 'a >= b;', expected: ['1:3 comparison: ">=" to ">"'] },
    { source: 'a === b;', expected: ['1:3 comparison: "===" to "!=="'] },
    { source: 'a !== b;', expected: ['1:3 comparison: "!==" to "==="'] },
    { source: 'a + b;', expected: ['1:3 arithmetic: "+" to "-"'] },
    { source: 'a - b;', expected: ['1:3 arithmetic: "-" to "+"'] },
    { source: 'a * b;', expected: ['1:3 arithmetic: "*" to "/"'] },
    { source: 'a % b;', expected: ['1:3 arithmetic: "%" to "*"'] },
    { source: 'a += b;', expected: ['1:3 arithmetic: "+=" to "-="'] },
    { source: '-a;', expected: ['1:1 arithmetic: "-a" to "a"'] },
    { source: 'a && b;', expected: ['1:3 logic: "&&" to "||"'] },
    { source: 'a || b;', expected: ['1:3 logic: "||" to "&&"'] },
    { source: '!a;', expected: ['1:1 logic: "!a" to "a"'] },
    { source: '7;', expected: ['1:1 constant: "7" to "8"', '1:1 constant: "7" to "0"'] },
    { source: '0;', expected: ['1:1 constant: "0" to "1"'] },
    { source: '1_000;', expected: ['1:1 constant: "1_000" to "1001"', '1:1 constant: "1_000" to "0"'] },
    { source: '3n;', expected: ['1:1 constant: "3n" to "4n"', '1:1 constant: "3n" to "0n"'] },
    { source: 'true;', expected: ['1:1 constant: "true" to "false"'] },
    { source: 'false;', expected: ['1:1 constant: "false" to "true"'] },
    { source: '"text";', expected: [] },
    { source: 'a ?? b;', expected: [] },
    { source: 'a ? b : c;', expected: ['1:1 branch: "a ? b : c" to "a ? (c) : (b)"'] },
    { source: 'Math.min(a);', expected: ['1:6 rounding: "min" to "max"'] },
    { source: 'Math.ceil(a);', expected: ['1:6 rounding: "ceil" to "floor"'] },
    { source: 'Other.min(a);', expected: [] },
  ])('in $source is $expected', ({ source, expected }) => {
    // Every one of these is a statement too, which can be left out.
    const removal = `1:1 removal: "${source}" to ";"`;
    expect(changes(source)).toEqual([removal, ...expected]);
  });

  it('in an if is its condition, either way', () => {
    expect(changes('if (a) b();')).toEqual([
      '1:5 branch: "a" to "true"',
      '1:5 branch: "a" to "false"',
      '1:8 removal: "b();" to ";"',
    ]);
  });

  it('is found at any depth, and its place is that of the source', () => {
    expect(changes('export const f = () => ({\n  g(a) {\n    return [a, a < 1];\n  },\n});')).toEqual([
      '3:18 comparison: "<" to "<="',
      '3:20 constant: "1" to "2"',
      '3:20 constant: "1" to "0"',
    ]);
  });

  it('is the operator itself, not one that stands in a comment or in brackets beside it', () => {
    const [, mutant] = mutantsOf('a.js', '(a) /* < */ < (b);');
    expect(mutant?.source).toBe('(a) /* < */ <= (b);');
  });

  it('stands in one place alone, each time another', () => {
    const source = 'export function f(a, b) {\n  return a < b && a + 1 > b ? Math.max(a, b) : 0;\n}\n';
    const mutants = mutantsOf('a.js', source);
    expect(mutants.length).toBeGreaterThan(8);
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    expect(new Set(mutants.map((mutant) => mutant.source)).size).toBe(mutants.length);
    for (const mutant of mutants) expect(mutant.source).not.toBe(source);
  });
});

describe('a module that is made of a text', () => {
  const base = new URL('../../../harness/zoo/limiters/right/none.js', import.meta.url).href;

  it('runs', async () => {
    const { twice } = await moduleOf('export const twice = (a) => 2 * a; // "100 %" & more', base);
    expect((twice as (a: number) => number)(21)).toBe(42);
  });

  it('is another one for another text', async () => {
    const one = await moduleOf('export const a = 1;', base);
    const two = await moduleOf('export const a = 2;', base);
    expect([one.a, two.a]).toEqual([1, 2]);
  });

  it('imports what Node brings', async () => {
    const { name } = await moduleOf(
      "import { basename } from 'node:path';\nexport const name = basename('/a/b');",
      base,
    );
    expect(name).toBe('b');
  });
});

describe('a loop that is guarded', () => {
  const base = new URL('../../../harness/zoo/limiters/right/none.js', import.meta.url).href;
  const loops = [
    'for (;;) count += 1;',
    'for (let i = 0; i < n; i += 0) { count += 1; }',
    'while (n > 0) { count += 1; }',
    'do count += 1; while (true);',
    'for (const one of ones) { count += one; for (const other of [1]) count += other; }',
  ];

  it.each(loops)('%s ends with an exception', async (loop) => {
    const source = `const ones = { *[Symbol.iterator]() { for (;;) yield 1; } };
      export function f(n) { let count = 0; ${loop} return count; }`;
    const { f } = await moduleOf(withLoopGuard(source, 1000), base);
    expect(() => (f as (n: number) => number)(1)).toThrow('loops for ever');
  });

  it('does what it did as long as it ends', async () => {
    const source =
      'export function f(n) { let sum = 0; for (let i = 1; i <= n; i += 1) if (i % 2) sum += i; return sum; }';
    const { f } = await moduleOf(withLoopGuard(source, 1000), base);
    expect((f as (n: number) => number)(10)).toBe(25);
  });

  it('is left out of a program without any', () => {
    expect(withLoopGuard('export const a = 1;')).toBe('export const a = 1;');
  });
});
