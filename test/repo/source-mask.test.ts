import { describe, expect, test } from 'vitest';
import { lineOf, maskRust, maskTypeScript } from './source-mask.js';

describe('maskTypeScript', () => {
  test.each([
    { source: 'a // b', code: 'a     ', because: 'a line comment is no code' },
    { source: 'a /* b */ c', code: 'a         c', because: 'a block comment is no code' },
    { source: "f('x // y')", code: "f('      ')", because: 'a string may look like a comment' },
    { source: String.raw`f("x\"y") + z`, code: 'f("    ") + z', because: 'an escaped quote does not close' },
    { source: 'f(`a ${b} c`)', code: 'f(`  ${b}  `)', because: 'what is substituted into a template is code' },
    { source: 'f(`${ {a: `${b}`} }`) + c', code: 'f(`${ {a: `${b}`} }`) + c', because: 'templates and braces nest' },
    {
      source: 's.match(/[\'"`]/) + d',
      code: 's.match(/      ) + d',
      because: 'a quote in an expression opens no string',
    },
    {
      source: 's = /[/]\\//g; t',
      code: 's = /     /g; t'.replace('/g', ' g'),
      because: 'a slash in a class does not close',
    },
    { source: "a / b / 'c'", code: "a / b / ' '", because: 'a slash behind a value divides' },
    { source: "(a) / b('c')", code: "(a) / b(' ')", because: 'a slash behind a bracket divides' },
    {
      source: "return /'/.test(a)",
      code: 'return /  .test(a)',
      because: 'a slash behind a keyword begins an expression',
    },
  ])('$source: $because', ({ source, code }) => {
    expect(maskTypeScript(source).code).toBe(code);
    expect(maskTypeScript(source).code).toHaveLength(source.length);
  });

  test('literals keep their value and place; a template with a substitution is none', () => {
    expect(maskTypeScript("a('b', `c`, `d${'e'}`)").literals).toEqual([
      { start: 2, value: 'b' },
      { start: 7, value: 'c' },
      { start: 16, value: 'e' },
    ]);
  });

  test('lines stay where they are', () => {
    const source = '/*\n\n*/ a';
    expect(lineOf(source, maskTypeScript(source).code.indexOf('a'))).toBe(3);
  });
});

describe('maskRust', () => {
  test.each([
    { source: 'a /* b /* c */ d */ e', left: 'ae', because: 'block comments nest' },
    { source: 'let s = "unsafe \\" //"; x', left: 'lets=;x', because: 'a string is no code' },
    { source: 'r#"a " unsafe"# + b"c" + y', left: '++y', because: 'raw and byte strings are strings' },
    {
      source: "fn f<'a>(c: &'a u8) { '\"'; '\\''; '\\u{1f}'; z }",
      left: "fnf<'a>(c:&'au8){;;;z}",
      because: 'a lifetime is no character',
    },
    { source: '// unsafe\ncode', left: 'code', because: 'a line comment is no code' },
  ])('$source: $because', ({ source, left }) => {
    expect(maskRust(source).replace(/\s/g, '')).toBe(left);
    expect(maskRust(source)).toHaveLength(source.length);
  });
});
