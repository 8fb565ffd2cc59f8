import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownMetrics, metricName, metricValue } from '../../../harness/archive/metric-value.js';
import { chooseRuns, linkedFrom, type PruneRule, removeRun } from '../../../harness/archive/prune.js';
import { type ListedRun, listRuns } from '../../../harness/archive/run-list.js';
import type { Verdict, VerdictDocument } from '../../../harness/judge/verdict.js';
import { savedRows, saveRunFolder } from '../../support/saved-run-folder.js';

let parent: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'floodproof-prune-')));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 30);

/** A run so many days before the moment at which is pruned. */
function run(daysAgo: number, verdict: Verdict = 'pass', scenario = 'flood'): string {
  const startedAt = new Date(NOW_MS - daysAgo * DAY_MS).toISOString();
  const name = `${startedAt.slice(0, 10).replaceAll('-', '')}-000000-${scenario}`;
  return saveRunFolder(parent, name, { plan: { name: scenario }, verdict: { verdict, startedAt }, rows: savedRows(4) });
}

const rule = (changes: Partial<PruneRule> = {}): PruneRule => ({
  keep: 0,
  olderThanMs: null,
  nowMs: NOW_MS,
  linked: linkedFrom(parent),
  ...changes,
});

/** Days ago of those that go. */
const going = (changes: Partial<PruneRule> = {}): number[] =>
  chooseRuns(listRuns(parent), rule(changes))
    .filter(({ stays }) => stays === null)
    .map(({ run: { startedAtMs } }) => Math.round((NOW_MS - (startedAtMs ?? 0)) / DAY_MS));

describe('the list of runs', () => {
  it('has the newest first, and nothing that is no run, nor links', () => {
    run(3);
    run(1);
    run(2, 'fail');
    mkdirSync(join(parent, 'notes'));
    writeFileSync(join(parent, 'notes', 'verdict.json'), '{}');
    writeFileSync(join(parent, 'nightly.xml'), '');
    symlinkSync(run(4), join(parent, '20260101-000000-link'));
    expect(listRuns(parent).map(({ name }) => name.slice(0, 8))).toEqual([
      '20260629',
      '20260628',
      '20260627',
      '20260626',
    ]);
    expect(listRuns(parent).map(({ verdict }) => verdict?.verdict)).toEqual(['pass', 'fail', 'pass', 'pass']);
  });

  it('knows time and scenario of a run without a verdict by its name and plan', () => {
    const folder = run(1);
    rmSync(join(folder, 'verdict.json'));
    writeFileSync(join(folder, 'plan.json'), 'cut');
    expect(listRuns(parent)).toMatchObject([
      { scenario: 'flood', startedAtMs: NOW_MS - DAY_MS, verdict: null, foreign: [], isKept: false },
    ]);
  });

  it('of 2,000 runs, of which each proves much, keeps of each no more than a line and a history need', () => {
    const template = run(1, 'fail');
    const saved = readFileSync(join(template, 'verdict.json'), 'utf8');
    const document = JSON.parse(saved) as VerdictDocument;
    const evidence = Array.from({ length: 200 }, (_, line) => `request ${line} was admitted above the bound`);
    const expectations = document.expectations.map((expectation) => ({ ...expectation, evidence }));
    const text = JSON.stringify({ ...document, expectations, notes: evidence });
    rmSync(template, { recursive: true });
    for (let index = 0; index < 2000; index++) {
      const folder = join(parent, `run-${index}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'verdict.json'), text);
    }
    const runs = listRuns(parent);
    expect(runs).toHaveLength(2000);
    expect(text.length).toBeGreaterThan(15_000);
    expect(Math.max(...runs.map((one) => JSON.stringify(one).length))).toBeLessThan(3_000);
    expect(runs.every((one) => metricValue(one, 'abuse.leak') !== null)).toBe(true);
    expect(chooseRuns(runs, rule({ keep: 2 })).filter(({ stays }) => stays !== null)).toHaveLength(2);
  });

  it('of a folder that is not there, or a file, is an error that says so', () => {
    writeFileSync(join(parent, 'file'), '');
    for (const name of ['nowhere', 'file']) {
      expect(() => listRuns(join(parent, name))).toThrowError(expect.objectContaining({ code: 'FP_RUN_UNREADABLE' }));
    }
  });
});

describe('pruning', () => {
  it('leaves the newest of each scenario', () => {
    for (const days of [1, 2, 3, 4]) run(days);
    run(9, 'pass', 'other');
    expect(going({ keep: 2 })).toEqual([3, 4]);
    expect(going({ keep: 4 })).toEqual([]);
  });

  it('leaves as many that failed, and the newest that passed', () => {
    run(1, 'invalid');
    run(2, 'invalid');
    run(3, 'fail');
    run(4, 'fail');
    run(5, 'pass');
    run(6, 'pass');
    expect(going({ keep: 1 })).toEqual([2, 4, 6]);
    expect(going({ keep: 0 })).toEqual([1, 2, 3, 4, 6]);
  });

  it('leaves what is not older than was said, to the millisecond', () => {
    run(1);
    run(10);
    run(11);
    expect(going({ olderThanMs: 10 * DAY_MS })).toEqual([11]);
    expect(going({ olderThanMs: 10 * DAY_MS - 1 })).toEqual([10, 11]);
  });

  it('leaves a folder that is kept, that a link points at, or in which lies what no run wrote', () => {
    run(1);
    writeFileSync(join(run(2), 'keep'), '');
    symlinkSync(run(3), join(parent, 'baseline'));
    writeFileSync(join(run(4), 'thesis.tex'), '');
    mkdirSync(join(run(5), 'report.html'));
    run(6);
    expect(going()).toEqual([6]);
  });

  it('leaves a run without a verdict for a day after it was written to last', () => {
    const folder = run(3);
    rmSync(join(folder, 'verdict.json'));
    const touch = (ms: number): void => {
      for (const name of readdirSync(folder)) utimesSync(join(folder, name), ms / 1000, ms / 1000);
    };
    touch(NOW_MS - DAY_MS + 1000);
    expect(going()).toEqual([]);
    touch(NOW_MS - DAY_MS);
    expect(going()).toEqual([3]);
  });

  it('removes the files of a run and its folder', () => {
    const folder = run(1);
    const [listed] = listRuns(parent);
    removeRun(listed as ListedRun);
    expect(existsSync(folder)).toBe(false);
  });

  it('removes nothing of a folder into which something else came, or which became a link', () => {
    const folder = run(1);
    const elsewhere = saveRunFolder(parent, 'elsewhere');
    const [listed] = listRuns(parent).filter((one) => one.folder === folder);
    symlinkSync(elsewhere, join(folder, 'verdict.json.part'));
    const before = readdirSync(folder);
    expect(() => removeRun(listed as ListedRun)).toThrowError(expect.objectContaining({ code: 'FP_DISK' }));
    expect(readdirSync(folder)).toEqual(before);
    rmSync(folder, { recursive: true });
    symlinkSync(elsewhere, folder);
    expect(() => removeRun(listed as ListedRun)).toThrowError(expect.objectContaining({ code: 'FP_DISK' }));
    expect(existsSync(join(elsewhere, 'verdict.json'))).toBe(true);
  });
});

describe('a metric of a saved run', () => {
  it('is what an expectation measured, or what an actor was counted', () => {
    run(1);
    const [listed] = listRuns(parent) as [ListedRun];
    expect(metricValue(listed, 'abuse.leak')).toEqual({ value: 0, interval: null, unit: 'cells' });
    expect(metricValue(listed, 'all.sent')).toEqual({ value: 4, interval: null, unit: 'count' });
    expect(metricValue(listed, 'attackers.admitted')).toEqual({ value: 1, interval: null, unit: 'count' });
    expect(metricValue(listed, 'customers.falseBlockRate')).toEqual({ value: 0, interval: null, unit: 'ratio' });
    expect(metricValue(listed, 'all.falseBlockRate')).toBeNull();
    expect(metricValue(listed, 'nobody.sent')).toBeNull();
    expect(metricValue(listed, 'legit.latency.p99')).toBeNull();
    expect(knownMetrics([listed])).toEqual(['abuse.leak', 'attackers.latency.p99', 'customers.latency.p99']);
  });

  it('is called honest by people and legit in files', () => {
    expect(metricName('honest.latency.p99')).toBe('legit.latency.p99');
    expect(metricName('customers.sent')).toBe('customers.sent');
  });
});
