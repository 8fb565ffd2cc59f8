import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import { connect, createServer as createRawServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { harEntry, type SeenExchange } from '../../harness/capture/har-entry.js';
import { HarJournal } from '../../harness/capture/har-journal.js';
import { CaptureProxy } from '../../harness/capture/proxy.js';
import { readRecording } from '../../harness/capture/read-recording.js';
import { checkTarget } from '../../harness/targets/loopback.js';
import { startCli } from '../support/run-cli.js';
import { listen } from './listening.js';
import { temporaryFolder } from './temporary-folder.js';

interface Captured {
  readonly port: number;
  readonly url: string;
  /** In the order in which they ended. */
  readonly seen: readonly SeenExchange[];
  readonly proxy: CaptureProxy;
  /** Done when so many exchanges have ended. */
  ended(count: number): Promise<void>;
}

async function capture(apiUrl: string): Promise<Captured> {
  const seen: SeenExchange[] = [];
  let look = (): void => undefined;
  const proxy = new CaptureProxy(await checkTarget(apiUrl), apiUrl, (one) => {
    seen.push(one);
    look();
  });
  const port = await proxy.listen(0);
  onTestFinished(() => proxy.close());
  const ended = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (seen.length >= count) resolve();
      };
      look();
    });
  return { port, url: `http://127.0.0.1:${port}`, seen, proxy, ended };
}

async function api(handle: RequestListener): Promise<string> {
  const { url } = await listen(createServer(handle));
  return url;
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Sends bytes as they are, and gives what comes back until the other side ends. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    answer += piece;
  });
  await once(socket, 'close');
  return answer;
}

describe('a capture', () => {
  test('passes bodies of all sizes both ways, byte for byte, and keeps the small ones', async () => {
    const captured = await capture(await api((req, res) => void req.pipe(res)));
    for (const size of [0, 1, 1023, 65_536, 65_537, 1_000_000]) {
      const text = JSON.stringify('x'.repeat(Math.max(0, size - 2))).slice(0, size);
      const answer = await fetch(`${captured.url}/echo`, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json' },
      });
      expect(await answer.text()).toBe(text);
    }
    await captured.ended(6);
    expect(captured.seen.map(({ bodyBytes }) => bodyBytes)).toEqual([0, 1, 1023, 65_536, 65_537, 1_000_000]);
    expect(captured.seen.map(({ answerBytes }) => answerBytes)).toEqual([0, 1, 1023, 65_536, 65_537, 1_000_000]);
    expect(captured.seen.map(({ body, bodyNote }) => body !== null || bodyNote !== '')).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(captured.seen[4]?.bodyNote).toBe('longer than 65536 bytes');
  });

  test('passes chunks as chunks, and names and order of headers as they were written', async () => {
    const heads: (readonly string[])[] = [];
    const captured = await capture(
      await api(async (req, res) => {
        heads.push(req.rawHeaders);
        res.setHeader('X-Answer', ['a', 'b']);
        res.end(await bytesOf(req));
      }),
    );
    const text =
      'POST /x?b=2&a=%2F HTTP/1.1\r\nhOsT: me\r\nX-Two: 1\r\nX-Two: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const answer = await raw(captured.port, `${text}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`);
    expect(heads[0]?.slice(0, 6)).toEqual(['hOsT', 'me', 'X-Two', '1', 'X-Two', '2']);
    expect(heads[0]).toContain('Transfer-Encoding');
    expect(answer).toContain('X-Answer: a\r\nX-Answer: b');
    expect(answer).toContain('abcde');
    expect(captured.seen[0]).toMatchObject({ path: '/x?b=2&a=%2F', bodyBytes: 5, status: 200 });
  });

  test('passes HEAD and 304 without a body', async () => {
    const captured = await capture(
      await api((req, res) => {
        if (req.method === 'HEAD') res.writeHead(200, { 'content-length': 42 }).end();
        else res.writeHead(304, { etag: '"x"' }).end();
      }),
    );
    const head = await fetch(`${captured.url}/h`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '42']);
    const same = await fetch(`${captured.url}/s`);
    expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, '"x"', '']);
    await captured.ended(2);
    expect(captured.seen.map(({ status, error }) => [status, error])).toEqual([
      [200, ''],
      [304, ''],
    ]);
  });

  test('asks the API before it says 100 Continue, and does not say it when the API refuses', async () => {
    const server = createServer();
    server.on('checkContinue', (req: IncomingMessage, res) => {
      if (req.url === '/no') {
        res.writeHead(417, { connection: 'close' }).end('no');
      } else {
        res.writeContinue();
        void bytesOf(req).then((bytes) => res.end(bytes));
      }
    });
    const captured = await capture((await listen(server)).url);
    const ask = (path: string): Promise<{ status: number; continued: boolean; text: string }> =>
      new Promise((resolve, reject) => {
        let continued = false;
        const asked = request(captured.url + path, {
          method: 'POST',
          headers: { expect: '100-continue', 'content-length': 3 },
        });
        asked.on('continue', () => {
          continued = true;
          asked.end('abc');
        });
        asked.on('response', (answer) => {
          void bytesOf(answer).then((bytes) => {
            resolve({ status: answer.statusCode ?? 0, continued, text: bytes.toString() });
            asked.destroy();
          });
        });
        asked.on('error', reject);
        asked.flushHeaders();
      });
    expect(await ask('/yes')).toEqual({ status: 200, continued: true, text: 'abc' });
    expect(await ask('/no')).toEqual({ status: 417, continued: false, text: 'no' });
  });

  test('answers 502 for an API that is gone or breaks off, and ends an answer that the API has cut', async () => {
    const cut = createRawServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        if (bytes.toString().startsWith('GET /early')) socket.destroy();
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');
      });
    });
    const api = await listen(cut);
    const captured = await capture(api.url);
    expect((await fetch(`${captured.url}/early`)).status).toBe(502);
    const answer = await raw(captured.port, 'GET /late HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/Content-Length: 100[\s\S]*only this$/);
    api.close();
    expect((await fetch(`${captured.url}/gone`)).status).toBe(502);
    await captured.ended(3);
    expect(captured.seen.map(({ status }) => status)).toEqual([0, 200, 0]);
    expect(captured.seen.every(({ error }) => error !== '')).toBe(true);
  });

  test('reads no faster of the API than the client does', async () => {
    let written = 0;
    const piece = Buffer.alloc(65_536, 'x');
    const captured = await capture(
      await api((_req, res) => {
        const more = (): void => {
          while (written < 64 * 2 ** 20 && res.write(piece)) written += piece.length;
          if (written >= 64 * 2 ** 20) res.end();
        };
        res.on('drain', () => {
          written += piece.length;
          more();
        });
        more();
      }),
    );
    const asked = request(`${captured.url}/big`).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.pause();
    // Nobody reads: what is written comes to a stop long before its end.
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written).toBeLessThan(32 * 2 ** 20);
    let bytes = 0;
    for await (const part of answer) bytes += (part as Buffer).length;
    expect(bytes).toBe(written);
  });

  test('gives the API up when the client goes away', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const captured = await capture(
      await api((_req, res) => {
        res.on('close', gone);
        res.write('begun');
      }),
    );
    const asked = request(`${captured.url}/slow`).end();
    asked.on('error', () => undefined);
    await once(asked, 'response');
    asked.destroy();
    await left;
    await captured.ended(1);
    expect(captured.seen[0]?.error).toBe('the client went away');
  });

  test('refuses what is no HTTP, line ends in headers, whole addresses and other protocols, and tells the API nothing', async () => {
    let asked = 0;
    const captured = await capture(await api((_req, res) => void res.end(String(asked++))));
    expect(await raw(captured.port, 'GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(captured.port, 'GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(captured.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(captured.port, 'GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400/,
    );
    const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await raw(captured.port, upgrade)).toMatch(/^HTTP\/1.1 501/);
    expect(await raw(captured.port, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')).toMatch(/^HTTP\/1.1 501/);
    expect([asked, captured.proxy.upgrades, captured.proxy.garbage]).toEqual([0, 2, 3]);
  });

  test('passes many at once from addresses of their own, and tells callers apart without saying who they are', async () => {
    const addresses = new Set<string>();
    const captured = await capture(
      await api((req, res) => {
        addresses.add(req.socket.remoteAddress ?? '');
        res.end(req.url);
      }),
    );
    const ask = (index: number): Promise<string> =>
      new Promise((resolve, reject) => {
        const headers = index % 2 === 0 ? {} : { 'x-api-key': `key-number-${index % 10}` };
        const options = { localAddress: `127.0.1.${1 + (index % 10)}`, headers };
        request(`${captured.url}/${index}`, options, (answer) => {
          bytesOf(answer).then((bytes) => resolve(bytes.toString()), reject);
        })
          .on('error', reject)
          .end();
      });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(index)));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => `/${index}`));
    await captured.ended(100);
    expect(addresses).toEqual(new Set(Array.from({ length: 10 }, (_, index) => `127.0.1.${1 + index}`)));
    expect(new Set(captured.seen.map(({ who }) => who)).size).toBe(10);
    expect(captured.proxy.callers.count).toBe(10);
  });
});

const secrets = [
  'Bearer abc.def',
  'sessionid-8888',
  'KEY-12345678',
  'f00dfeedf00dfeed',
  'hunter22222',
  'nested-secret-1',
];

describe('what is written', () => {
  test('holds no secret, in headers, query, form and JSON, nor where it stands again', async () => {
    const captured = await capture(
      await api((_req, res) => void res.setHeader('set-cookie', 'sid=sessionid-8888').end('{}')),
    );
    const headers = {
      authorization: 'Bearer abc.def',
      cookie: 'sid=sessionid-8888',
      'X-MBX-APIKEY': 'KEY-12345678',
      referer: 'http://x/?token=f00dfeedf00dfeed',
    };
    const json = '{"user":"eve","p\\u0061ssword":"hunter22222","deep":[{"api_key":{"a":["nested-secret-1"]}}],"n":1.0}';
    await fetch(`${captured.url}/KEY-12345678?signature=f00dfeedf00dfeed&symbol=A`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: json,
    });
    await fetch(`${captured.url}/form`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'password=hunter22222&a=1',
    });
    await fetch(`${captured.url}/text`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'pw hunter22222',
    });
    await captured.ended(3);
    const texts = captured.seen.map((one) => harEntry(one).text);
    for (const secret of secrets) expect(texts.join('\n')).not.toContain(secret);
    const first = JSON.parse(texts[0] ?? '');
    expect(first.request.postData.text).toBe(
      '{"user":"eve","p\\u0061ssword":"[redacted]","deep":[{"api_key":"[redacted]"}],"n":1.0}',
    );
    expect(first.request.url).toMatch(/\/\[redacted\]\?signature=\[redacted\]&symbol=A$/);
    expect(first._redacted).toEqual(
      expect.arrayContaining([
        'header authorization',
        'header cookie',
        'query signature',
        'body password',
        'body api_key',
      ]),
    );
    expect(JSON.parse(texts[1] ?? '').request.postData.text).toBe('password=[redacted]&a=1');
    expect(JSON.parse(texts[2] ?? '').request.postData).toMatchObject({
      text: '',
      comment: expect.stringContaining('not kept'),
    });
  });

  test('is a HAR at the end, a readable journal before, and never over another file', async () => {
    const file = join(temporaryFolder(), 'a.har');
    const journal = new HarJournal(file);
    const entry = (n: number): string =>
      `{"startedDateTime":"2026-01-01T00:00:0${n}Z","request":{"method":"GET","url":"http://x/${n}","headers":[]}}`;
    journal.append(entry(1));
    journal.append(entry(2));
    expect(existsSync(file)).toBe(false);
    expect((await readRecording(`${file}.journal`, null)).rows.map(({ path }) => path)).toEqual(['/1', '/2']);
    expect(() => new HarJournal(file)).toThrow('is there already');
    journal.seal({ name: 'floodproof', version: '1' });
    journal.seal({ name: 'floodproof', version: '1' });
    expect(JSON.parse(readFileSync(file, 'utf8')).log.entries).toHaveLength(2);
    expect([existsSync(`${file}.journal`), existsSync(`${file}.part`), statSync(file).mode & 0o077]).toEqual([
      false,
      false,
      0,
    ]);
    expect(() => new HarJournal(file)).toThrow('is there already');
    const empty = new HarJournal(join(temporaryFolder(), 'b.har'));
    empty.seal({ name: 'floodproof', version: '1' });
    expect(JSON.parse(readFileSync(empty.file, 'utf8')).log.entries).toEqual([]);
  });
});

describe('floodproof capture', () => {
  test('ends at its bound or at Ctrl-C with a summary and a whole file', async () => {
    const url = await api((_req, res) => void res.end('{}'));
    const folder = temporaryFolder();
    for (const [name, args] of [
      ['bound', ['--max-requests', '3']],
      ['signal', []],
    ] as const) {
      const out = join(folder, `${name}.har`);
      const running = startCli(['capture', '--to', url, '--out', out, ...args]);
      const [, at = ''] = await running.waitFor('stdout', /capturing (\S+) ->/);
      for (let i = 0; i < 3; i++)
        await (await fetch(`${at}/v1/ticker?symbol=A`, { headers: { cookie: 'a=b' } })).text();
      if (name === 'signal') running.child.kill('SIGINT');
      const { code, stdout } = await running.ended;
      expect(code).toBe(0);
      expect(stdout).toMatch(/3 requests of 1 callers .* ended by (--max-requests|Ctrl-C)/);
      expect(stdout).toContain('header cookie (3)');
      expect(JSON.parse(readFileSync(out, 'utf8')).log.entries).toHaveLength(3);
    }
  });

  test('stands in front of loopback alone', async () => {
    const { code, stderr } = await startCli(['capture', '--to', 'http://192.0.2.1:80']).ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining('FP_TARGET_FORBIDDEN')]);
  });
});
