import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntentKind } from '../../../harness/actors/outcome.js';
import { encodeSegment } from '../../../harness/engine/record/arrow-segment.js';
import { sealParquet } from '../../../harness/engine/record/parquet.js';
import { HAR_BYTES_MAX } from '../../../harness/trace/har.js';
import { observed } from '../../support/observation-builder.js';
import { batchOf } from '../../support/observation-rows.js';
import { load, refusal, rowsOf, sourceOf, written } from './trace-file.js';

const agent = '"-" "Mozilla/5.0 (X11) \\"quoted\\""';
const line = (ip: string, time: string, rest = ` "GET /a?b=\\"c\\" HTTP/1.1" 200 12 ${agent}`): string =>
  `${ip} - frank [17/May/2015:${time} +0000]${rest}`;

describe('an access log', () => {
  const asLog = { format: 'access-log', whoColumn: 'ip' } as const;

  it('tells when and who, in the combined format', async () => {
    const rows = [line('10.0.0.1', '10:05:03'), line('::1', '10:05:05'), line('10.0.0.1', '10:05:43')];
    const trace = await load(sourceOf(written('combined.log', `${rows.join('\n')}\n`), asLog));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 2e6, 40e6], who: [0, 1, 0] });
    expect(trace.summary).toMatchObject({ stampForm: 'access log', grainUs: 1e6, distinct: 2, notes: [] });
  });

  it('tells them in the common format too, and behind names with spaces', async () => {
    const common = ' "GET / HTTP/1.0" 404 -';
    const rows = [line('10.0.0.1', '10:05:03', common), '10.0.0.2 - a user [17/May/2015:10:05:04 +0000] "-" 408 0'];
    const trace = await load(sourceOf(written('common.log', rows.join('\n')), { ...asLog, whoColumn: null }));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 1e6], who: null });
    expect(trace.summary.notes).toEqual([]);
  });

  it('says which lines are cut, and takes of them what is whole', async () => {
    const rows = Array.from({ length: 300 }, (_, i) =>
      line(`10.0.0.${i % 7}`, `10:05:${String(i % 60).padStart(2, '0')}`),
    );
    rows[7] = line('10.0.0.9', '10:05:07', ' "GET /half');
    rows[8] = line('10.0.0.9', '10:05:08', ' "GET / HTTP/1.1" 200 12 "-" "Mozilla');
    rows[299] = '10.0.0.9 - - [17/May/2015:10';
    const file = written('cut.log', rows.join('\n'));
    const { summary } = await load(sourceOf(file, asLog));
    expect(summary).toMatchObject({ stamps: 299, distinct: 8 });
    expect(summary.notes.slice(0, 2)).toEqual([
      `${file}: 1 of 300 have no readable time and were left out (line 300)`,
      `${file}: 2 of 300 are cut short and were read as far as they go (lines 8, 9)`,
    ]);
  });

  it('is refused when it is none, or tells callers apart in another way', async () => {
    const other = await refusal(sourceOf(written('other.log', '2023-01-01 INFO started\n'), asLog));
    expect(other.faults).toMatchObject([{ code: 'FP_TRACE_STAMP', line: 1 }]);
    const open = written('open.log', line('10.0.0.1', '10:05:03').replace(']', ' '));
    expect((await refusal(sourceOf(open, asLog))).faults).toMatchObject([{ code: 'FP_TRACE_STAMP', line: 1 }]);
    const byUser = await refusal(
      sourceOf(written('user.log', line('10.0.0.1', '10:05:03')), { ...asLog, whoColumn: 'user' }),
    );
    expect(byUser.faults).toMatchObject([{ code: 'FP_TRACE_WHO', hint: 'write "who: ip"' }]);
  });
});

describe('a HAR', () => {
  const asHar = { format: 'har' } as const;
  const har = (starts: readonly unknown[]): string =>
    JSON.stringify({
      log: { version: '1.2', entries: starts.map((startedDateTime) => ({ startedDateTime, time: 3 })) },
    });

  it('tells when, in whatever order its entries stand', async () => {
    const file = written(
      'page.har',
      har(['2024-01-01T00:00:00.500Z', '2024-01-01T00:00:01.250+00:00', '2024-01-01T00:00:01.200Z']),
    );
    const trace = await load(sourceOf(file, asHar));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 700_000, 750_000], who: null });
    const marked = await load(sourceOf(written('bom.har', `\ufeff${har(['2024-01-01T00:00:00Z'])}`), asHar));
    expect(marked.summary.stamps).toBe(1);
    expect(trace.summary.notes).toEqual([
      `${file}: 1 of 3 are earlier than an entry above them; all were put in order (entry 3)`,
    ]);
  });

  it.each([
    { name: 'cut', text: har(['2024-01-01T00:00:00Z']).slice(0, -5), message: 'the file is no whole JSON document' },
    { name: 'other', text: '{"log":{}}', message: 'the document has no list log.entries' },
    { name: 'null', text: 'null', message: 'the document has no list log.entries' },
    { name: 'none', text: har([]), message: 'there is no time in the file' },
    {
      name: 'bad',
      text: har(['2024-01-01T00:00:00Z', 7, 'soon', null]),
      message: 'of the first 4 there are 3 without a readable time (entries 2, 3, 4)',
    },
  ])('is refused: $message', async ({ name, text, message }) => {
    const { faults } = await refusal(sourceOf(written(`${name}.har`, text), asHar));
    expect(faults).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  it('is not read when it is larger than is read as a whole', async () => {
    const file = written('huge.har', '{');
    truncateSync(file, HAR_BYTES_MAX + 1);
    expect((await refusal(sourceOf(file, asHar))).faults).toMatchObject([
      { code: 'FP_TRACE_LARGE', message: 'the file has 268435457 bytes; a HAR is read as a whole, up to 268435456' },
    ]);
  });

  it('tells nobody apart', async () => {
    const { faults } = await refusal(
      sourceOf(written('who.har', har(['2024-01-01T00:00:00Z'])), { ...asHar, whoColumn: 'x' }),
    );
    expect(faults).toMatchObject([{ code: 'FP_TRACE_WHO', hint: 'leave "who" out' }]);
  });
});

describe('an earlier run', () => {
  const asRun = { format: 'observations' } as const;
  const rows = [
    observed({ intendedUs: 2_000, identity: 7, ip: 1 }),
    observed({ intendedUs: 1_000, sentUs: 1_100, identity: 9, ip: 1 }),
    observed({ intendedUs: 1_500, identity: 7, kind: IntentKind.followUp }),
    observed({ intendedUs: 1_700, identity: 7, kind: IntentKind.retry }),
    observed({ intendedUs: 5_000, sentUs: 0, answeredUs: 0, identity: 9, ip: 2 }),
  ];
  const bytes = encodeSegment(batchOf(rows).columns, rows.length);

  it('tells when its arrivals were due, and who they were', async () => {
    const file = written('observations.0.arrows', Buffer.concat([bytes, bytes]));
    const trace = await load(sourceOf(file, { ...asRun, whoColumn: 'identity' }));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 0, 1_000, 1_000, 4_000, 4_000], who: [0, 0, 1, 1, 0, 0] });
    expect(trace.summary.notes).toEqual([]);
  });

  it('tells when they were sent, where they were, and by address', async () => {
    const file = written('observations.1.arrows', bytes);
    const trace = await load(sourceOf(file, { ...asRun, timeColumn: 'sentUs', whoColumn: 'ip' }));
    expect(rowsOf(trace)).toEqual({ offsetsUs: [0, 900], who: [0, 0] });
  });

  it('is read back from its sealed form, the same', async () => {
    const file = written('observations.parquet', '');
    sealParquet(file, () => [batchOf(rows)], {});
    const changes = { ...asRun, timeColumn: 'sentUs', whoColumn: 'ip' };
    const sealed = await load(sourceOf(file, changes));
    const open = await load(sourceOf(written('observations.9.arrows', bytes), changes));
    expect(rowsOf(sealed)).toEqual(rowsOf(open));
    expect(rowsOf(sealed).offsetsUs).toEqual([0, 900]);
  });

  it('is read up to where a crash has cut it, and says so', async () => {
    const file = written('observations.2.arrows', Buffer.concat([bytes, bytes.subarray(0, bytes.length - 40)]));
    const { summary } = await load(sourceOf(file, asRun));
    expect(summary.stamps).toBe(3);
    expect(summary.notes).toEqual([`${file}: 1 of 3 are cut short and were read as far as they go (line 6)`]);
  });

  it.each([
    {
      name: 'a.parquet',
      changes: {},
      fault: { code: 'FP_TRACE_FORMAT' },
    },
    {
      name: 'b.arrows',
      changes: { timeColumn: 'when' },
      fault: {
        code: 'FP_TRACE_COLUMN',
        message: 'a record has no column "when" for this, but intendedUs, dispatchedUs, sentUs, answeredUs',
      },
    },
    { name: 'c.arrows', changes: { whoColumn: 'name' }, fault: { code: 'FP_TRACE_COLUMN' } },
    { name: 'text.arrows', changes: {}, fault: { code: 'FP_TRACE_FORMAT' } },
  ])('is refused: $name', async ({ name, changes, fault }) => {
    const file = written(name, name === 'text.arrows' ? 'this is no record of anything at all, is it' : bytes);
    expect((await refusal(sourceOf(file, { ...asRun, ...changes }))).faults).toMatchObject([fault]);
  });
});
