import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../harness/cli/options/values.js';
import { ExitCode, errorTable } from '../../harness/errors.js';
import { type CommandTable, commandFaults, floodproofArguments, readCommandTable } from '../support/command-line.js';
import { projectRoot } from '../support/run-cli.js';

const ownKits = ['docs/ci/own-server-github-actions.yml', 'docs/ci/own-server-gitlab-ci.yml'];
const kits = ['docs/ci/github-actions.yml', 'docs/ci/gitlab-ci.yml', ...ownKits];

/** The lines of a kit that give a command of ours, in their order. */
const ours = (kit: string): string[] =>
  linesBelow(parse(textOf(kit)), ['run', 'script', 'after_script']).filter(
    (line) => floodproofArguments(line) !== null,
  );
const runLine = (kit: string): string => ours(kit).find((line) => line.includes('floodproof run ')) ?? '';

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

const table: CommandTable = readCommandTable();

/** Every text below a key of that name, line by line. */
function linesBelow(node: unknown, keys: readonly string[], isBelow = false): string[] {
  if (typeof node === 'string') return isBelow ? node.split('\n').map((line) => line.trim()) : [];
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => linesBelow(value, keys, isBelow || keys.includes(key)));
}

describe('the kits for CI', () => {
  it.each(kits)('%s is YAML whose commands are real', (kit) => {
    const lines = linesBelow(parse(textOf(kit)), ['run', 'script', 'after_script']);
    expect(ours(kit).map((line) => floodproofArguments(line)?.[0])).toEqual(
      ownKits.includes(kit) ? ['doctor', 'run', 'ui'] : ['run', 'ui'],
    );
    expect(lines.flatMap((line) => commandFaults(line, table))).toEqual([]);
  });

  it.each(kits)('%s keeps what its run leaves', (kit) => {
    const document = parse(textOf(kit)) as object;
    const junit = /--junit (\S+)/.exec(runLine(kit))?.[1] ?? '';
    expect(junit.startsWith('results/runs/')).toBe(true);
    expect(linesBelow(document, ['path', 'paths'])).toContain('results/runs');
    if (kit.includes('gitlab')) expect(linesBelow(document, ['junit'])).toEqual([junit]);
  });

  it.each(kits)('%s compares several runs of each side, and lists them', (kit) => {
    expect(runLine(kit)).toMatch(/ --repeat 5 .* --baseline baseline/);
    expect(ours(kit).at(-1)).toContain('ui results/runs --html results/runs/index.html');
    if (kit.includes('gitlab')) expect(textOf(kit)).toContain('cp results/runs/index.html public/');
  });

  it.each(ownKits)('%s starts a server and waits for it before the first look at it', (kit) => {
    const lines = linesBelow(parse(textOf(kit)), ['run', 'script']);
    const at = (part: string): number => lines.findIndex((line) => line.includes(part));
    expect(at('node server.js')).toBeGreaterThanOrEqual(0);
    expect(at('--retry-connrefused')).toBeGreaterThan(at('node server.js'));
    expect(at('floodproof doctor')).toBeGreaterThan(at('--retry-connrefused'));
    expect(at('floodproof run')).toBeGreaterThan(at('floodproof doctor'));
    expect(runLine(kit)).toMatch(/ --target "\$TARGET" --adapter floodproof\/my\.yaml /);
  });

  it('a wrong command would be found', () => {
    const wrong = parse(textOf(kits[0] ?? '').replace('--junit', '--junitt')) as object;
    expect(linesBelow(wrong, ['run']).flatMap((line) => commandFaults(line, table))).toEqual([
      'run has no option --junitt',
    ]);
  });
});

describe('the exit codes of docs/ci.md', () => {
  const rows = [...textOf('docs/ci.md').matchAll(/^\| (\d+) \| (.+?) \| .+ \|$/gm)];

  it('are those of the house, each once', () => {
    expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(ExitCode).sort((a, b) => a - b));
    const used = new Set(Object.values(errorTable).map(({ exit }) => exit));
    expect([...used].filter((code) => !rows.some(([, row]) => Number(row) === code))).toEqual([]);
  });

  it('mean what the help of every command says', () => {
    const said = [...exitCodes.matchAll(/^ {2}(\d+) +(.+)$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(rows.map(([, code, meaning]) => [code, meaning])).toEqual(said);
  });
});
