/** Pages that are made from the program: `npx vitest run test/repo/documents-made.test.ts -u` writes them anew. */
import { describe, expect, test } from 'vitest';
import { errorTable } from '../../harness/errors.js';
import { commandFaults, readCommandTable, shellLines } from '../support/command-line.js';
import { commandPage } from '../support/command-page.js';
import { errorsPage } from '../support/error-page.js';

describe('docs/errors.md', () => {
  const page = errorsPage();

  test('says what the table of errors says', async () => {
    await expect(page).toMatchFileSnapshot('../../docs/errors.md');
  });

  test('has a row for every code, with its meaning and what to do', () => {
    const rows = [...page.matchAll(/^\| `(FP_\w+)` \| (.+) \| (.+) \|$/gm)].map(([, code]) => code);
    expect(Object.keys(errorTable).filter((code) => !rows.includes(code))).toEqual([]);
    expect(rows.length).toBe(new Set(rows).size);
  });
});

describe('docs/cli.md', () => {
  const page = commandPage();
  const table = readCommandTable();

  test('says what the program says', async () => {
    await expect(page).toMatchFileSnapshot('../../docs/cli.md');
  });

  test('has every command and every option', () => {
    for (const [name, options] of table) {
      const section = name === '' ? page : (page.split(`\n### ${name}\n`)[1]?.split(/^#{2,3} /m)[0] ?? '');
      const told = new Set(
        [...section.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, flags = '']) => flags.split(/[ ,]+/)),
      );
      const everywhere = name === '' ? new Map<string, boolean>() : (table.get('') ?? new Map<string, boolean>());
      const missing = [...options.keys()].filter((flag) => !everywhere.has(flag) && !told.has(flag));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });

  test('shows examples that can be given', () => {
    const lines = shellLines(page);
    expect(lines.length).toBeGreaterThan(table.size);
    expect(lines.flatMap((line) => commandFaults(line, table))).toEqual([]);
  });
});
