import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listFolder, listRuns } from '../../../harness/archive/run-list.js';
import { readRuns, suiteOf } from '../../../harness/cli/archived-runs.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { aPlan } from '../../support/plan-builder.js';
import { savedRows, saveRunFolder } from '../../support/saved-run-folder.js';

let parent: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'floodproof-list-')));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const few = { rows: savedRows(4) };

function edit(folder: string, name: string, change: (document: Record<string, unknown>) => unknown): void {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)));
}

describe('a run in the list', () => {
  it('that nobody touched has no faults, its target, and the judged policy', () => {
    saveRunFolder(parent, 'run', few);
    expect(listRuns(parent)).toMatchObject([{ faults: [], target: 'gateway', otherPolicy: null }]);
  });

  it('tells its target from the plan where it has no verdict', () => {
    rmSync(join(saveRunFolder(parent, 'run', { ...few, verdict: { target: 'core' } }), 'verdict.json'));
    expect(listRuns(parent)).toMatchObject([{ faults: [], target: 'core', verdict: null }]);
  });

  it.each([
    ['weak.yaml', { file: 'weak.yaml', isWeak: true }],
    ['none.yaml', { file: 'none.yaml', isWeak: false }],
    [aPlan().policy.file, null],
  ])('that enforced %s says whether that is the weak policy, another or the judged one', (file, otherPolicy) => {
    const { policy } = aPlan();
    const weak = { policy: { ...policy, file: 'weak.yaml' }, fails: ['abuse.leak'] };
    saveRunFolder(parent, 'run', { ...few, plan: { weak }, gatewayPolicy: { ...policy, file } });
    expect(listRuns(parent)[0]?.otherPolicy).toEqual(otherPolicy);
  });

  it.each([null, 'weak', {}, { policy: null }])(
    'with %j for the weak twin of its plan is listed all the same',
    (weak) => {
      const plan = { weak } as unknown as Partial<Plan>;
      saveRunFolder(parent, 'run', { ...few, plan, gatewayPolicy: { ...aPlan().policy, file: 'none.yaml' } });
      expect(listRuns(parent)[0]?.otherPolicy).toEqual({ file: 'none.yaml', isWeak: false });
    },
  );

  it.each([
    ['verdict.json', { verdict: 'fail' }, /^verdict\.json contradicts itself.*it would be pass$/],
    ['plan.json', { target: 'core' }, /^plan\.json does not fit verdict\.json.*its target is core, and gateway was/],
    ['plan.json', { seed: 8 }, /^plan\.json is of another run: .* seed 8/],
    ['verdict.json', { schema: 'floodproof/verdict/9' }, /^verdict\.json can't be shown: .*floodproof\/verdict\/9/],
  ])('whose %s was edited to %j is marked', (name, change, sentence) => {
    const folder = saveRunFolder(parent, 'run', few);
    edit(folder, name, (document) => ({ ...document, ...change }));
    expect(listRuns(parent)[0]?.faults).toEqual([expect.stringMatching(sentence)]);
  });

  it('without verdict and plan is there for what its rows tell', () => {
    const folder = saveRunFolder(parent, 'mine', few);
    for (const name of ['verdict.json', 'plan.json']) rmSync(join(folder, name));
    expect(listFolder(parent)).toMatchObject({
      runs: [{ name: 'mine', verdict: null, target: null, otherPolicy: null, faults: [] }],
      unusable: [],
    });
  });
});

describe('a folder of which nothing can be read', () => {
  const spoil = (name: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(parent, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(parent, name, file), text);
  };

  it('is no run and is told with the reason, and one without any file of a run is passed over', () => {
    saveRunFolder(parent, 'run', few);
    spoil('list', { 'verdict.json': '[]' });
    spoil('cut', { 'plan.json': '{"schema"', 'series.json': '' });
    spoil('notes', { 'notes.txt': '' });
    const { runs, unusable } = listFolder(parent);
    expect(runs.map(({ name }) => name)).toEqual(['run']);
    expect(unusable).toEqual([
      {
        folder: join(parent, 'cut'),
        name: 'cut',
        why: expect.stringMatching(/^plan\.json is no JSON.*; series\.json is/),
      },
      { folder: join(parent, 'list'), name: 'list', why: expect.stringMatching(/^verdict\.json can't be shown: /) },
    ]);
  });

  it('is a run without a verdict where its name says so, or its plan, for then it can be pruned', () => {
    spoil('20260101-000000-flood', { 'verdict.json': '[]' });
    spoil('older', { 'plan.json': '{"schema":"floodproof/run/0","plan":{"name":"flood"}}' });
    const { runs, unusable } = listFolder(parent);
    expect(unusable).toEqual([]);
    expect(runs.map(({ name }) => name).sort()).toEqual(['20260101-000000-flood', 'older']);
    for (const { scenario, verdict, faults } of runs) {
      expect({ scenario, verdict }).toEqual({ scenario: 'flood', verdict: null });
      expect(faults.join()).toMatch(/can't be (shown|used)/);
    }
  });

  it('does not keep the others from being reported, and is among them as an error', () => {
    saveRunFolder(parent, 'run', few);
    spoil('20260101-000000-flood', { 'verdict.json': '[]' });
    spoil('list', { 'verdict.json': '[]' });
    const suite = suiteOf(readRuns([parent]));
    expect(suite.scenarios.map(({ scenario }) => scenario)).toEqual(['test-scenario']);
    expect(suite.errors).toEqual(
      ['list', '20260101-000000-flood'].map((scenario) => ({
        scenario,
        code: 'FP_RUN_UNREADABLE',
        message: expect.stringMatching(/^verdict\.json can't be shown/),
      })),
    );
  });
});
