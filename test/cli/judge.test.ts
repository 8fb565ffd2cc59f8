import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { SuiteDocument, VerdictDocument } from '../../harness/judge/verdict.js';
import { clfText } from '../support/judged-log.js';
import { runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const SECOND_US = 1_000_000;
const BASE_US = 1_764_190_000 * SECOND_US;

function file(name: string, text: string | Buffer): string {
  const path = join(place.path, name);
  writeFileSync(path, text);
  return path;
}

const policy = file(
  'policy.yaml',
  `version: 1
name: five-a-second
limits:
  - { name: by-ip, match: [ticker], by: ip, family: token-bucket, capacity: 5, refill: 5 per 1s }
resolution: 1ms
`,
);

/** So many requests a second of one caller, all admitted. */
function combined(perSecond: number, seconds: number, fromUs = BASE_US): string {
  return Array.from({ length: seconds * perSecond }, (_, index) => {
    const us = fromUs + Math.floor(index / perSecond) * SECOND_US;
    return `192.0.2.7 - - [${clfText(us)}] "GET /v1/ticker?symbol=BTC-USDT HTTP/1.1" 200 12 "-" "curl/8"\n`;
  }).join('');
}

interface Judged {
  readonly code: number | null;
  readonly stderr: string;
  readonly document: VerdictDocument | undefined;
}

async function judge(args: readonly string[]): Promise<Judged> {
  const { code, stdout, stderr } = await runCli(['judge', '--policy', policy, '--json', ...args]);
  const suite = stdout === '' ? null : (JSON.parse(stdout) as SuiteDocument);
  return { code, stderr, document: suite?.scenarios[0] };
}

describe('floodproof judge', () => {
  it('acquits what the limit allows, and says in the terminal what it has seen', async () => {
    const log = file('right.log', combined(5, 20));
    const { code, stdout, stderr } = await runCli(['judge', log, '--policy', policy]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('right.log  pass');
    expect(stdout).toMatch(/all\.leak <= 0 +0 cells +0 cells +pass/);
    expect(stdout).toMatch(/^ {2}log {8}100 requests$/m);
    expect(stdout).toContain('the log has no durations');
    expect(stdout).toContain('nobody is labelled');
  });

  it('convicts what is above it by more than the grain of the log, and shows the requests', async () => {
    const { code, document } = await judge([file('wrong.log', combined(8, 20))]);
    expect(code).toBe(3);
    expect(document?.verdict).toBe('fail');
    // 160 admitted; 5 and 5 a second for 20 s, a second that each may have lasted, and the grain allow 110.
    expect(document?.leaks).toMatchObject([{ limit: 'by-ip', key: '192.0.2.7', admittedCells: 160, excessCells: 50 }]);
    expect(document?.replay).toMatch(/^node \S+main\.js judge \S+wrong\.log --policy \S+policy\.yaml$/);
  });

  it('reads several logs one after the other, packed or not, and stdin', async () => {
    const first = file('access.log.1.gz', gzipSync(combined(8, 10)));
    const second = file('access.log', combined(8, 10, BASE_US + 10 * SECOND_US));
    const both = await judge([first, second]);
    expect(both.document?.leaks).toMatchObject([{ admittedCells: 160, excessCells: 50 }]);
    const { code, stdout } = await runCli(
      ['-c', `cat ${first} | ${process.execPath} dist/cli/main.js judge - --policy ${policy}`],
      {
        command: '/bin/sh',
      },
    );
    expect(stdout).toMatch(/^stdin {2}FAIL/);
    expect(stdout).toMatch(/^ {2}target log, took /m);
    expect(stdout).not.toMatch(/seed 1|engine ts/);
    expect(code).toBe(3);
  });

  it('widens by --longest, says so, and is right to', async () => {
    const log = file('slow.log', combined(8, 20));
    const { document } = await judge([log, '--longest', '5s']);
    expect(document?.leaks).toMatchObject([{ admittedCells: 160, excessCells: 30 }]);
    expect(document?.notes.join('\n')).toContain('5s at most');
  });

  it('reads JSON lines by a map, with its labels, classes and outcomes', async () => {
    const map = file(
      'map.yaml',
      `version: 1
time: { field: at, form: ms }
duration: { field: tookMs, unit: ms }
ip: caller.ip
key: caller.key
classes: { ticker: ["* /api/price/**"] }
outcome:
  - { field: verdict, in: [ok], is: admitted }
  - { field: verdict, in: ["no"], is: throttled }
actors:
  - { name: bots, label: abuse, ips: [203.0.113.0/24] }
  - { name: friends, label: legit, keys: [k-1] }
`,
    );
    const line = (ip: string, key: string | null, verdict: string, index: number): string =>
      `${JSON.stringify({ at: 1_764_190_000_000 + index * 100, tookMs: 3, caller: { ip, key }, method: 'GET', path: `/api/price/BTC/${index}`, verdict })}\n`;
    const lines = Array.from(
      { length: 100 },
      (_, index) =>
        line('203.0.113.9', null, 'ok', index) + line('198.51.100.1', 'k-1', index % 3 === 0 ? 'ok' : 'no', index),
    );
    const log = file(
      'app.jsonl',
      `${lines.join('')}{"at":1764190011000,"tookMs":1,"method":"GET","path":"/other","caller":{}}\n`,
    );
    const { code, document, stderr } = await judge([
      log,
      '--map',
      map,
      '--expect',
      'abuse.leak <= 0',
      '--expect',
      'legit.leak <= 0',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(3);
    expect(document?.actors.bots).toMatchObject({ label: 'abuse', sent: 100, admitted: 100 });
    expect(document?.actors.friends).toMatchObject({ label: 'legit', sent: 100, admitted: 34, throttled: 66 });
    expect(document?.expectations.map(({ metric, pass }) => [metric, pass])).toEqual([
      ['abuse.leak', false],
      ['legit.leak', true],
    ]);
    expect(document?.notes.join('\n')).toContain('1 of 201 lines are of no class');
  });

  it('writes JUnit, and quotes what a shell would read otherwise', async () => {
    const junit = join(place.path, 'report.xml');
    const log = file('right again.log', combined(5, 3));
    const { code, document } = await judge([log, '--junit', junit, '--expect', 'all.leak <= 0']);
    expect(code).toBe(0);
    expect(readFileSync(junit, 'utf8')).toContain(
      '<testcase classname="floodproof.right again.log" name="all.leak &lt;= 0"',
    );
    expect(document?.replay).toContain("'all.leak <= 0'");
  });

  it.each([
    { because: 'no such log', args: ['absent.log'], wanted: /FP_FILE_UNREADABLE.*absent\.log: there is no such file/s },
    { because: 'no line', args: [file('empty.log', '\n')], wanted: /FP_LOG_UNREADABLE.*there is no line/s },
    {
      because: 'lines of another form',
      args: [file('other.log', 'hello\n'.repeat(50) + combined(1, 3))],
      wanted: /FP_LOG_UNREADABLE.*50 of another form \(lines 1, 2, 3, 4, 5 and 45 more\); \S+other\.log:1 has "hello"/s,
    },
    {
      because: 'no request of the policy',
      args: [file('pages.log', combined(1, 3).replaceAll('/v1/ticker', '/index.html'))],
      wanted:
        /FP_LOG_UNREADABLE.*of the 3 lines none is a request.*--map FILE.*\n {4}version: 1\n {4}classes:\n {4} {2}ticker: \["GET \/index.html"\]\n/s,
    },
    {
      because: 'an expectation that names nobody',
      args: [file('fine.log', combined(1, 3)), '--expect', 'bots.leak <= 0', '--expect', 'all.leek <= 0'],
      wanted: /FP_USAGE.*"bots\.leak <= 0".*"all\.leek <= 0"/s,
    },
    {
      because: 'a format with nothing between variables',
      args: [file('fine2.log', combined(1, 3)), '--log-format', '$remote_addr$status'],
      wanted: /FP_USAGE.*nothing between \$remote_addr/s,
    },
    {
      because: 'a format without a time',
      args: [file('fine3.log', combined(1, 3)), '--log-format', '$remote_addr $status'],
      wanted: /FP_USAGE.*no field of the log is known as a time/s,
    },
    {
      because: 'a packed log that was cut',
      args: [file('cut.gz', gzipSync(combined(5, 2000)).subarray(0, 300))],
      wanted: /FP_FILE_UNREADABLE.*cut\.gz/s,
    },
  ])('refuses $because', async ({ args, wanted }) => {
    const { code, stderr, document } = await judge(args);
    expect(stderr).toMatch(wanted);
    expect(code).toBe(2);
    expect(document).toBeUndefined();
  });

  it('tells all faults of a map at once, with their places', async () => {
    const map = file(
      'bad-map.yaml',
      `version: 1
format: combined
log-format: "$msec"
time: { field: at, form: minutes, zone: Europe/Berlin }
classes: { ticker: ["/v1/ticker"], tickers: [] }
outcome: [{ field: status, in: ["429"], is: blocked }]
`,
    );
    const { code, stderr } = await judge([file('fine4.log', combined(1, 3)), '--map', map]);
    expect(code).toBe(2);
    const told = [
      /bad-map\.yaml:3:\d+\s+log-format stands beside format/,
      /bad-map\.yaml:4:\d+\s+time\.form must be one of/,
      /bad-map\.yaml:4:\d+\s+time\.zone must be an offset/,
      /bad-map\.yaml:5:\d+\s+classes\.ticker\[0\] must be a method and a path/,
      /bad-map\.yaml:5:\d+\s+classes\.tickers is not a known key/,
      /bad-map\.yaml:6:\d+\s+outcome\[0\]\.is must be one of/,
    ];
    for (const wanted of told) {
      expect(stderr).toMatch(wanted);
    }
  });
});
