import { describe, expect, test } from 'vitest';
import { LINES_MAX, lengthFaults, linkFaults, nameFaults, skipFaults, wordFaults } from './file-rules.js';
import { housePaths, houseTexts } from './house-files.js';

const paths = housePaths();
const texts = houseTexts(() => true);

describe('every file of the house', () => {
  test(`has at most ${LINES_MAX} lines, where it is source`, () => {
    expect(lengthFaults(texts)).toEqual([]);
  });

  test('is named for what it is, in the case of its language', () => {
    expect(nameFaults(paths)).toEqual([]);
  });

  test('puts nothing off, silences no tool and knows no path of one machine', () => {
    expect(wordFaults(texts)).toEqual([]);
  });

  test('runs all its tests, and each file of tests asserts something', () => {
    expect(skipFaults(texts)).toEqual([]);
  });

  test('links only to what is there', () => {
    expect(
      linkFaults(
        texts.filter((file) => file.path.endsWith('.md')),
        paths,
      ),
    ).toEqual([]);
  });
});

describe('the checker of files', () => {
  test('sees the files of the project, those that are not committed yet too', () => {
    expect(paths).toContain('harness/errors.ts');
    expect(paths).toContain('test/repo/file-rules.ts');
    expect(paths.filter((path) => /^(?:node_modules|dist|target)\//.test(path))).toEqual([]);
  });

  test('finds a file that is too long', () => {
    expect(lengthFaults([{ path: 'harness/core/a.ts', text: 'x\n'.repeat(LINES_MAX) }])).toEqual([]);
    expect(lengthFaults([{ path: 'native/core/src/a.rs', text: 'x\n'.repeat(LINES_MAX + 1) }])).toHaveLength(1);
    expect(lengthFaults([{ path: 'test/unit/core/a.test.ts', text: 'x\n'.repeat(LINES_MAX + 1) }])).toEqual([]);
  });

  test.each([
    { path: 'harness/core/tokenBucket.ts', faults: 1, because: 'TypeScript is in kebab-case' },
    { path: 'harness/core/token_bucket.ts', faults: 1, because: 'TypeScript is in kebab-case' },
    { path: 'harness/core/token-bucket.ts', faults: 0, because: 'it is' },
    { path: 'test/unit/core/token-bucket.test.ts', faults: 0, because: 'a test ends so' },
    { path: 'native/core/src/token-bucket.rs', faults: 1, because: 'Rust is in snake_case' },
    { path: 'native/core/src/token_bucket.rs', faults: 0, because: 'it is' },
    { path: 'harness/core/utils.ts', faults: 1, because: 'it is a drawer' },
    { path: 'harness/helpers/bucket.ts', faults: 1, because: 'the folder is a drawer' },
    { path: 'harness/core/time-utils.ts', faults: 1, because: 'it is a drawer of time' },
    { path: 'native/core/src/key_manager.rs', faults: 1, because: 'it is a drawer of keys' },
    { path: 'ARCHITECTURE.md', faults: 0, because: 'it is no source' },
  ])('$path has $faults faults because $because', ({ path, faults }) => {
    expect(nameFaults([path])).toHaveLength(faults);
  });

  const parts = (...words: readonly string[]): string => words.join('');
  test.each([
    { path: 'harness/a.ts', text: parts('// TO', 'DO: later'), faults: 1 },
    { path: 'native/core/src/a.rs', text: parts('// FIX', 'ME'), faults: 1 },
    { path: 'harness/a.ts', text: parts('// @ts', '-ignore'), faults: 1 },
    { path: 'test/a.ts', text: parts('// biome', '-ignore lint'), faults: 1 },
    { path: 'README.md', text: parts('cd /wo', 'rk/main'), faults: 1 },
    { path: '.ci/run', text: parts('cp a /tm', 'p/x'), faults: 1 },
    { path: 'test/a.ts', text: parts('/tm', 'p/x'), faults: 0 },
    { path: 'README.md', text: 'see https://example.com/work/it and ./work/it', faults: 0 },
  ])('"$text" in $path has $faults faults', ({ path, text, faults }) => {
    expect(wordFaults([{ path, text }])).toHaveLength(faults);
  });

  test.each([
    { text: 'test.skip("a", f); expect(1);', faults: 1, because: 'one is left out' },
    { text: 'describe.only("a", f); expect(1);', faults: 1, because: 'the others are left out' },
    { text: 'test("a", () => { run(); });', faults: 1, because: 'nothing is asserted' },
    { text: 'test("it may test.skip", () => { expect(1).toBe(1); });', faults: 0, because: 'a name is no call' },
  ])('finds tests that do not test: $because', ({ text, faults }) => {
    expect(skipFaults([{ path: 'test/unit/a.test.ts', text }])).toHaveLength(faults);
  });

  test('finds links that lead nowhere', () => {
    const text = [
      '# One & two',
      '[a](b.md) [c](docs/d.md#three) [e](#one--two) [f](https://example.com/x) [g](docs) [h](docs/d.md "title")',
      '[lost](gone.md)',
      '[lost](#gone)',
      '[lost](docs/d.md#gone)',
      '[lost][ref] ![picture](gone.png)',
      '',
      '[ref]: gone/too.md',
      '`[code](nowhere.md)`',
      '```',
      '[code](nowhere.md)',
      '```',
    ].join('\n');
    const documents = [
      { path: 'a.md', text },
      { path: 'docs/d.md', text: '## Three\n[back](../a.md)\n[wrong](a.md)' },
    ];
    expect(linkFaults(documents, ['a.md', 'b.md', 'docs/d.md'])).toEqual([
      'a.md:3: gone.md leads nowhere',
      'a.md:4: a.md has no heading gone',
      'a.md:5: docs/d.md has no heading gone',
      'a.md:6: gone.png leads nowhere',
      'a.md:8: gone/too.md leads nowhere',
      'docs/d.md:3: a.md leads nowhere',
    ]);
  });
});
