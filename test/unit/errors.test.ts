import { describe, expect, test } from 'vitest';
import { errorTable, FloodproofError, formatError } from '../../harness/errors.js';
import { houseTexts } from '../repo/house-files.js';

const codes = Object.keys(errorTable).toSorted();

describe('the error table', () => {
  test('is the table of ARCHITECTURE.md, with the same exit codes, neither more nor less', () => {
    const text = houseTexts((path) => path === 'ARCHITECTURE.md')[0]?.text ?? '';
    const rows = [...text.matchAll(/^\| `(FP_\w+)` \| (\d+) \|/gm)].map(([, code, exit]) => [code, Number(exit)]);
    expect(rows.length).toBe(new Set(rows.map(([code]) => code)).size);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(errorTable).map(([code, { exit }]) => [code, exit])),
    );
  });

  test('has no row that nothing throws', () => {
    const sources = houseTexts(
      (path) => /^(?:harness|native)\/.*\.(?:ts|rs)$/.test(path) && path !== 'harness/errors.ts',
    );
    expect(codesMissingIn(sources.map((file) => file.text))).toEqual([]);
  });

  test('has no row that no test triggers', () => {
    const tests = houseTexts((path) => /^test\/.*\.ts$/.test(path) && path !== 'test/unit/errors.test.ts');
    expect(codesMissingIn(tests.map((file) => file.text))).toEqual([]);
  });
});

describe('FloodproofError', () => {
  test('takes hint and exit code from its row', () => {
    const error = new FloodproofError('FP_PORT_TAKEN', 'port 80 is taken');
    expect([error.name, error.code, error.exitCode, error.hint, error.faults]).toEqual([
      'FloodproofError',
      'FP_PORT_TAKEN',
      4,
      errorTable.FP_PORT_TAKEN.hint,
      [],
    ]);
    expect(Object.hasOwn(error, 'cause')).toBe(false);
  });

  test('keeps a hint and a cause of its own', () => {
    const cause = new Error('EADDRINUSE');
    const error = new FloodproofError('FP_PORT_TAKEN', 'port 80 is taken', { hint: 'use 8080', cause });
    expect([error.hint, error.cause]).toEqual(['use 8080', cause]);
  });
});

describe('formatError', () => {
  test('shows nothing that a terminal would obey, whoever’s words it repeats', () => {
    const words = 'it says \u001b[2J\u009b31m\u202eevil\u2066\r, "ü\tß" and\nmore';
    const fault = { code: 'FP_CONSENT_FORM', file: 'http://x', line: 0, column: 0, message: words, hint: words };
    const text = formatError(new FloodproofError('FP_USAGE', words, { hint: words, faults: [fault] }));
    expect(text.match(/it says {2}\[2J 31m evil {2}, "ü\tß" and\nmore/g)).toHaveLength(4);
  });

  test('shows every fault with its place, message and hint, then the error itself', () => {
    const error = new FloodproofError('FP_FILE_INVALID', '2 faults in 1 file', {
      faults: [
        {
          code: 'FP_RATE_NOT_POSITIVE',
          file: 'a.yaml',
          line: 14,
          column: 12,
          message: 'limits[0].refill must be above 0 cells, got -5',
          hint: 'write a whole number of cells per duration, for example "50 per 1s"',
        },
        { code: 'FP_NAME_MISSING', file: 'b.yaml', line: 0, column: 0, message: 'no name', hint: 'write one' },
      ],
    });
    expect(formatError(error)).toBe(
      [
        'error FP_RATE_NOT_POSITIVE  a.yaml:14:12',
        '  limits[0].refill must be above 0 cells, got -5',
        '  hint: write a whole number of cells per duration, for example "50 per 1s"',
        'error FP_NAME_MISSING  b.yaml',
        '  no name',
        '  hint: write one',
        'error FP_FILE_INVALID  2 faults in 1 file',
        `  hint: ${errorTable.FP_FILE_INVALID.hint}`,
      ].join('\n'),
    );
  });
});

/** Codes that stand in none of the texts as a quoted string. */
function codesMissingIn(texts: readonly string[]): string[] {
  return codes.filter((code) => !texts.some((text) => new RegExp(`['"\`]${code}\\b`).test(text)));
}
