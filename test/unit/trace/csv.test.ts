import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFields } from '../../../harness/trace/csv.js';
import { load, refusal, rowsOf, sourceOf, written } from './trace-file.js';

describe('a line of CSV', () => {
  it.each([
    { record: 'a,b,c', fields: ['a', 'b', 'c'] },
    { record: '', fields: [''] },
    { record: ',', fields: ['', ''] },
    { record: '"a","b,c",d', fields: ['a', 'b,c', 'd'] },
    { record: '"say ""hi""",', fields: ['say "hi"', ''] },
    { record: '"",x', fields: ['', 'x'] },
    { record: '"two\nlines",x', fields: ['two\nlines', 'x'] },
    { record: 'x,"', fields: null },
    { record: '"a"b,c', fields: null },
    { record: 'a"b",c', fields: null },
    { record: '"a""', fields: null },
  ])('has the fields that RFC 4180 gives it: $record', ({ record, fields }) => {
    expect(csvFields(record)).toEqual(fields);
  });

  it('gives back any fields that were written into it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é') }), { minLength: 1 }),
        (fields) => {
          const record = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
          expect(csvFields(record)).toEqual(fields);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('a trace in CSV', () => {
  it('is read by the name of its columns', async () => {
    const file = written('named.csv', 'user,when,bytes\nann,10,7\nbob,10.5,7\nann,11.25,7\n');
    const trace = await load(sourceOf(file, { timeColumn: 'when', whoColumn: 'user' }));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 500_000, 1_250_000], who: [0, 1, 0] });
    expect(trace.keptShare).toBe(1);
    expect(trace.summary).toMatchObject({
      file,
      stamps: 3,
      durationUs: 1_250_000,
      ratePerSecond: 2.4,
      distinct: 2,
      topShare: 2 / 3,
      stampForm: 'seconds',
      grainUs: 1_000,
      notes: [],
    });
    expect(trace.summary.gapCv).toBeCloseTo(0.2, 12);
  });

  it('lies in memory that threads can share', async () => {
    const trace = await load(sourceOf(written('shared.csv', 't,who\n1,a\n2,b\n'), { whoColumn: 'who' }));
    expect(trace.offsetsUs.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(trace.who?.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it.each([
    { name: 'crlf', text: 't,x\r\n\r\n1,a\r\n2,b\r\n', because: 'line ends of Windows' },
    { name: 'bom', text: '\ufefft,x\n1,a\n2,b\n', because: 'a byte order mark' },
    { name: 'no-end', text: 't,x\n1,a\n2,b', because: 'no line end at the end' },
    { name: 'blank', text: 't,x\n\n1,a\n\n2,b\n\n', because: 'blank lines' },
    { name: 'spaces', text: ' t , x\n 1 ,a\n2,b\n', because: 'spaces around names' },
    {
      name: 'quoted',
      text: '"t","x"\n"1","a,""b\n1"\n"2","\n"\n',
      because: 'line ends, commas and quotes within quotes',
    },
    { name: 'bare', text: '1,a\n2,b\n', because: 'no line of names' },
  ])('is read by its first column: $because', async ({ name, text }) => {
    const trace = await load(sourceOf(written(`${name}.csv`, text)));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 1_000_000], who: null });
    expect(trace.summary.notes).toEqual([]);
  });

  it('is unpacked where its name ends in .gz', async () => {
    const packed = gzipSync('t\n1\n2\n');
    expect((await load(sourceOf(written('packed.csv.gz', packed)))).offsetsUs).toHaveLength(2);
    const named = await refusal(sourceOf(written('packed.csv', packed)));
    expect(named.faults).toMatchObject([{ code: 'FP_TRACE_FORMAT', message: 'the file is packed with gzip' }]);
    const cut = await refusal(sourceOf(written('cut.csv.gz', packed.subarray(0, packed.length - 9))));
    expect(cut.faults).toMatchObject([{ code: 'FP_TRACE_FILE', message: expect.stringContaining('unexpected end') }]);
  });

  it('may have letters and lines that two pieces of the file share', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${'é'.repeat(i % 17)}`);
    const trace = await load(sourceOf(written('long.csv', `t,ü\n${rows.join('\n')}\n`), { whoColumn: 'ü' }));
    expect(trace.summary).toMatchObject({ stamps: 30_000, durationUs: 29_999e6, distinct: 17, notes: [] });
    expect([...(trace.who ?? [])].every((who, i) => who === i % 17)).toBe(true);
  });

  it.each([0, 1])('may have letters of two bytes that two pieces share, wherever they begin: %i', async (shift) => {
    const name = `${'x'.repeat(shift)}${'é'.repeat(200_000)}`;
    const trace = await load(
      sourceOf(written(`wide-${shift}.csv`, `t,who\n1,${name}\n2,${name}\n`), { whoColumn: 'who' }),
    );
    expect(trace.summary.distinct).toBe(1);
  });

  it('names the first line of a row of several', async () => {
    const file = written('rows.csv', 't,x\n1,a\n"2\n",b\n"soon\nor later",c\n');
    expect((await refusal(sourceOf(file))).faults).toMatchObject([
      {
        line: 5,
        message: String.raw`of the first 3 there are 1 without a readable time (line 5); the first of these has "soon\nor later"`,
      },
    ]);
  });

  it('leaves out lines that are cut or have no time, and says which', async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `${i},x`);
    rows[10] = '10';
    rows[20] = '-,x';
    rows[998] = '998,x,y';
    const file = written('some-bad.csv', `t,x\n${rows.join('\n')}\n999.5,"x`);
    const { summary } = await load(sourceOf(file));
    expect(summary.stamps).toBe(997);
    expect(summary.notes).toEqual([
      `${file}: 1 of 1,001 have no readable time and were left out (line 22)`,
      `${file}: 3 of 1,001 are cut short or malformed and were left out (lines 12, 1,000, 1,002)`,
    ]);
  });

  it('puts times in order and says which were not', async () => {
    const file = written('unsorted.csv', 't,who\n5,a\n3,b\n3,c\n9,a\n4,d\n12,e\n13,e\n14,e\n15,e\n');
    const trace = await load(sourceOf(file, { whoColumn: 'who' }));
    expect(rowsOf(trace)).toEqual({
      offsetsUs: [0, 0, 1, 2, 6, 9, 10, 11, 12].map((second) => second * 1e6),
      who: [0, 1, 2, 3, 3, 4, 4, 4, 4],
    });
    expect(trace.summary.notes).toEqual([
      `${file}: 3 of 9 are earlier than a line above them; all were put in order (lines 3, 4, 6)`,
      `${file}: 1 of 9 are of the same moment as the one before (line 4)`,
      `${file}: its times are whole seconds, so bursts within a second are the grain of the file`,
    ]);
  });

  it.each([
    { name: 'hourly', hours: 13, isTold: true },
    { name: 'half-day', hours: 12, isTold: false },
  ])(
    'doubts times that all stand in one minute of their hours, over half a day: $name',
    async ({ name, hours, isTold }) => {
      const rows = Array.from({ length: hours + 1 }, (_, hour) => `${hour * 3_600 + 300.5}`);
      const { summary } = await load(sourceOf(written(`${name}.csv`, `t\n${rows.join('\n')}\n`)));
      expect(summary.notes.some((note) => note.includes('one and the same minute of the hour'))).toBe(isTold);
    },
  );

  it('doubts times that are far out of order, and not those that are a little', async () => {
    const file = written('reversed.csv', 't\n5.5\n4.5\n3.1\n2\n');
    const { summary } = await load(sourceOf(file));
    expect(summary.notes[0]).toContain(
      'which they were far from: see whether these are the right times (lines 3, 4, 5)',
    );
    const jittered = Array.from({ length: 500 }, (_, i) => `${i + (i % 2 === 0 ? 1.5 : 0)}`);
    const log = await load(sourceOf(written('jittered.csv', `t\n${jittered.join('\n')}\n`)));
    expect(log.summary.notes[0]).toContain(
      '250 of 500 are earlier than a line above them; all were put in order (lines',
    );
  });
});

describe('a file that is no trace in CSV', () => {
  it.each([
    {
      name: 'column',
      text: 'a,b\n1,2\n',
      changes: { timeColumn: 'c' },
      fault: { code: 'FP_TRACE_COLUMN', line: 1, message: 'there is no column "c", but "a", "b"' },
    },
    {
      name: 'who',
      text: 'a,b\n1,2\n',
      changes: { whoColumn: 'B' },
      fault: { code: 'FP_TRACE_COLUMN', line: 1, message: 'there is no column "B", but "a", "b"' },
    },
    {
      name: 'bare',
      text: '1,b\n1,2\n',
      changes: { whoColumn: 'b' },
      fault: { code: 'FP_TRACE_COLUMN', line: 1, message: 'the first line names no columns, so there is no "b"' },
    },
    {
      name: 'names',
      text: 'a,b\n',
      changes: {},
      fault: { code: 'FP_TRACE_STAMP', line: 0, message: 'there is no time in the file' },
    },
    {
      name: 'empty',
      text: '',
      changes: {},
      fault: { code: 'FP_TRACE_STAMP', line: 0, message: 'there is no time in the file' },
    },
    {
      name: 'words',
      text: 'a,b\nx,1\ny,2\n',
      changes: {},
      fault: {
        code: 'FP_TRACE_STAMP',
        line: 2,
        message: 'of the first 2 there are 2 without a readable time (lines 2, 3); the first of these has "x"',
      },
    },
    {
      name: 'cut',
      text: 'a,b\n1,1\n2\n',
      changes: {},
      fault: { code: 'FP_TRACE_CUT', line: 3, message: 'of the first 2 there are 1 cut short or malformed (line 3)' },
    },
    {
      name: 'quote',
      text: `a,b\n1,"${'x\n'.repeat(600_000)}`,
      changes: {},
      fault: {
        code: 'FP_TRACE_FORMAT',
        line: 2,
        message: 'a quote is opened and not closed within a million characters',
      },
    },
    {
      name: 'header',
      text: '"a"b\n1\n',
      changes: {},
      fault: { code: 'FP_TRACE_FORMAT', line: 1, message: 'the first line is no line of CSV' },
    },
    {
      name: 'endless',
      text: `a,b\n1,1\n${'x'.repeat(2_000_000)}`,
      changes: {},
      fault: { code: 'FP_TRACE_FORMAT', line: 3, message: 'the line has no end within a million characters' },
    },
    {
      name: 'binary',
      text: 'a\u0000b\n1\n',
      changes: {},
      fault: { code: 'FP_TRACE_FORMAT', line: 0, message: 'the file is no text, or text in UTF-16' },
    },
    {
      name: 'flat',
      text: 'a\n7\n7\n',
      changes: {},
      fault: { code: 'FP_TRACE_FLAT', line: 0, message: 'all 2 times of the file are one moment (actor "login")' },
    },
  ])('is refused: $fault.message', async ({ name, text, changes, fault }) => {
    const file = written(`bad-${name}.csv`, text);
    const error = await refusal(sourceOf(file, changes));
    expect(error).toMatchObject({ code: 'FP_FILE_INVALID', faults: [{ file, ...fault }] });
    expect(error.faults[0]?.hint).toMatch(/\w/);
  });

  it('is given up early when most of it cannot be read', async () => {
    const file = written('mostly-bad.csv', `t\n${'x\n'.repeat(50_000)}`);
    expect((await refusal(sourceOf(file))).faults[0]?.message).toBe(
      'of the first 1,000 there are 1,000 without a readable time (lines 2, 3, 4, 5, 6 and 995 more); the first of these has "x"',
    );
  });
});

it('is told that other marks part its columns', async () => {
  for (const [name, mark] of [
    ['semicolons', ';'],
    ['tabs', '\t'],
  ] as const) {
    const source = sourceOf(written(`${name}.csv`, ['t,who', '1,a', '2,b', ''].join('\n').replaceAll(',', mark)));
    const { faults } = await refusal(source);
    expect(faults[0]?.message).toContain(`the first of these has ${JSON.stringify(`1${mark}a`)}`);
    expect(faults[0]?.hint).toContain('columns are parted by commas');
  }
});

describe('a quote too many', () => {
  const row = (i: number): string => `${i},"agent ${i}"`;
  const rows = Array.from({ length: 1000 }, (_, i) => row(i));

  it('counts every line that it swallows up to the next one', async () => {
    const lines = rows.with(9, '9,"agent').with(29, '29,agent"');
    const { code, faults } = await refusal(sourceOf(written('swallowed.csv', `t,agent\n${lines.join('\n')}\n`)));
    expect(code).toBe('FP_FILE_INVALID');
    expect(faults).toMatchObject([
      {
        code: 'FP_TRACE_CUT',
        line: 11,
        message: 'of the first 1,000 there are 21 cut short or malformed (lines 11, 12, 13, 14, 15 and 16 more)',
      },
    ]);
  });

  it('counts every line that it swallows up to the end', async () => {
    const lines = rows.with(994, '994,"agent');
    const trace = await load(sourceOf(written('swallowed-end.csv', `t,agent\n${lines.join('\n')}\n`)));
    expect(trace.summary.stamps).toBe(994);
    expect(trace.summary.notes).toEqual([
      expect.stringContaining(
        '6 of 1,000 are cut short or malformed and were left out (lines 996, 997, 998, 999, 1,000 and 1 more)',
      ),
    ]);
  });
});
