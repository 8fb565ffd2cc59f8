/** What scenarios there are, one of one's own, and which of many are played. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

/** A file of the scratch folder with this text. */
function written(name: string, text: string): string {
  const path = join(place.path, name);
  writeFileSync(path, text);
  return path;
}

const policies = join(projectRoot, 'scenarios/policies');
const scenario = (name: string, more: string): string => `version: 1
name: ${name}
claim: A flood is held back.
policy: ${policies}/spot-exchange.yaml
${more}
warmup: 0s
phases: [{ name: attack, for: 3s }]
actors:
  - { name: flooder, label: abuse, behaviour: order-flood, arrivals: { process: constant, rate: 100/s } }
expect: [abuse.leak <= 0, abuse.throttled >= 1]
`;

const tagged = written(
  'tagged.yaml',
  scenario(
    'tagged',
    `tags: [ours, flood]\nweak: { policy: ${policies}/weakened/doubled-capacity.yaml, fails: [abuse.leak] }`,
  ),
);
const later = written('later.yaml', scenario('later', 'tags: [ours]\nmaps: [T1110.004]\nneeds: [mfa]'));
const out = ['--out', join(place.path, 'runs')];

describe('list', () => {
  it('shows the scenarios that come with the package, from wherever it is asked', async () => {
    const { code, stdout, stderr } = await runCli(['list', '--json'], { cwd: place.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { schema, scenarios } = JSON.parse(stdout) as { schema: string; scenarios: { name: string; file: string }[] };
    expect(schema).toBe('floodproof/list/1');
    expect(scenarios.map(({ name }) => name)).toContain('calm-baseline');
    expect(scenarios.map(({ name }) => name)).not.toContain('minimal');
    for (const { file } of scenarios) expect(existsSync(file)).toBe(true);
  });

  it('shows those of a file and a folder, by name, and which of them wait', async () => {
    const { code, stdout } = await runCli(['list', tagged, later]);
    expect(code).toBe(0);
    const [head = '', first = '', second = '', , count, legend] = stdout.split('\n');
    expect(head).toMatch(/^scenario +http +core +needs +tags +maps +file$/);
    expect(first).toMatch(/^later +- +- +mfa \(waits\) +ours +T1110\.004 +\S+later\.yaml$/);
    expect(second).toMatch(/^tagged +3s +<1s +ours, flood +\S+tagged\.yaml$/);
    expect(count).toBe('2 scenarios; 1 of them waits for a part that no target has yet');
    expect(legend).toContain('at 200000 a second');
    expect((await runCli(['list', place.path])).stdout).toContain('2 scenarios; 1 of them');
  });

  it('chooses by tag and by id, the technique for its sub-techniques', async () => {
    const names = async (...args: string[]): Promise<string[]> => {
      const { stdout } = await runCli(['list', tagged, later, '--json', ...args]);
      return (JSON.parse(stdout) as { scenarios: { name: string }[] }).scenarios.map(({ name }) => name);
    };
    expect(await names('--tag', 'flood')).toEqual(['tagged']);
    expect(await names('--tag', 'ours')).toEqual(['later', 'tagged']);
    expect(await names('--maps', 'T1110')).toEqual(['later']);
    expect(await names('--maps', 'T1110.004', '--tag', 'ours')).toEqual(['later']);
  });

  it('says which tags and ids there are when it knows none of that name', async () => {
    const unknown = await runCli(['list', tagged, later, '--tag', 'floods']);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toBe(
      'error FP_USAGE  no scenario has the tag "floods"\n  hint: did you mean flood? known here: flood, ours\n',
    );
    expect((await runCli(['list', tagged, '--maps', 'T1110'])).stderr).toContain('none of these scenarios has an id');
  });
});

describe('new', () => {
  it('writes a scenario that is valid where it stands, and never over a file', async () => {
    const path = join(place.path, 'mine.yaml');
    const first = await runCli(['new', 'mine', '--out', path]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^written: \S+mine\.yaml\nnext: .* explain \S+mine\.yaml\n +.* run \S+mine\.yaml\n$/);
    expect((await runCli(['validate', path])).stdout).toBe(`${path}: valid scenario (2 actors, 4 expectations)\n`);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^name: mine$/m);
    expect(await runCli(['new', 'mine', '--out', path])).toMatchObject({
      code: 2,
      stderr: `error FP_USAGE  ${path} is there already\n  hint: choose another file with --out\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('copies a scenario of the list, or a file, into the folder where it is called', async () => {
    expect((await runCli(['new', 'other', '--from', 'calm-baseline'], { cwd: place.path })).code).toBe(0);
    expect((await runCli(['validate', join(place.path, 'other.yaml')])).stdout).toContain('valid scenario (3 actors');
    const copy = join(place.path, 'copy.yaml');
    expect((await runCli(['new', 'copy', '--from', tagged, '--out', copy])).code).toBe(0);
    expect(readFileSync(copy, 'utf8')).toBe(readFileSync(tagged, 'utf8').replace('name: tagged', 'name: copy'));
  });

  it('refuses a bad name, an unknown scenario and a folder that is not there', async () => {
    expect((await runCli(['new', 'Not A Name'])).stderr).toContain('FP_USAGE  the name must be kebab-case');
    const unknown = await runCli(['new', 'mine', '--from', 'calm-base-line'], { cwd: place.path });
    expect(unknown.stderr).toContain('did you mean "calm-baseline"');
    const nowhere = await runCli(['new', 'mine', '--out', join(place.path, 'gone', 'mine.yaml')]);
    expect(nowhere).toMatchObject({ code: 4, stdout: '' });
    expect(nowhere.stderr).toContain('make the folder first');
    expect(unknown.code).toBe(2);
  });
});

describe('run', () => {
  it('plays those with a tag, and says which of them wait', async () => {
    const { code, stdout, stderr } = await runCli(['run', place.path, '--tag', 'ours', '--target', 'core', ...out]);
    expect(code).toBe(0);
    expect(stdout).toContain('tagged');
    expect(stderr).toContain(`left out: ${later} waits for mfa, which no target has yet`);
  });

  it('with --weak succeeds when the weak policy fails, and fails when it does not', async () => {
    const exposed = await runCli(['run', tagged, '--weak', '--target', 'core', ...out]);
    expect(exposed.stdout).toContain(
      '\nexposed      tagged: spot-exchange-doubled-capacity\nweak twins exposed: 1 of 1, exit code 0\n',
    );
    expect(exposed.code).toBe(0);
    const other = written('other-policy.yaml', readFileSync(join(policies, 'spot-exchange.yaml'), 'utf8'));
    const firm = written('firm.yaml', scenario('firm', `weak: { policy: ${other}, fails: [abuse.leak] }`));
    const held = await runCli(['run', firm, '--weak', '--target', 'core', '--json', ...out]);
    expect(held.stderr).toContain(
      '\nNOT exposed  firm: spot-exchange (abuse.leak <= 0 held)\nweak twins exposed: 0 of 1, exit code 3\n',
    );
    expect(JSON.parse(held.stdout)).toMatchObject({ schema: 'floodproof/suite/1', verdict: 'pass' });
    expect(held.code).toBe(3);
  });

  it('takes the capacity that is given, as a rate or as the file of a probe', async () => {
    const shares = written('shares.yaml', readFileSync(tagged, 'utf8').replace('rate: 100/s', 'rate: 50% of capacity'));
    const bare = await runCli(['run', shares, '--target', 'core', ...out]);
    expect(bare.stderr).toContain('FP_CAPACITY_UNKNOWN');
    expect(bare.code).toBe(2);
    const probe = written('probe.json', JSON.stringify({ schema: 'floodproof/probe/1', capacityPerSecond: 200 }));
    const asked = async (capacity: string): Promise<number> => {
      const { stdout } = await runCli(['run', shares, '--target', 'core', '--capacity', capacity, '--json', ...out]);
      return JSON.parse(stdout).scenarios[0].generator.asked;
    };
    expect([await asked('400/s'), await asked(probe)]).toEqual([600, 300]);
    const wrong = await runCli(['run', shares, '--capacity', written('wrong.json', '{"capacity": 1}')]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('tells no capacity');
    expect((await runCli(['run', shares, '--capacity', '400'])).stderr).toContain('write for example "1000/s"');
  });

  it.each([
    { args: [], says: 'name scenario files or folders, or --tag to choose by' },
    { args: [tagged, '--weak', '--target', 'http://127.0.0.1:1'], says: '--weak is for the embedded gateway' },
    { args: [tagged, '--weak', '--gateway-policy', 'a.yaml'], says: '--weak and --gateway-policy each name' },
    { args: [tagged, '--weak', '--target', 'core', '--seeds', '1..2'], says: '--weak is for single runs' },
    { args: [later], says: 'every scenario waits for a part' },
  ])('refuses $args: $says', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(['run', ...args, ...out]);
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
