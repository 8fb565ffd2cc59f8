import { describe, expect, it } from 'vitest';
import {
  type HistoryRow,
  type RunRow,
  renderHistories,
  renderRuns,
  type UnusableRow,
  unusableText,
} from '../../../harness/report/run-table.js';
import { renderRunsPage } from '../../../harness/report/runs-page.js';

const NAME = '20260102-030405-a-scenario-with-quite-a-long-name-of-its-own-as-people-write-them-down';
const row = (changes: Partial<RunRow> = {}): RunRow => ({
  name: NAME,
  scenario: 'a-scenario-with-quite-a-long-name',
  started: '2026-01-02 03:04:05',
  verdict: null,
  target: 'gateway',
  otherPolicy: null,
  faults: [],
  bytes: 1234,
  isKept: false,
  ...changes,
});
const plain = (width: number) => ({ color: false, width });
const nobody: UnusableRow[] = [];

describe('the list of runs', () => {
  it.each([40, 80, 100, 120, 200, Number.POSITIVE_INFINITY])(
    'names each folder whole, at whatever width: %d',
    (width) => {
      const text = renderRuns([row(), row({ name: 'short' })], nobody, plain(width));
      expect(text.split(/\s+/)).toContain(NAME);
      expect(text.split('\n').some((line) => line.endsWith('short'))).toBe(true);
    },
  );

  it('has a line a run where there is room, and else the folder in a line below it, within the width', () => {
    const url = 'https://api.example.test/some/long/path/of/it';
    expect(renderRuns([row()], nobody, plain(Number.POSITIVE_INFINITY)).split('\n')).toEqual([
      expect.stringMatching(/^started \(UTC\) .* size {2}folder$/),
      expect.stringMatching(new RegExp(`^2026.* a-scenario-with-quite-a-long-name +gateway +judged .* ${NAME}$`)),
      '1 run, 1.23 kB',
      '',
    ]);
    const lines = renderRuns([row({ target: url })], nobody, plain(80)).split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^started \(UTC\) .* size$/),
      '  folder',
      expect.stringMatching(/^2026-01-02 03:04:05 NONE /),
      `  ${NAME}`,
      '1 run, 1.23 kB',
      '',
    ]);
    for (const line of [lines[0], lines[2]]) expect(line?.length).toBeLessThanOrEqual(80);
  });

  it('says what was enforced, and marks what contradicts itself with the first reason below', () => {
    const text = renderRuns(
      [
        row({ name: 'one', otherPolicy: { file: 'weak.yaml', isWeak: true } }),
        row({ name: 'two', otherPolicy: { file: 'none.yaml', isWeak: false }, faults: ['first', 'second'] }),
        row({ name: 'three', target: null, faults: ['alone'] }),
      ],
      [{ name: 'notes', why: 'nothing is there' }],
      plain(Number.POSITIVE_INFINITY),
    );
    expect(text).toMatch(/ NONE {4}.* gateway +weak .*one\n.* NONE ! .* gateway +other .*two\n.* NONE ! .* - +judged/);
    expect(text).toMatch(
      /3 runs, .*\n! two: first; and 1 more\n! three: alone\n1 folder holds nothing of a run.*: notes /,
    );
  });

  it('tells ten runs with faults and ten unusable folders one by one, and how many more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
    const text = (count: number): string =>
      renderRuns(
        many(count).map((name) => row({ name, faults: ['odd'] })),
        many(count).map((name) => ({ name, why: 'empty' })),
        plain(Number.POSITIVE_INFINITY),
      );
    expect(text(10)).not.toContain('more');
    expect(text(12)).toMatch(/! n9: odd\n! and 2 more runs\n12 folders hold .*; n9 \(empty\); and 2 more\n$/);
    expect(unusableText([])).toBeNull();
  });

  it('shows names and reasons as text, in a browser too', () => {
    const odd = '<script>\u001b[31m\u202e';
    const unusable = [{ name: odd, why: odd }];
    const rows = [
      { ...row({ name: odd, target: odd, faults: [odd], otherPolicy: { file: odd, isWeak: false } }), href: '' },
    ];
    const page = renderRunsPage(odd, rows, unusable);
    expect(page).not.toContain('<script');
    for (const mark of ['\u001b', '\u202e']) {
      expect(renderRuns(rows, unusable, plain(80))).not.toContain(mark);
      expect(page).not.toContain(mark);
    }
    expect(page.match(/&lt;script&gt;/g)).toHaveLength(7);
    expect(page).toContain('NONE !');
  });
});

describe('the history of a metric', () => {
  const run = (value: number | null, changes: Partial<HistoryRow> = {}): HistoryRow => ({
    name: NAME,
    started: '2026-01-02 03:04:05',
    verdict: 'pass',
    value,
    interval: null,
    unit: 'count',
    counts: true,
    ...changes,
  });
  const text = (
    rows: readonly HistoryRow[],
    width = Number.POSITIVE_INFINITY,
    otherPolicy: string | null = null,
  ): string => renderHistories('all.sent', [{ scenario: 'flood', target: 'core', otherPolicy, rows }], plain(width));

  it('shows invalid and stopped runs in brackets, and takes no change from or to them', () => {
    const invalid = run(1000, { verdict: 'invalid', counts: false });
    const lines = text([run(10), invalid, run(20)]).split('\n');
    expect(lines[0]).toBe('flood: all.sent at core');
    expect(lines[2]).toMatch(/pass +10 +#{10} +20260102/);
    expect(lines[3]).toMatch(/INVALID +\(1,000\) +20260102/);
    expect(lines[4]).toMatch(/pass +20 +#{20} +\+100 % +20260102/);
    expect(lines.slice(5)).toEqual(['', expect.stringMatching(/^in brackets: .*invalid/), '']);
    expect(text([run(10), run(20)])).not.toContain('in brackets');
  });

  it('says which policy was enforced, and names each folder whole', () => {
    expect(text([run(1)], 80, 'policies/none.yaml')).toMatch(
      /^flood: all\.sent at core, which enforced policies\/none/,
    );
    for (const width of [40, 80, 100]) expect(text([run(1)], width).split(/\s+/)).toContain(NAME);
  });
});
