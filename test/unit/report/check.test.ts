import { describe, expect, it } from 'vitest';
import { type CheckReport, invariantNames } from '../../../harness/invariants/contract.js';
import { checkDocument, renderCheckJson } from '../../../harness/report/check-document.js';
import { renderCheckJunit } from '../../../harness/report/check-junit.js';
import { checkRows } from '../../../harness/report/check-row.js';
import { renderCheck, renderCheckSum } from '../../../harness/report/check-text.js';
import { readXml } from './xml-reader.js';

const broken: CheckReport = {
  limiter: 'leaky <1.2.3>, 5 per day',
  contract: {
    promises: [
      {
        family: 'fixed-window',
        capacity: 5,
        windowUs: 86_400_000_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      },
    ],
  },
  runs: 1,
  operations: 12_345,
  pass: false,
  failures: [
    {
      invariant: 'admission-bound',
      formula: 'in every interval of 1 d at most 5 cells',
      message: '6 cells were admitted within 0 ms',
      timeline: Array.from({ length: 42 }, (_, call) => `at ${call} ms: 1 cell of key "a\u001b[31m": admitted`),
      seed: -7,
      path: '3:0:1',
      replay: "floodproof check --peer x --contract 'a b' --invariant admission-bound --seed -7 --path 3:0:1",
    },
  ],
  skipped: [{ invariant: 'all-or-nothing', because: 'there is one promise only' }],
  seed: -7,
};
const kept: CheckReport = { ...broken, limiter: 'tight', runs: 100, pass: true, failures: [], skipped: [] };
const page = { color: false, width: 100, only: null };

describe('renderCheck', () => {
  it('shows every invariant, and of a broken one what shows it and how to see it again', async () => {
    const text = renderCheck(broken, page);
    await expect(text).toMatchFileSnapshot('check-text.txt');
    expect(text).not.toContain('\u001b');
  });

  it('says the same in colours', () => {
    const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    const coloured = renderCheck(kept, { ...page, color: true });
    expect(coloured).toMatch(codes);
    expect(coloured.replace(codes, '')).toBe(renderCheck(kept, page));
  });

  it('shows only the invariant that was asked for', () => {
    const text = renderCheck(kept, { ...page, only: 'isolation' });
    expect(text).toContain('isolation');
    expect(text).not.toContain('admission-bound');
  });

  it('sums several up', () => {
    expect(renderCheckSum([broken, kept, kept], false)).toBe('2 of 3 contracts held\n');
  });
});

describe('checkRows', () => {
  it('lists the invariants in their order, each once', () => {
    expect(checkRows(broken, null).map(({ invariant }) => invariant)).toEqual(invariantNames);
    expect(checkRows(broken, null).filter(({ result }) => result !== 'pass')).toMatchObject([
      { invariant: 'admission-bound', result: 'fail' },
      { invariant: 'all-or-nothing', result: 'skipped' },
    ]);
  });

  it('shows a failure of an invariant that nobody has heard of', () => {
    const odd = { ...broken, failures: broken.failures.map((failure) => ({ ...failure, invariant: 'odd' })) };
    expect(checkRows(odd, null).at(-1)).toMatchObject({ invariant: 'odd', result: 'fail' });
  });
});

describe('the JSON of checks', () => {
  it('is one report when there is one', () => {
    expect(JSON.parse(renderCheckJson([broken]))).toEqual({ schema: 'floodproof/check/1', ...broken });
  });

  it.each([
    { reports: [kept, broken], pass: false },
    { reports: [kept, kept], pass: true },
    { reports: [], pass: false },
  ])('is a list otherwise, which passes when all do and there are any', ({ reports, pass }) => {
    expect(checkDocument(reports)).toEqual({ schema: 'floodproof/check/1', pass, reports });
  });
});

describe('the JUnit file of checks', () => {
  it('has a test suite for each limiter and a test case for each invariant', () => {
    const xml = renderCheckJunit([broken, kept], null);
    const { root } = { root: readXml(xml) };
    expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: '30', failures: '1', skipped: '1' } });
    expect(xml).toContain('classname="leaky &lt;1.2.3&gt;, 5 per day" name="admission-bound"');
    expect(xml).toContain('<failure message="6 cells were admitted within 0 ms" type="broken promise">');
    expect(xml).toContain('<skipped message="there is one promise only"/>');
    expect(xml).toContain('promised: in every interval of 1 d at most 5 cells\n');
    expect(xml).toContain('\nreplay: floodproof check --peer x');
  });

  it('has the one that was asked for alone', () => {
    expect(renderCheckJunit([broken], 'isolation')).toContain('tests="1" failures="0" errors="0" skipped="0"');
  });
});
