/** Every command that the documents print is one that can be given. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CommandTable,
  commandFaults,
  floodproofArguments,
  readCommandTable,
  shellLines,
} from '../support/command-line.js';
import { projectRoot, runCli } from '../support/run-cli.js';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/scenario-reference.md',
  'docs/metrics.md',
  'results/README.md',
];

function linesOf(document: string): string[] {
  return shellLines(readFileSync(join(projectRoot, document), 'utf8'));
}

let table: CommandTable;
beforeAll(async () => {
  table = await readCommandTable();
});

describe('the commands of the documents', () => {
  it.each(documents)('%s prints real commands only', (document) => {
    const faults = linesOf(document).flatMap((line) => commandFaults(line, table).map((fault) => `${line}: ${fault}`));
    expect(faults).toEqual([]);
  });

  it('the README shows how to run, explain, validate and replay', () => {
    const shown = new Set(linesOf('README.md').map((line) => floodproofArguments(line)?.[0]));
    expect([...shown]).toEqual(expect.arrayContaining(['run', 'explain', 'validate', 'replay']));
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
