/** Every command that the documents print is one that can be given. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CheckReport, invariantNames } from '../../harness/invariants/contract.js';
import {
  type CommandTable,
  commandFaults,
  floodproofArguments,
  readCommandTable,
  shellLines,
} from '../support/command-line.js';
import { projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'results/README.md',
  ...readdirSync(join(projectRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function linesOf(document: string): string[] {
  return shellLines(readFileSync(join(projectRoot, document), 'utf8'));
}

const table: CommandTable = readCommandTable();

describe('the commands of the documents', () => {
  it.each(documents)('%s prints real commands only', (document) => {
    const faults = linesOf(document).flatMap((line) => commandFaults(line, table).map((fault) => `${line}: ${fault}`));
    expect(faults).toEqual([]);
  });

  it('the README shows how to run, explain, validate and replay', () => {
    const shown = new Set(linesOf('README.md').map((line) => floodproofArguments(line)?.[0]));
    expect([...shown]).toEqual(expect.arrayContaining(['run', 'explain', 'validate', 'replay']));
  });

  it('the limiter of docs/check-your-limiter.md keeps what it claims', async () => {
    const page = readFileSync(join(projectRoot, 'docs/check-your-limiter.md'), 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const path = join(place.path, 'my-limiter.mjs');
    writeFileSync(path, code);
    const { code: exitCode, stdout } = await runCli(['check', '--limiter', path, '--seed', '1', '--json']);
    const report = JSON.parse(stdout) as CheckReport;
    expect({ exitCode, failures: report.failures }).toEqual({ exitCode: 0, failures: [] });
    expect(report.skipped.map(({ invariant }) => invariant).sort()).toEqual([
      'all-or-nothing',
      'bounded-memory',
      'concurrency',
    ]);
  });

  it('docs/check-your-limiter.md names every invariant', () => {
    const page = readFileSync(join(projectRoot, 'docs/check-your-limiter.md'), 'utf8');
    expect([...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)).toEqual(
      expect.arrayContaining([...invariantNames]),
    );
  });

  it.each(['explain', 'validate'])('what the README shows of %s works as it stands', async (command) => {
    const calls = linesOf('README.md')
      .map((line) => floodproofArguments(line))
      .filter((args) => args?.[0] === command);
    expect(calls.length).toBeGreaterThan(0);
    for (const args of calls) {
      const { code, stdout, stderr } = await runCli(args ?? []);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toBe('');
    }
  });

  it.each([
    { line: 'floodproof rum scenarios/release', fault: 'no command rum' },
    { line: 'npx floodproof run scenarios/released', fault: 'scenarios/released is not there' },
    { line: 'node dist/cli/main.js run scenarios/release --sed 7', fault: 'run has no option --sed' },
    { line: 'floodproof run scenarios/release --seed', fault: '--seed wants a value' },
    { line: 'npm run quickest', fault: 'no script quickest in package.json' },
  ])('a wrong one would be found: $line', ({ line, fault }) => {
    expect(commandFaults(line, table)).toEqual([fault]);
    expect(existsSync(join(projectRoot, 'README.md'))).toBe(true);
  });
});
