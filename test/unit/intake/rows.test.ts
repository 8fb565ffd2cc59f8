import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { bindMap } from '../../../harness/intake/bound-map.js';
import { LineReader } from '../../../harness/intake/line-reader.js';
import { logColumns, moveRows, putRow } from '../../../harness/intake/log-columns.js';
import { noMap, readLogMap } from '../../../harness/intake/log-map.js';
import { emptyRow } from '../../../harness/intake/log-row.js';
import { Names } from '../../../harness/intake/names.js';
import { readLog } from '../../../harness/intake/read-log.js';
import { RowOrder } from '../../../harness/intake/row-order.js';
import { SignatureBook } from '../../../harness/intake/signature-book.js';
import { judgedLog, secondsText } from '../../support/judged-log.js';
import { aBan, aFillCounter, aPolicy, aTokenBucket, creditsMax, SECOND_US } from '../../support/plan-builder.js';

const BASE_US = 1_764_190_000 * SECOND_US;
const byIp = { name: 'by-ip', by: ['ip'], ipPrefix: { v4: 32, v6: 64 }, capacity: 5, refillCells: 5 } as const;
const policy = aPolicy([aTokenBucket(byIp)], { resolutionUs: 1000 });
const format = '$remote_addr $msec $request_time "$request" $status $http_x_api_key $http_x_signature';

function line(
  us: number,
  { ip = '192.0.2.1', status = 200, key = '-', signature = '-', path = 'GET /v1/ticker' } = {},
): string {
  return `${ip} ${secondsText(us, 3)} 0.001 "${path} HTTP/1.1" ${status} ${key} ${signature}`;
}

describe('rows in columns', () => {
  const numbers = Object.keys(emptyRow()) as (keyof ReturnType<typeof emptyRow>)[];
  /** Another number in each column and row, below 256. */
  const rowOf = (at: number): ReturnType<typeof emptyRow> =>
    Object.fromEntries(numbers.map((name, column) => [name, 16 * column + at])) as never;

  it('are moved in one piece, within one memory too, whatever the columns', () => {
    const from = logColumns(16);
    const to = logColumns(16);
    for (let at = 0; at < 16; at++) putRow(from, at, rowOf(at));
    moveRows(from, { from: 3, rows: 9 }, to, 2);
    moveRows(to, { from: 4, rows: 7 }, to, 1);
    for (const name of numbers) {
      const wanted = [0, 5, 6, 7, 8, 9, 10, 11].map((at) => rowOf(at)[name]);
      expect([...to[name].subarray(1, 8)], name).toEqual(wanted.slice(1));
      expect([to[name][0], ...to[name].subarray(11)], name).toEqual([0, 0, 0, 0, 0, 0]);
    }
  });
});

describe('the order of rows', () => {
  const order = (ends: readonly number[], windowUs: number): { ends: number[]; late: number; disorderUs: number } => {
    const taken: number[] = [];
    const rows = new RowOrder({
      windowUs,
      waitingFirst: 8,
      waitingMax: 8,
      take: ({ concludedUs }, rows) => void taken.push(...concludedUs.subarray(0, rows)),
    });
    for (const concludedUs of ends) rows.add({ ...emptyRow(), concludedUs });
    rows.finish();
    return { ends: taken, late: rows.late, disorderUs: rows.disorderUsMax };
  };

  it('is that of their ends, within the window', () => {
    const ends = Array.from({ length: 100 }, (_, index) => 10 * index + (index % 3 === 0 ? 25 : 0));
    expect(order(ends, 30)).toEqual({ ends: [...ends].sort((a, b) => a - b), late: 0, disorderUs: 15 });
  });

  it('drops nothing that comes too late: it ends where the order stands', () => {
    const ends = [...Array.from({ length: 40 }, (_, index) => 10 * index), 5, 400];
    const found = order(ends, 0);
    expect(found.late).toBe(1);
    expect(found.disorderUs).toBe(385);
    expect(found.ends).toHaveLength(42);
    expect(found.ends).toEqual([...found.ends].sort((a, b) => a - b));
  });

  it('is kept when more wait than may, whatever the window', () => {
    const ends = Array.from({ length: 50 }, (_, index) => index);
    expect(order(ends, 1_000_000).ends).toEqual(ends);
  });
});

describe('whose a row is', () => {
  const actors = [
    { name: 'net', label: 'abuse', ips: ['192.0.2.0/24'] },
    { name: 'ann', label: 'legit', accounts: ['ann'] },
    { name: 'keyed', label: 'legit', keys: ['k1'] },
    { name: 'bots', label: 'abuse', where: { field: 'agent', in: ['bot'] } },
  ];

  /** The actor of each line, and which of its identities it is. */
  function owners(lines: readonly string[], chosen = actors): readonly string[] {
    const map = {
      ...readLogMap('map.yaml', JSON.stringify({ version: 1, actors: chosen, account: 'account', key: 'key' })),
      logFormat: '$remote_addr $msec "$request" $status $account $key $agent',
    };
    const reader = new LineReader(bindMap(map, Buffer.from('x')), policy, { orders: 1, longestUs: 0 });
    return lines.map((words) => {
      const [ip, ...rest] = words.split(' ');
      const bytes = Buffer.from(`${ip} 1.000 "GET /v1/ticker HTTP/1.1" 200 ${rest.join(' ')}`);
      expect(reader.read(bytes, 0, bytes.length)).toBe('row');
      return `${chosen[reader.row.actor]?.name ?? 'others'} ${reader.row.identity}`;
    });
  }

  it('is told by the first rule that fits by anything', () => {
    const lines = ['192.0.2.1 ann k1 bot', '10.0.0.1 ann k1 bot', '10.0.0.1 bob k1 bot', '10.0.0.1 bob k2 bot'];
    expect(owners([...lines, '10.0.0.1 bob k2 -', '- - - bot'])).toEqual([
      'net 0',
      'ann 0',
      'keyed 0',
      'bots 0',
      'others 0',
      'bots 1',
    ]);
    expect(owners(lines, [...actors].reverse())).toEqual(['bots 0', 'bots 0', 'bots 0', 'bots 1']);
  });

  it('is its key, without one its account, and without that its address; all of whom nothing is told are one', () => {
    const lines = ['10.0.0.1 - - -', '10.0.0.2 - - -', '10.0.0.1 bob - -', '10.0.0.2 bob - -', '10.0.0.1 bob k -'];
    expect(owners([...lines, '- - - -', '10.0.0.2 - - -', '10.0.0.9 - k -', '- - - -'])).toEqual(
      [0, 1, 2, 2, 3, 4, 1, 3, 4].map((identity) => `others ${identity}`),
    );
  });

  it('may be another actor each time', () => {
    const lines = ['10.0.0.1 - - bot', '10.0.0.2 - - -', '10.0.0.1 - - -', '10.0.0.1 - - bot', '10.0.0.2 - - -'];
    expect(owners(lines)).toEqual(['bots 0', 'others 0', 'others 1', 'bots 0', 'others 0']);
  });
});

describe('what is told apart', () => {
  it('is bounded, and says which field has too much', () => {
    const names = new Names('addresses', 2);
    expect(['a', 'b', 'a'].map((text) => names.of(text))).toEqual([0, 1, 0]);
    expect(() => names.of('c')).toThrow(expect.objectContaining({ code: 'FP_LOG_UNREADABLE' }));
  });

  it('holds signatures apart through every growth of their table', () => {
    const book = new SignatureBook(5000);
    const first = Array.from({ length: 5000 }, (_, index) => book.of(`signature ${index}`));
    expect(first).toEqual(Array.from({ length: 5000 }, (_, index) => index));
    expect(Array.from({ length: 5000 }, (_, index) => book.of(`signature ${index}`))).toEqual(first);
    expect(() => book.of('one more')).toThrow(expect.objectContaining({ code: 'FP_LOG_UNREADABLE' }));
  });
});

describe('a log that is judged', () => {
  const flood = Array.from({ length: 400 }, (_, index) => line(BASE_US + index * 50_000));

  it('is judged alike when its rows are kept in a file', async () => {
    const held = await judgedLog({ policy, lines: flood, map: { logFormat: format } });
    const filed = await judgedLog({
      policy,
      lines: flood,
      map: { logFormat: format },
      store: { batchRows: 64, memoryBatches: 1 },
    });
    expect(held.leaks).toHaveLength(1);
    expect(filed).toEqual(held);
  });

  it('is refused with its reason when its rows find no room on the disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'floodproof-log-'));
    const file = join(folder, 'access.log');
    writeFileSync(file, flood.map((text) => `${text}\n`).join(''));
    vi.stubEnv('TMPDIR', join(folder, 'missing'));
    try {
      const task = { map: { ...noMap, logFormat: format }, policy, store: { batchRows: 8, memoryBatches: 1 } };
      await expect(readLog({ ...task, files: [file] })).rejects.toThrow(
        expect.objectContaining({
          code: 'FP_DISK',
          message: expect.stringContaining('cannot keep the rows of the log'),
        }),
      );
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });

  it('tells replays where signatures are logged', async () => {
    const lines = ['s1', 's2', 's1', 's3', 's1'].map((signature, index) =>
      line(BASE_US + index * SECOND_US, { key: 'k', signature, path: 'POST /v1/orders' }),
    );
    const document = await judgedLog({ policy, lines, map: { logFormat: format } });
    const replays = document.expectations.find(({ metric }) => metric === 'all.replaysAccepted');
    expect(replays).toMatchObject({ measured: 2, pass: false });
    expect(document.verdict).toBe('fail');
  });

  it('counts IPv6 by the prefix of the limit', async () => {
    const lines = flood.map((text, index) => text.replace('192.0.2.1', `2001:db8::${(index % 90) + 1}`));
    const document = await judgedLog({ policy, lines, map: { logFormat: format } });
    expect(document.leaks).toMatchObject([{ key: '2001:db8::/64' }]);
  });

  it('calls no throttle wrongful when a line is missing, nor what is credited a leak', async () => {
    const rested = [...flood.slice(0, 200), line(BASE_US + 60 * SECOND_US, { status: 429 })];
    const expected = ['all.wrongfulBlocks <= 0'];
    const whole = await judgedLog({ policy, lines: rested, map: { logFormat: format }, expected });
    expect(whole.expectations).toMatchObject([{ measured: 1, pass: false }]);
    const torn = [...rested.slice(0, 10), 'torn', ...rested.slice(10)];
    const lost = await judgedLog({ policy, lines: torn, map: { logFormat: format }, expected });
    expect(lost.expectations).toMatchObject([{ measured: 0, pass: null }]);
    expect(lost.notes.join('\n')).toContain('1 of another form (line 11)');
    const credited = aPolicy([aFillCounter({ ...byIp, windowUs: SECOND_US, creditsMax: creditsMax(1) })]);
    const unproved = await judgedLog({ policy: credited, lines: flood, map: { logFormat: format } });
    expect(unproved.leaks).toEqual([]);
    expect(unproved.verdict).toBe('undecided');
  });

  it('takes a ban for one that may have begun before the log', async () => {
    const lines = [line(BASE_US), line(BASE_US + SECOND_US, { status: 418 })];
    const banning = aPolicy([aTokenBucket({ ...byIp, ban: aBan(3, SECOND_US) })]);
    const expected = ['all.wrongfulBlocks <= 0', 'all.falseBlockRate <= 0%'];
    const document = await judgedLog({ policy: banning, lines, map: { logFormat: format }, expected });
    expect(document.expectations.map(({ measured, pass }) => [measured, pass])).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  it('is refused when it runs backwards beyond what waits', async () => {
    const lines = Array.from({ length: 70_000 }, (_, index) => line(BASE_US - index * 100_000));
    await expect(judgedLog({ policy, lines, map: { ...noMap, logFormat: format } })).rejects.toThrow(
      expect.objectContaining({ code: 'FP_LOG_UNREADABLE', message: expect.stringContaining('behind others') }),
    );
  });
});
