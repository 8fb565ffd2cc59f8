/** Virtual time on the command line: one hash for one seed, sweeps over seeds, and what is refused. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliFiles, onlyRunFolder, runCli, scratch, startCli } from '../support/run-cli.js';
import { countRecord, namesIn, verdictOf } from '../support/run-record.js';

const place = scratch();
afterAll(() => place.remove());

const small = join(cliFiles, 'small.yaml');
const long = join(cliFiles, 'long.yaml');
const flood = 'scenarios/release/order-flood-20x.yaml';
const doubled = 'scenarios/policies/weakened/doubled-capacity.yaml';

async function play(name: string, ...args: readonly string[]) {
  const out = join(place.path, name);
  const result = await runCli(['run', ...args, '--target', 'core', '--out', out]);
  return { ...result, folder: onlyRunFolder(out) };
}

describe('run --target core', () => {
  it('plays a scenario in less time than it lasts, and says by what decisions', async () => {
    const { code, stdout, folder } = await play('plain', small);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small {2}pass\n/);
    expect(stdout).toContain('target core');
    const { decisionHash, generator } = verdictOf(folder);
    expect(decisionHash).toMatch(/^[0-9a-f]{16}$/);
    expect(stdout).toContain(`decisions ${decisionHash}`);
    expect(generator).toMatchObject({ ownDelayMsP99: 0, targetWaitMsP99: 0, faults: [] });
    const measured = 'select count(*) from observations where "intendedUs" >= 500000';
    expect(await countRecord(folder, measured)).toBe(generator.asked);
    expect(namesIn(folder)).toContain('observations.parquet');
  });

  it('decides the same on both engines, when it is replayed, and at a pace', async () => {
    const native = await play('native', small, '--engine', 'native');
    const ts = await play('ts', small, '--engine', 'ts');
    const paced = await play('paced', small, '--speed', '20x');
    const out = join(place.path, 'replayed');
    const replayed = await runCli(['replay', native.folder, '--out', out]);
    expect(replayed.code).toBe(0);
    const hashes = [native.folder, ts.folder, paced.folder, onlyRunFolder(out)].map(
      (one) => verdictOf(one).decisionHash,
    );
    expect(new Set(hashes).size).toBe(1);
    const other = await play('other', small, '--seed', '2');
    expect(verdictOf(other.folder).decisionHash).not.toBe(hashes[0]);
  });

  it('convicts a weakened policy', async () => {
    const { code, folder } = await play('weak', flood, '--gateway-policy', doubled);
    expect(code).toBe(3);
    const { leaks, notes } = verdictOf(folder);
    expect(leaks.length).toBeGreaterThan(0);
    expect(notes.some((note) => note.startsWith(`the core enforced ${doubled}`))).toBe(true);
  });

  it('can be interrupted, and saves what was seen', async () => {
    const out = join(place.path, 'interrupted');
    const cli = startCli(['run', long, '--target', 'core', '--speed', '4x', '--out', out]);
    await cli.waitFor('stderr', /long: attack, /);
    cli.child.kill('SIGINT');
    const { code, stdout } = await cli.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^long {2}INTERRUPTED\n/);
    const { verdict, decisionHash } = verdictOf(onlyRunFolder(out));
    expect({ verdict, decisionHash }).toEqual({ verdict: 'interrupted', decisionHash: null });
  });
});

describe('run --seeds', () => {
  it('says how many seeds passed', async () => {
    const { code, stdout } = await runCli(['run', small, '--target', 'core', '--seeds', '1..6']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'small  6 of 6 seeds passed\n' });
  });

  it('says which did not, and the command that plays the first of them again', async () => {
    const weak = ['--target', 'core', '--gateway-policy', doubled];
    const { code, stdout } = await runCli(['run', flood, ...weak, '--seeds', '7..8']);
    expect(code).toBe(3);
    const [seven, eight, total, first, command = ''] = stdout.split('\n');
    expect(seven).toMatch(/^order-flood-20x {2}seed 7 {2}fail: abuse\.leak <= 0 \(measured \d+\)/);
    expect(eight).toMatch(/^order-flood-20x {2}seed 8 {2}fail: /);
    expect([total, first]).toEqual(['order-flood-20x  0 of 2 seeds passed', '  the first that did not: seed 7']);
    expect(command).toContain(`run ${flood} --target core --seed 7 --gateway-policy ${doubled}`);
  });

  it('--until-failure ends at the first that did not pass; --json tells it to machines', async () => {
    const weak = ['--target', 'core', '--gateway-policy', doubled, '--json'];
    const { code, stdout } = await runCli(['run', flood, ...weak, '--seed', '3', '--until-failure']);
    expect(code).toBe(3);
    const { schema, scenarios } = JSON.parse(stdout);
    expect(schema).toBe('floodproof/seeds/1');
    expect(scenarios).toMatchObject([{ scenario: 'order-flood-20x', played: 1, passed: 0, others: [{ seed: 3 }] }]);
  });

  it('tells what is wrong with a file that its threads read, as a single run does', async () => {
    const file = join(place.path, 'recorded.yaml');
    const text = readFileSync(small, 'utf8').replace('policy: policy.yaml', `policy: ${join(cliFiles, 'policy.yaml')}`);
    const arrivals = '{ process: trace, file: times.csv, format: csv, time: TIME }';
    writeFileSync(file, text.replace('{ process: poisson, rate: 60/s }', arrivals));
    writeFileSync(join(place.path, 'times.csv'), 'TIME\n1\nx\ny\n');
    const { code, stdout, stderr } = await runCli(['run', file, '--target', 'core', '--seeds', '1..2']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('times.csv:3:1');
    expect(stderr).toMatch(/error FP_FILE_INVALID .*\n {2}hint: /);
  });
});

describe('what does not go together', () => {
  it.each([
    ['--seeds over HTTP', ['--seeds', '1..2'], 'for virtual time'],
    ['--until-failure over HTTP', ['--until-failure'], 'for virtual time'],
    ['--speed over HTTP', ['--speed', '2x'], 'for virtual time'],
    ['--seeds with --junit', ['--target', 'core', '--seeds', '1..2', '--junit', 'x.xml'], 'has --json'],
    ['--seeds with --repeat', ['--target', 'core', '--seeds', '1..2', '--repeat', '2'], 'plays each once'],
    ['--seeds with --speed', ['--target', 'core', '--seeds', '1..2', '--speed', '2x'], 'as fast as it can'],
    ['seeds the wrong way round', ['--target', 'core', '--seeds', '2..1'], 'the smaller first'],
    ['a speed that is none', ['--target', 'core', '--speed', 'fast'], '"max"'],
  ])('%s is refused', async (_, args, words) => {
    const { code, stdout, stderr } = await runCli(['run', small, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(existsSync('x.xml')).toBe(false);
  });

  it('a scenario of virtual time is left out over HTTP, and nothing left is no pass', async () => {
    const file = join(place.path, 'virtual.yaml');
    const text = readFileSync(small, 'utf8').replace('policy: policy.yaml', `policy: ${join(cliFiles, 'policy.yaml')}`);
    writeFileSync(file, text.replace(/^claim:/m, 'needs: [virtual-time]\nclaim:'));
    const { code, stdout, stderr } = await runCli(['run', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('left out: small needs virtual-time');
    expect(stderr).toContain('hint: play them in virtual time: --target core');
  });
});
