import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../harness/errors.js';
import { houseRoot } from './house-files.js';
import { allowedEdges } from './import-rules.js';
import { pureRooms } from './purity-rules.js';

const read = (path: string): string => readFileSync(join(houseRoot, path), 'utf8');
const architecture = read('ARCHITECTURE.md');
const manifest: {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} = JSON.parse(read('package.json'));

/** Cells of the table rows under a heading, up to the next heading of that depth or a higher one. */
function rowsUnder(heading: string): string[][] {
  const depth = heading.split(' ')[0]?.length ?? 0;
  const body = architecture.split(`\n${heading}\n`)[1] ?? '';
  const section = body.split(new RegExp(`^#{1,${depth}} `, 'm'))[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:room|code|package|crate|word) \|/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const names = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

describe('README.md', () => {
  test('shows the test of a limiter as the tests run it', () => {
    expect(read('README.md')).toContain(`\`\`\`ts\n${read('test/invariants-user/limiter.test.ts')}\`\`\`\n`);
  });
});

describe('ARCHITECTURE.md', () => {
  test('gives every dependency its reason, and no other', () => {
    const crates = [
      ...['core', 'binding', 'fuzz']
        .map((part) => read(`native/${part}/Cargo.toml`))
        .join('\n')
        .matchAll(/^\[(?:target\.[^\]]+\.)?(?:dev-|build-)?dependencies\]\n((?:(?!\[).*\n?)*)/gm),
    ].flatMap((section) => [...(section[1] ?? '').matchAll(/^([\w-]+) *=/gm)].map((match) => match[1] ?? ''));
    const declared = [
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.devDependencies),
      ...new Set(crates.filter((crate) => crate !== 'floodproof-core')),
    ];
    const rows = rowsUnder('## Dependencies');
    expect(rows.flatMap(([packages]) => names(packages)).toSorted()).toEqual([...new Set(declared)].toSorted());
    for (const [, reason] of rows) expect(reason).toMatch(/\w/);
  });

  test('draws the rooms, the pure ones marked, as the rules have them', () => {
    const rows = rowsUnder('## Rooms').filter((row) => row.length === 3);
    expect(rows.flatMap(([room]) => names(room)).toSorted()).toEqual(Object.keys(allowedEdges).toSorted());
    const pure = rows.filter((row) => row[2] === 'yes').flatMap(([room]) => names(room));
    expect(pure.toSorted()).toEqual([...pureRooms].toSorted());
  });

  test('names the exit codes that there are', () => {
    const codes = rowsUnder('## Exit codes').map(([code]) => Number(code));
    expect(codes.toSorted()).toEqual(Object.values(ExitCode).toSorted());
  });
});

test('every script that a document tells somebody to run is there', () => {
  const documents = ['CONTRIBUTING.md', 'ARCHITECTURE.md', 'results/README.md'].map(read).join('\n');
  const told = [...documents.matchAll(/\bnpm (?:run )?([a-z][a-z:]*)\b/g)].map((match) => match[1] ?? '');
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
});
