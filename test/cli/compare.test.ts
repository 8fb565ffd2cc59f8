import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonDocument } from '../../harness/compare/comparison.js';
import { cliFiles, onlyRunFolder, runCli, runFolders, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

interface Variant {
  readonly name?: string;
  readonly delay?: string;
  readonly capacity?: number;
}

/** Writes a scenario of its own with its policy, and says where. */
function scenario(file: string, { name = 'paired', delay = '20ms', capacity = 20 }: Variant = {}): string {
  const policy = readFileSync(join(cliFiles, 'policy.yaml'), 'utf8');
  writeFileSync(join(place.path, `${file}-policy.yaml`), policy.replace('capacity: 20', `capacity: ${capacity}`));
  const path = join(place.path, `${file}.yaml`);
  writeFileSync(
    path,
    `version: 1
name: ${name}
claim: Customers wait no longer than before.
policy: ${file}-policy.yaml
warmup: 500ms
phases: [{ name: calm, for: 4s }]
hold: 500ms
virtual: { delay: ${delay}, jitter: 2ms }
actors:
  - name: customers
    label: legit
    population: 40
    behaviour: retail-trader
    arrivals: { process: poisson, rate: 150/s }
expect:
  - legit.latency.p50 <= 200ms
  - legit.leak <= 0
`,
  );
  return path;
}

async function played(out: string, path: string, ...args: readonly string[]) {
  return await runCli(['run', path, '--target', 'core', '--out', join(place.path, out), ...args]);
}

let normal = '';
let slow = '';
beforeAll(async () => {
  normal = scenario('normal');
  slow = scenario('slow', { delay: '26ms' });
  expect((await played('first', normal)).code).toBe(0);
  expect((await played('second', normal, '--seed', '2')).code).toBe(0);
  expect((await played('slow', slow, '--seed', '3')).code).toBe(0);
});

function folder(out: string): string {
  return onlyRunFolder(join(place.path, out));
}

describe('compare', () => {
  it('says of equal runs that nothing changed', async () => {
    const { code, stdout, stderr } = await runCli(['compare', folder('first'), folder('second')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^paired {2}no change beyond noise\n/);
    expect(stdout).toMatch(/legit\.latency\.p50 +4\d\.\d+ ms +4\d\.\d+ ms +[-+]?[\d.]+ % .* same/);
    expect(stdout).toContain('- seed: 1 -> 2');
  });

  it('tells of a regression by 3, with what changed, as text, Markdown, JSON and a page', async () => {
    const pair = ['compare', folder('first'), folder('slow')];
    const text = await runCli(pair);
    expect(text.code).toBe(3);
    expect(text.stdout).toMatch(/^paired {2}1 REGRESSION\n/);
    expect(text.stdout).toMatch(/legit\.latency\.p50 .* WORSE/);
    const markdown = await runCli([...pair, '--format', 'markdown']);
    expect(markdown.code).toBe(3);
    expect(markdown.stdout).toContain('| legit.latency.p50 |');
    const page = join(place.path, 'page.html');
    const json = await runCli([...pair, '--json', '--html', page]);
    const document = JSON.parse(json.stdout) as ComparisonDocument;
    expect(document).toMatchObject({ schema: 'floodproof/comparison/1', scenario: 'paired' });
    expect(document.regressions).toHaveLength(1);
    expect(readFileSync(page, 'utf8')).toContain('floodproof/comparison/1');
  });

  it('lets a larger least change pass', async () => {
    expect((await runCli(['compare', folder('first'), folder('slow'), '--least', '50%'])).code).toBe(0);
    const wrong = await runCli(['compare', folder('first'), folder('slow'), '--least', 'much']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('a share from 0% to 100%');
  });

  it('takes folders of several runs, and leaves out what is of another scenario or damaged', async () => {
    const many = join(place.path, 'many');
    mkdirSync(many);
    cpSync(folder('first'), join(many, '20260101-000000-paired'), { recursive: true });
    cpSync(folder('second'), join(many, '20260101-000001-paired'), { recursive: true });
    cpSync(folder('second'), join(many, '20260101-000002-paired'), { recursive: true });
    rmSync(join(many, '20260101-000002-paired', 'plan.json'));
    const { code, stdout } = await runCli(['compare', many, folder('slow'), '--json']);
    expect(code).toBe(3);
    const { baseline, notes } = JSON.parse(stdout) as ComparisonDocument;
    expect(baseline.folders).toHaveLength(2);
    expect(notes.join('\n')).toMatch(/20260101-000002-paired is left out: its plan can't be read/);
  });

  it('refuses runs of different scenarios or limits, unless told to go on (FP_COMPARE_UNLIKE)', async () => {
    expect((await played('other', scenario('other', { name: 'another' }))).code).toBe(0);
    expect((await played('wider', scenario('wider', { capacity: 40 }))).code).toBe(0);
    const other = await runCli(['compare', folder('first'), folder('other')]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('FP_COMPARE_UNLIKE');
    expect(other.stderr).toContain('paired is not another');
    const wider = await runCli(['compare', folder('first'), folder('wider')]);
    expect(wider.code).toBe(2);
    expect(wider.stderr).toContain('not of the same limits of the policy');
    const anyway = await runCli(['compare', folder('first'), folder('wider'), '--anyway']);
    expect(anyway.code).toBe(0);
    expect(anyway.stdout).toContain('limits of the policy: not the same');
  });

  it('refuses a run that says nothing about its target, and warns in the first line when told to go on', async () => {
    const unfit = (name: string, change: (verdict: string) => string | null): string => {
      const path = join(place.path, name);
      cpSync(folder('first'), path, { recursive: true });
      const changed = change(readFileSync(join(path, 'verdict.json'), 'utf8'));
      if (changed === null) rmSync(join(path, 'verdict.json'));
      else writeFileSync(join(path, 'verdict.json'), changed);
      return path;
    };
    const reworded = (word: string) => (text: string) => text.replace('"verdict": "pass"', `"verdict": "${word}"`);
    const invalid = unfit('invalid', reworded('invalid'));
    const interrupted = unfit('interrupted', reworded('interrupted'));
    const unjudged = unfit('unjudged', () => null);
    for (const [path, why] of [
      [invalid, 'it is invalid'],
      [interrupted, 'it is interrupted'],
      [unjudged, 'it has no verdict'],
    ] as const) {
      for (const sides of [
        [path, folder('second')],
        [folder('second'), path],
      ]) {
        const refused = await runCli(['compare', ...sides]);
        expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
        expect(refused.stderr).toContain('FP_COMPARE_UNLIKE');
        expect(refused.stderr).toContain(`${path}: ${why}`);
      }
      const anyway = await runCli(['compare', path, folder('second'), '--anyway', '--json']);
      expect((JSON.parse(anyway.stdout) as ComparisonDocument).warnings).toEqual([`${path}: ${why}`]);
    }
    const beside = await played('beside-unjudged', normal, '--baseline', unjudged, '--quiet');
    expect(beside.stderr).toContain(`not compared: paired: ${unjudged} holds no passing run`);
    expect(beside.stderr).toContain('(it has no verdict)');
    const text = await runCli(['compare', invalid, folder('second'), '--anyway', '--format', 'markdown']);
    expect(text.stdout).toMatch(/^\*\*COMPARED ANYWAY, though .*it is invalid\*\*\n/);
    const terminal = await runCli(['compare', invalid, folder('second'), '--anyway']);
    expect(terminal.stdout).toMatch(/^COMPARED ANYWAY, though /);
  });

  it('refuses another target, as --baseline does', async () => {
    const served = join(place.path, 'served');
    cpSync(folder('first'), served, { recursive: true });
    const plan = readFileSync(join(served, 'plan.json'), 'utf8');
    expect(plan).toContain('"target": "core"');
    writeFileSync(join(served, 'plan.json'), plan.replace('"target": "core"', '"target": "gateway"'));
    const { code, stderr } = await runCli(['compare', served, folder('second')]);
    expect(code).toBe(2);
    expect(stderr).toContain('not of the same target (gateway and core)');
    const beside = await played('beside-served', normal, '--baseline', served, '--quiet');
    expect(beside.stderr).toMatch(/not compared: .*\(not the same target\)/);
  });

  it('names both folders when neither is there', async () => {
    const { code, stderr } = await runCli(['compare', join(place.path, 'nope1'), join(place.path, 'nope2')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nope1.*nope2/s);
    expect(stderr.match(/FP_RUN_UNREADABLE/g)).toHaveLength(1);
  });

  it('holds verdicts side by side where rows are lost, and refuses what is no run', async () => {
    const bare = join(place.path, 'bare');
    cpSync(folder('second'), bare, { recursive: true });
    rmSync(join(bare, 'observations.parquet'));
    const { code, stdout } = await runCli(['compare', folder('first'), bare]);
    expect(code).toBe(0);
    expect(stdout).toContain('no run of the run has its rows');
    writeFileSync(join(bare, 'plan.json'), '{');
    const broken = await runCli(['compare', folder('first'), bare]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('FP_RUN_UNREADABLE');
    const nowhere = await runCli(['compare', folder('first'), join(place.path, 'nowhere')]);
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('FP_RUN_UNREADABLE');
  });
});

describe('run --baseline', () => {
  it('fails a run that passes and is slower than those before it, and keeps the comparison beside it', async () => {
    const { code, stdout } = await played('new', slow, '--seed', '5', '--baseline', join(place.path, 'first'));
    expect(code).toBe(3);
    expect(stdout).toMatch(/^paired {2}pass\n/);
    expect(stdout).toContain('1 REGRESSION');
    const [made = ''] = runFolders(join(place.path, 'new'));
    expect(JSON.parse(readFileSync(join(made, 'comparison.json'), 'utf8')).regressions).toHaveLength(1);
    expect(readFileSync(join(made, 'report.html'), 'utf8')).toContain('floodproof/comparison/1');
  });

  it('says that there is nothing to compare with, and leaves the verdict as it is', async () => {
    mkdirSync(join(place.path, 'nothing'));
    const summary = join(place.path, 'summary.md');
    const { code, stderr } = await runCli(
      ['run', normal, '--target', 'core', '--quiet', '--baseline', join(place.path, 'nothing')].concat(
        '--out',
        join(place.path, 'alone'),
      ),
      { env: { GITHUB_STEP_SUMMARY: summary } },
    );
    expect(code).toBe(0);
    // A gate that never compares does not look like one that passes, with --quiet and on the page of the job either.
    expect(stderr).toMatch(/not compared: paired: .* holds no passing run of it that is like this one/);
    expect(readFileSync(summary, 'utf8')).toMatch(/\*\*Not compared:\*\* paired: .* holds no passing run of it/);
    expect(existsSync(join(folder('alone'), 'comparison.json'))).toBe(false);
  });

  it('refuses a baseline that is not there before anything is played', async () => {
    const { code, stderr } = await played('unplayed', normal, '--baseline', join(place.path, 'nowhere'));
    expect(code).toBe(2);
    expect(stderr).toContain('FP_RUN_UNREADABLE');
    expect(existsSync(join(place.path, 'unplayed'))).toBe(false);
  });
});
