import { describe, expect, it } from 'vitest';
import { NONE } from '../../../harness/judge/observation.js';
import { csvCell, csvLine } from '../../../harness/report/csv.js';
import { RequestLines, requestsCsvHead } from '../../../harness/report/requests-csv.js';
import { observed, sourceOf } from '../../support/observation-builder.js';
import { aPlan } from '../../support/plan-builder.js';

describe('a cell', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['=1+2', "'=1+2"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['=A1,"x"', '"\'=A1,""x"""'],
    ['\t=1', "' =1"],
    ['\uff1d1', "'\uff1d1"],
    ['two\r\nlines', 'two lines'],
    [' padded ', '" padded "'],
    ['\u202eevil', '\\u202eevil'],
    ['\u001b[31m', '\\x1b[31m'],
    ['<script>', '<script>'],
    ['\u{1f4a5}', '\u{1f4a5}'],
  ])('that holds %j is %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('leaves numbers as they are, negative ones too, and nothing empty', () => {
    expect(csvLine([-1.5, 0, null, Number.NaN, 1e21])).toBe('-1.5,0,,,1e+21\r\n');
  });
});

const rowsOf = (rows: Parameters<typeof sourceOf>[0], plan = aPlan()): string[][] => {
  const world = { ipName: (at: number) => `ip${at}`, accountName: (at: number) => `=a${at}`, keyName: noName };
  const lines = new RequestLines({ run: 'r', scenario: 's', plan, world });
  const text = [...sourceOf(rows)()].flatMap((batch) => [...lines.of(batch)]).join('');
  return text
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
};

function noName(at: number): string {
  throw new RangeError(`no key has the index ${at}`);
}

describe('the requests of a run', () => {
  const columns = requestsCsvHead.trimEnd().split(',');
  const first = (rows: Parameters<typeof sourceOf>[0]): Record<string, string> =>
    Object.fromEntries((rowsOf(rows)[0] ?? []).map((cell, at) => [columns[at] ?? '', cell]));

  it('are told with names and in milliseconds since the first phase', () => {
    expect(first([observed({ intendedUs: 999_001, sentUs: 1_000_250, answeredUs: 1_001_250, limit: 0 })])).toEqual({
      run: 'r',
      scenario: 's',
      intendedMs: '-0.999',
      dispatchedMs: '0.25',
      sentMs: '0.25',
      answeredMs: '1.25',
      concludedMs: '1.25',
      actor: 'customers',
      label: 'legit',
      identity: '0',
      requestClass: 'order.place',
      elements: '1',
      kind: 'arrival',
      outcome: 'admitted',
      status: '200',
      limit: 'orders',
      ip: 'ip0',
      account: "'=a0",
      key: '#0',
      signature: '',
      retryAfterMs: '',
    });
  });

  it('leave empty what never was, and tell by number what has no name', () => {
    const row = observed({
      sentUs: 5,
      answeredUs: 0,
      status: 0,
      outcome: 5,
      elements: 0,
      ip: NONE,
      account: NONE,
      key: NONE,
    });
    expect(first([{ ...row, actor: 9, requestClass: 200, limit: -2, dispatchedUs: 0, retryAfterMs: 0 }])).toMatchObject(
      {
        dispatchedMs: '',
        answeredMs: '',
        actor: '#9',
        label: '',
        requestClass: '#200',
        elements: '1',
        outcome: 'timeout',
        status: '',
        limit: 'unknown',
        ip: '',
        account: '',
        key: '',
        retryAfterMs: '0',
      },
    );
  });

  it('have as many cells as the head, in every piece of many', () => {
    const rows = rowsOf(Array.from({ length: 4500 }, (_, at) => observed({ sentUs: at + 1 })));
    expect(rows).toHaveLength(4500);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([columns.length]));
  });
});
