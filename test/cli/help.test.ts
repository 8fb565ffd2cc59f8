import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CommandTable, commandFaults, floodproofArguments, readCommandTable } from '../support/command-line.js';
import { projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const commands = [
  'run',
  'replay',
  'judge',
  'report',
  'compare',
  'ui',
  'list',
  'explain',
  'new',
  'validate',
  'init',
  'import',
  'doctor',
  'probe',
  'capture',
  'record',
  'consent',
  'check',
  'bench',
  'selftest',
  'gateway',
  'completion',
];
const table: CommandTable = readCommandTable();

describe('--help', () => {
  it('lists every command', () => {
    expect([...table.keys()]).toEqual(['', ...commands]);
  });

  it.each(['', ...commands])(
    'of %j says what it takes, gives examples that are real, and fits into a terminal',
    async (command) => {
      const { code, stdout, stderr } = await runCli([...(command === '' ? [] : [command]), '--help']);
      await expect(stdout).toMatchFileSnapshot(`help/${command === '' ? 'floodproof' : command}.txt`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout
        .replaceAll('\\\n', ' ')
        .split('\n')
        .map((line) => line.trim());
      const examples = lines.filter((line) => floodproofArguments(line) !== null);
      expect(examples.flatMap((line) => commandFaults(line, table))).toEqual([]);
      if (command === '' || command === 'run') expect(examples.length).toBeGreaterThan(2);
      expect(stdout.split('\n').filter((line) => line.length > 84)).toEqual([]);
    },
  );

  it('is the same whether asked by option or by command', async () => {
    expect((await runCli(['help', 'run'])).stdout).toBe((await runCli(['run', '-h'])).stdout);
  });
});

describe('floodproof alone', () => {
  it.each([[[]], [['--quiet']], [['--no-color', '-q']]])(
    'prints what people do first, in a screenful, each a real command: %j',
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      const shown = lines
        .map((line) => line.replace(/^.*? {2}(?=floodproof )/, ''))
        .filter((line) => /^floodproof /.test(line));
      expect(shown.length).toBeGreaterThanOrEqual(6);
      expect(shown.flatMap((line) => commandFaults(line, table))).toEqual([]);
      expect(lines.length).toBeLessThan(20);
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
    },
  );
});

describe('--version', () => {
  it('prints the version alone', async () => {
    expect(await runCli(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});

describe('explain', () => {
  it('says what will be sent and what the policy promises', async () => {
    const { code, stdout, stderr } = await runCli(['explain', 'test/cli/files/small.yaml']);
    await expect(stdout).toMatchFileSnapshot('help/explain-small.txt');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('takes several files, one after the other', async () => {
    const { stdout } = await runCli(['explain', 'test/cli/files/small.yaml', 'test/cli/files/long.yaml']);
    expect(stdout.match(/^\w+ \(test\/cli\/files\/\w+\.yaml\)$/gm)).toEqual([
      'small (test/cli/files/small.yaml)',
      'long (test/cli/files/long.yaml)',
    ]);
  });
});

describe('validate', () => {
  it('says of every good file that it is one, and of which kind', async () => {
    const { code, stdout, stderr } = await runCli([
      'validate',
      'scenarios/release/replay.yaml',
      'test/cli/files/policy.yaml',
    ]);
    expect(stdout).toBe(
      'scenarios/release/replay.yaml: valid scenario (4 actors, 9 expectations)\n' +
        'test/cli/files/policy.yaml: valid policy (2 limits)\n',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('reads the recordings of a scenario too, and says what was found in them', async () => {
    const trace = join(place.path, 'times.csv');
    const scenario = join(place.path, 'recorded.yaml');
    const text = readFileSync(join(projectRoot, 'test/cli/files/small.yaml'), 'utf8')
      .replace(/^policy: .*$/m, `policy: ${join(projectRoot, 'test/cli/files/policy.yaml')}`)
      .replace(/arrivals: .*$/m, 'arrivals: { process: trace, file: times.csv, format: csv }');
    writeFileSync(scenario, text);
    const missing = await runCli(['validate', 'nowhere.yaml', scenario]);
    expect(missing.stderr).toContain(`error FP_TRACE_FILE  ${trace}\n`);
    expect(missing.stderr).toContain('error FP_FILE_UNREADABLE  nowhere.yaml\n');
    expect({ code: missing.code, stdout: missing.stdout }).toEqual({ code: 2, stdout: '' });
    writeFileSync(trace, 't\n1\n1\n3\n');
    const { code, stdout } = await runCli(['validate', scenario]);
    expect(stdout).toContain(`${scenario}: valid scenario (`);
    expect(stdout).toContain(`\n  ${trace}: 3 times in 2 s\n  ${trace}: 1 of 3 are of the same moment`);
    expect(code).toBe(0);
    const shared = text.replace('population: 10', 'population: 2\n    who: { trace: who.csv, who: w }');
    writeFileSync(join(place.path, 'who.csv'), 't,w\n1,a\n2,b\n3,c\n');
    writeFileSync(scenario, shared);
    const sharing = await runCli(['validate', scenario]);
    expect(sharing.stdout).toContain('\n  customers: 3 callers of the recording share its population of 2\n');
    writeFileSync(scenario, text);
    const explained = await runCli(['explain', scenario]);
    expect(explained.stdout).toMatch(/ legit as recorded +abuse \d+\/s\n/);
  });

  it('looks into the folders within, and takes a capacity that the file does not tell', async () => {
    const folder = join(place.path, 'outer');
    mkdirSync(join(folder, 'inner'), { recursive: true });
    const file = join(folder, 'inner', 'shared.yaml');
    const text = readFileSync(join(projectRoot, 'test/cli/files/small.yaml'), 'utf8')
      .replace(/^policy: .*$/m, `policy: ${join(projectRoot, 'test/cli/files/policy.yaml')}`)
      .replace(/rate: [^ }]+/, 'rate: 10% of capacity');
    writeFileSync(file, text);
    expect(await runCli(['validate', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`error FP_CAPACITY_UNKNOWN  ${file}:`),
    });
    expect(await runCli(['validate', folder, '--capacity', '100/s'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${file}: valid scenario`),
    });
    expect(await runCli(['explain', folder, '--capacity', '100/s'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(' 10/s'),
    });
  });

  it('lists the faults of all files of a folder together', async () => {
    const { code, stdout, stderr } = await runCli(['validate', 'test/cli/files']);
    expect(stderr).toContain('error FP_RATE_NOT_POSITIVE  test/cli/files/bad-policy.yaml:9:13\n');
    expect(stderr).toContain('error FP_METRIC_UNKNOWN  test/cli/files/bad.yaml:13:11\n');
    expect(stderr).toContain('7 faults in test/cli/files/bad-policy.yaml, test/cli/files/bad.yaml\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
