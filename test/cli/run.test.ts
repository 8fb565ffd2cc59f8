import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunRecord } from '../../harness/engine/record/run-folder.js';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { planEndUs } from '../../harness/scenario/plan.js';
import {
  type CliResult,
  cliFiles,
  onlyRunFolder,
  projectRoot,
  runCli,
  runFolders,
  scratch,
} from '../support/run-cli.js';
import { countRecord, namesIn, queryRecord, verdictOf } from '../support/run-record.js';
import { isNativeLeftOut } from '../twin/engines.js';

const small = join(cliFiles, 'small.yaml');
const long = join(cliFiles, 'long.yaml');
const sealedFiles = [
  'generator.json',
  'junit.xml',
  'latency.json',
  'observations.parquet',
  'plan.json',
  'report.html',
  'series.json',
  'summary.md',
  'verdict.json',
];
const suiteSchema = JSON.parse(
  readFileSync(join(projectRoot, 'harness/report/schema/suite.schema.json'), 'utf8'),
) as object;
const isSuite = new Ajv({ allErrors: true }).compile<SuiteDocument>(suiteSchema);
const place = scratch();

afterAll(() => place.remove());

/** The native engine; where it is left out, the other one. */
const engine = isNativeLeftOut ? 'ts' : 'native';

/** Stdout as a suite. @throws with every place where it is none. */
function suiteOf({ stdout }: CliResult): SuiteDocument {
  const document: unknown = JSON.parse(stdout);
  if (isSuite(document)) return document;
  throw new Error(JSON.stringify(isSuite.errors));
}

describe('run --json', () => {
  const out = join(place.path, 'json');
  const junit = join(place.path, 'reports/new/suite.xml');
  let result: CliResult;
  beforeAll(async () => {
    result = await runCli(['run', small, '--engine', engine, '--json', '--junit', junit, '--out', out]);
  });

  it('prints the suite as its schema says and nothing else, and exits with its exit code', () => {
    const suite = suiteOf(result);
    expect(suite).toMatchObject({ verdict: 'pass', exitCode: 0, errors: [] });
    expect(suite.scenarios).toHaveLength(1);
    expect(suite.scenarios[0]).toMatchObject({
      scenario: 'small',
      engine,
      seed: 1,
      target: 'gateway',
      notes: isNativeLeftOut ? ['TypeScript engine, as asked'] : [],
    });
    expect(suite.scenarios[0]?.actors.flooder?.sent).toBeGreaterThan(20);
    expect(result.code).toBe(0);
  });

  it('tells the person who waits about phases and the run folder on stderr, without colours', () => {
    const lines = result.stderr.trimEnd().split('\n');
    const folder = onlyRunFolder(out);
    expect(lines.at(-1)).toBe(`saved in ${folder} (with report.html)`);
    expect(lines.slice(0, -1).map((line) => line.replace(/, .*/, ''))).toEqual(
      expect.arrayContaining(['small: warm-up', 'small: attack']),
    );
    expect(result.stderr).not.toContain('\u001b');
  });

  it('leaves a whole run folder: no open record, no half file', () => {
    const folder = onlyRunFolder(out);
    expect(namesIn(folder)).toEqual(sealedFiles);
    expect(suiteOf(result).scenarios).toEqual([verdictOf(folder)]);
    expect(readRunRecord(folder)).toMatchObject({ seed: 1, engine, workers: 1, target: 'gateway' });
    const generator = JSON.parse(readFileSync(join(folder, 'generator.json'), 'utf8')) as { seconds: unknown[] };
    expect(generator.seconds.length).toBeGreaterThan(0);
  });

  it('keeps every request in a Parquet file that another program opens', async () => {
    const folder = onlyRunFolder(out);
    const { plan } = readRunRecord(folder);
    const { generator } = verdictOf(folder);
    const measured = `from observations where "intendedUs" >= ${plan.warmupUs}`;
    expect(await countRecord(folder, `select count(*) ${measured}`)).toBe(generator.asked);
    expect(await countRecord(folder, `select count(*) ${measured} and "sentUs" > 0`)).toBe(generator.sent);
    expect(await countRecord(folder, `select count(*) ${measured} and "answeredUs" > 0`)).toBe(generator.answered);
    expect(await countRecord(folder, `select max("intendedUs") from observations`)).toBeLessThan(planEndUs(plan));
    expect(await countRecord(folder, `select count(*) from observations where "actor" > 1`)).toBe(0);
  });

  it('writes the JUnit file where --junit says, making its folder, and one beside the verdict', () => {
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuite [^>]*name="small"[^>]*failures="0"/);
    expect(readFileSync(join(onlyRunFolder(out), 'junit.xml'), 'utf8')).toContain('name="small"');
    expect(readFileSync(join(onlyRunFolder(out), 'summary.md'), 'utf8')).toMatch(/^## Floodproof: pass$/m);
  });
});

describe('run with the TypeScript engine, two threads and a seed', () => {
  const out = join(place.path, 'ts');
  let result: CliResult;
  beforeAll(async () => {
    result = await runCli(['run', small, '--engine', 'ts', '--workers', '2', '--seed', '7', '--json', '--out', out]);
  });

  it('passes with the same document, and names engine and seed in it', () => {
    expect(result.code).toBe(0);
    const [scenario] = suiteOf(result).scenarios;
    expect(scenario).toMatchObject({ engine: 'ts', seed: 7, verdict: 'pass', notes: ['TypeScript engine, as asked'] });
  });

  it('merges the records of both threads into one, in the order of conclusion', async () => {
    const folder = onlyRunFolder(out);
    expect(namesIn(folder)).toEqual(sealedFiles);
    const rows = await queryRecord(folder, 'select "concludedUs" from observations');
    const times = rows.map((row) => Number(row.concludedUs));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(rows.length).toBeGreaterThanOrEqual(verdictOf(folder).generator.asked);
  });
});

describe('run without --json', () => {
  const out = join(place.path, 'twice');
  let result: CliResult;
  beforeAll(async () => {
    // So few requests are over before the warm-up is: nothing is measured.
    result = await runCli(['run', long, '--repeat', '2', '--max-requests', '25', '--out', out]);
  });

  it('prints a table for each scenario and one for the suite, with an empty line between', () => {
    const blocks = result.stdout.split('\n\n');
    expect(blocks.filter((block) => block.startsWith('long  UNDECIDED'))).toHaveLength(2);
    expect(result.stdout.match(/^ {2}expectation /gm)).toHaveLength(2);
    expect(blocks.at(-1)).toMatch(/^verdict +scenario .*\nUNDECIDED +long .*\nUNDECIDED +long .*\nUNDECIDED {2}0 of 2/);
  });

  it('exits with 5 when an expectation cannot be told', () => {
    expect(result.code).toBe(5);
    expect(result.stdout).toContain('??');
  });

  it('plays the list as often as --repeat says, each time into a folder of its own', () => {
    expect(runFolders(out)).toHaveLength(2);
    expect(result.stderr.match(/^saved in /gm)).toHaveLength(2);
  });

  it('schedules no more requests than --max-requests, and says so', async () => {
    for (const folder of runFolders(out)) {
      expect(await countRecord(folder, 'select count(*) from observations where "kind" = 0')).toBe(25);
      expect(verdictOf(folder).notes).toContain('the schedule was cut by --max-requests 25');
    }
  });

  it('names the command that plays it again, as this one was called', () => {
    const [first, second] = runFolders(out);
    expect(result.stdout.match(/^ {2}replay: .*$/gm)).toEqual([
      `  replay: node dist/cli/main.js replay ${first}`,
      `  replay: node dist/cli/main.js replay ${second}`,
    ]);
  });
});

describe('run where nobody reads', () => {
  it('does not mind a reader who has seen enough', async () => {
    const out = join(place.path, 'closed');
    const script = `node dist/cli/main.js run '${long}' --max-requests 25 --out '${out}' | true; echo "\${PIPESTATUS[0]}" >&2`;
    const { stderr } = await runCli(['-c', script], { command: 'bash' });
    expect(stderr).toMatch(/^saved in .*\n5\n$/m);
    expect(existsSync(join(onlyRunFolder(out), 'verdict.json'))).toBe(true);
  });

  it.each([
    { env: { NO_COLOR: '1' }, colored: false, because: 'the person said so' },
    { env: { FORCE_COLOR: '1' }, colored: true, because: 'the person said so' },
    { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, colored: false, because: 'no is stronger' },
    { env: { NO_COLOR: '' }, colored: false, because: 'a file has no colours' },
  ])('colours its table under $env: $colored, because $because', async ({ env, colored }) => {
    const out = join(place.path, JSON.stringify(env));
    const { stdout } = await runCli(['run', long, '--max-requests', '1', '--out', out], { env });
    expect(stdout).toContain('UNDECIDED');
    expect(stdout.includes('\u001b[')).toBe(colored);
  });
});
