import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/run-cli.js';

/** It takes one or two minutes of a machine that does nothing else. */
const DEADLINE_MS = 900_000;

interface SelftestDocument {
  readonly schema: string;
  readonly seed: number;
  readonly mutants: readonly { name: string; kind: string; caught: boolean; by: string[]; ms: number }[];
  readonly right: readonly { name: string; accused: boolean }[];
}

describe('floodproof selftest', () => {
  it('of one that is broken shows what is wrong, who caught it and what was seen', async () => {
    const { code, stdout, stderr } = await runCli(['selftest', '--only', 'edge-double-burst']);
    expect(stdout).toMatch(/^ +edge-double-burst +A window of the calendar .* admission-bound/m);
    expect(stdout).toMatch(/^ +admission-bound: /m);
    expect(stdout).toMatch(/^ +promised: /m);
    expect(stdout).toContain('\nPASS  broken ones: 1 of 1 caught (100 %); seed 1\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('of one that is right shows that nobody accused it', async () => {
    const { code, stdout } = await runCli(['selftest', '--only', 'sliding-log', '--seed', '9']);
    expect(stdout).toMatch(/^ +sliding-log +limiter +nobody +\d+$/m);
    expect(stdout).toContain('\nPASS  right ones: 0 of 1 accused; seed 9\n');
    expect(code).toBe(0);
  });

  it('runs one mutant by its id', async () => {
    const id = 'sliding-log.js 7:49 comparison: "<" to "<="';
    const { code, stdout } = await runCli(['selftest', '--only', id, '--json']);
    const { mutants } = JSON.parse(stdout) as SelftestDocument;
    expect(mutants).toEqual([
      { name: id, kind: 'mutation', caught: true, by: [expect.any(String)], ms: expect.any(Number) },
    ]);
    expect(code).toBe(0);
  });

  it('says who was meant when nobody has the name', async () => {
    const { code, stdout, stderr } = await runCli(['selftest', '--only', 'edge-duble-burst']);
    expect(stderr).toBe(
      'error FP_USAGE  nobody in the zoo is called "edge-duble-burst"\n' +
        '  hint: did you mean "edge-double-burst"? "floodproof selftest --json" names all\n',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('does not know what is of another kind', async () => {
    const { code, stderr } = await runCli(['selftest', '--only', 'edge-double-burst', '--kind', 'mutation']);
    expect(stderr).toContain('nobody in the zoo is called "edge-double-burst"');
    expect(code).toBe(2);
  });

  it('refuses a kind that there is none of', async () => {
    const { code, stderr } = await runCli(['selftest', '--kind', 'tiger']);
    expect(stderr).toContain('limiter, verifier, gateway, mutation');
    expect(code).toBe(2);
  });
});

describe('floodproof selftest of everything in process', () => {
  let result: CliResult;
  let document: SelftestDocument;
  beforeAll(async () => {
    result = await runCli(['selftest', '--no-http', '--json'], { deadlineMs: DEADLINE_MS });
    document = JSON.parse(result.stdout) as SelftestDocument;
  }, DEADLINE_MS);

  it('catches all that are broken and accuses none that is right', () => {
    expect(document.mutants.filter(({ caught }) => !caught)).toEqual([]);
    expect(document.right.filter(({ accused }) => accused)).toEqual([]);
    expect(result.code).toBe(0);
  });

  it('holds many of each kind, each once', () => {
    const names = document.mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const count = (kind: string): number => document.mutants.filter((mutant) => mutant.kind === kind).length;
    expect(count('limiter')).toBeGreaterThanOrEqual(60);
    expect(count('verifier')).toBeGreaterThanOrEqual(15);
    expect(count('mutation')).toBeGreaterThanOrEqual(300);
    expect(document.right.length).toBeGreaterThanOrEqual(10);
  });

  it('is a document with a schema, a seed, and who caught each', () => {
    expect(document).toMatchObject({ schema: 'floodproof/selftest/1', seed: 1 });
    expect(document.mutants.filter(({ by }) => by.length === 0)).toEqual([]);
  });

  it('writes nothing to stderr where no terminal is', () => {
    expect(result.stderr).toBe('');
  });
});
