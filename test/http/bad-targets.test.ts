import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../harness/errors.js';
import { type Plan, planEndUs } from '../../harness/scenario/plan.js';
import { runCli } from '../support/run-cli.js';
import { listen } from './listening.js';
import { outcomesOf, type PlayedRun, playAgainst, scenarioOf } from './played.js';
import { temporaryFolder } from './temporary-folder.js';

const ASKED = 50;
const customers =
  '{ name: customers, label: legit, population: 10, behaviour: retail-trader, ' +
  'with: { orderShare: 0%, accountShare: 0%, retries: 0 }, arrivals: { process: constant, rate: 100/s } }';
const phases = ['{ name: only, for: 500ms }'];
/** 50 requests in half a second, each tried once. */
const plan = scenarioOf({ phases, actors: [customers] });
/** The same for targets that would keep a request waiting for ever. */
const hastyPlan = scenarioOf({ phases, actors: [customers], request: '{ timeout: 400ms }' });

/** Between the last deadline and the end of a run: closing threads and files on a busy machine. */
const END_US_MAX = 10_000_000;

function expectEndedByItself({ durationUs }: PlayedRun, { request }: Plan): void {
  expect(durationUs).toBeLessThan(planEndUs(plan) + request.timeoutUs + END_US_MAX);
}

/** A server that speaks no HTTP of its own: `answer` gets the connection at each of its requests. */
function raw(answer: (socket: Socket) => void): Server {
  return createServer((socket) => socket.on('data', () => answer(socket)));
}

function says(text: string): Server {
  return raw((socket) => socket.write(text));
}

function served(listener: RequestListener): Server {
  return createHttpServer(listener);
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n';

function drip(socket: Socket): void {
  let count = 0;
  const drop = (): boolean => socket.write(ok.charAt(count++));
  drop();
  const timer = setInterval(drop, 200);
  socket.once('close', () => clearInterval(timer));
}

function writeHeadersWithoutEnd(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket.write(`x-more: ${'x'.repeat(4000)}\r\n`), 1);
  socket.once('close', () => clearInterval(timer));
}

interface TriedTarget {
  readonly what: string;
  readonly server: () => Server;
  /** The only outcomes that its requests may have. */
  readonly outcomes: readonly string[];
}

const badTargets: readonly TriedTarget[] = [
  { what: 'never answers', server: () => raw(() => undefined), outcomes: ['timeout'] },
  { what: 'answers a byte at a time', server: () => raw(drip), outcomes: ['timeout'] },
  {
    what: 'sends headers and never the body',
    server: () => says('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{'),
    outcomes: ['timeout'],
  },
  {
    what: 'resets each connection',
    server: () => createServer((socket) => socket.resetAndDestroy()),
    // Whether the request was on its way when the reset came is a matter of microseconds.
    outcomes: ['reset', 'unconnected'],
  },
  { what: 'resets each request', server: () => raw((socket) => socket.resetAndDestroy()), outcomes: ['reset'] },
  { what: 'closes instead of answering', server: () => raw((socket) => socket.end()), outcomes: ['reset'] },
  {
    what: 'closes after the headers',
    server: () => raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n')),
    outcomes: ['reset'],
  },
  { what: 'answers with garbage', server: () => says('\0\x01\x02 garbage \r\n\r\n'), outcomes: ['garbage'] },
  { what: 'speaks another protocol', server: () => says('220 mail.example ESMTP\r\n'), outcomes: ['garbage'] },
  { what: 'switches to another protocol', server: () => says(switching), outcomes: ['garbage'] },
  { what: 'answers with a status of two digits', server: () => says('HTTP/1.1 42 OK\r\n\r\n'), outcomes: ['garbage'] },
  { what: 'sends headers without end', server: () => raw(writeHeadersWithoutEnd), outcomes: ['garbage'] },
  {
    what: 'sends chunks that are none',
    server: () => says('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a length\r\n'),
    outcomes: ['garbage'],
  },
  {
    what: 'sends a body above a mebibyte',
    server: () => served((_request, response) => response.end(Buffer.alloc(2 ** 20 + 1, 'x'))),
    outcomes: ['garbage'],
  },
  {
    what: 'answers 500',
    server: () => served((_request, response) => response.writeHead(500).end('{}')),
    outcomes: ['server-error'],
  },
  {
    what: 'answers 999, to be read as a failure of the server',
    server: () => says('HTTP/1.1 999 Unheard Of\r\ncontent-length: 0\r\n\r\n'),
    outcomes: ['server-error'],
  },
];

describe('a target that', () => {
  it.each(badTargets)('$what fails each request as $outcomes, and the run ends by itself', async (target) => {
    const { url } = await listen(target.server());
    const played = target.outcomes.includes('timeout') ? hastyPlan : plan;
    const run = await playAgainst(url, played);
    const counts = outcomesOf(run.rows);
    expect(Object.keys(counts).filter((name) => !target.outcomes.includes(name))).toEqual([]);
    expect(run.rows).toHaveLength(ASKED);
    expectEndedByItself(run, played);
    expect(run.document).toMatchObject({ verdict: 'fail', actors: { customers: { errors: ASKED, admitted: 0 } } });
    expect(run.exitCode).toBe(ExitCode.failed);
  });
});

const oddTargets: readonly Omit<TriedTarget, 'outcomes'>[] = [
  { what: 'says 103 first', server: () => says(`HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n${ok}`) },
  { what: 'answers twice at once', server: () => says(ok + ok) },
  { what: 'sends more body than it has said', server: () => says(`${ok}{}{}{}`) },
  { what: 'answers without a body', server: () => says('HTTP/1.1 204 No Content\r\n\r\n') },
  {
    what: 'closes each connection after its answer',
    server: () => served((_request, response) => response.writeHead(200, { connection: 'close' }).end('{}')),
  },
  { what: 'ends its answers by closing', server: () => raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{}')) },
];

describe('an odd target that', () => {
  it.each(oddTargets)('$what is understood', async ({ server }) => {
    const { url } = await listen(server());
    const run = await playAgainst(url, plan);
    expect(outcomesOf(run.rows)).toEqual({ admitted: ASKED });
    expect(run.rows.filter(({ sentUs }) => sentUs === 0)).toEqual([]);
    expect(run.document.verdict).toBe('pass');
  });

  it('redirects has not said what its limits decided, and nobody goes where it points', async () => {
    let visits = 0;
    const elsewhere = await listen(
      served((_request, response) => {
        visits++;
        response.end('{}');
      }),
    );
    const { url } = await listen(
      served((_request, response) => response.writeHead(307, { location: elsewhere.url }).end()),
    );
    const run = await playAgainst(url, plan);
    expect(new Set(run.rows.map(({ status }) => status))).toEqual(new Set([307]));
    expect(outcomesOf(run.rows)).toEqual({ unclear: ASKED });
    expect(visits).toBe(0);
  });

  it('says 100 although nobody expects it has its answers counted as garbage', async () => {
    const { url } = await listen(says(`HTTP/1.1 100 Continue\r\n\r\n${ok}`));
    expect(outcomesOf((await playAgainst(url, plan)).rows)).toEqual({ garbage: ASKED });
  });
});

describe('a target that goes away', () => {
  it('fails what comes after it', async () => {
    let answered = 0;
    const listening = await listen(
      served((_request, response) => {
        response.end('{}', () => {
          if (++answered === ASKED / 2) listening.close();
        });
      }),
    );
    const run = await playAgainst(listening.url, plan);
    const { admitted, ...failed } = outcomesOf(run.rows);
    expect(run.rows).toHaveLength(ASKED);
    expect(admitted).toBeGreaterThan(0);
    expect(failed.unconnected).toBeGreaterThan(0);
    expect(Object.keys(failed).filter((name) => name !== 'unconnected' && name !== 'reset')).toEqual([]);
    expectEndedByItself(run, plan);
    expect(run.exitCode).toBe(ExitCode.failed);
  });

  it('before the run is an error of the environment, and no run', async () => {
    const listening = await listen(createServer());
    listening.close();
    const out = temporaryFolder();
    const file = 'scenarios/release/calm-baseline.yaml';
    const run = await runCli(['run', file, '--target', listening.url, '--out', out]);
    expect(run.code).toBe(ExitCode.environment);
    expect(run.stderr).toContain('error FP_TARGET_UNREACHABLE');
    expect(run.stderr).toContain(listening.url);
  });
});
