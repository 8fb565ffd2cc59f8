import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import type { PageData, SeriesDocument } from '../../harness/report/page-data.js';
import { LivePage } from '../../harness/watch/live-page.js';
import { dataIn, readEvents } from '../support/event-stream.js';
import { aPlan } from '../support/plan-builder.js';
import { playWatched, recordOf } from '../support/watched-run.js';

let pages: LivePage[] = [];
afterEach(async () => {
  for (const page of pages) await page.close();
  pages = [];
});

async function openPage(options: { readonly keptCharsMax?: number } = {}): Promise<LivePage> {
  const page = await LivePage.open({ port: 0, ...options });
  pages.push(page);
  return page;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function ask(page: LivePage, asked: Asked = {}): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(page.url);
  const { method = 'GET', path = pathname + search, headers = {} } = asked;
  return await new Promise((resolve, reject) => {
    request({ host: hostname, port, method, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .once('error', reject)
      .end();
  });
}

const verdict = { verdict: 'pass', notes: [] } as unknown as VerdictDocument;

describe('the server of a live page', () => {
  const wrong: readonly { readonly because: string; readonly asked: (url: URL) => Asked }[] = [
    { because: 'no token', asked: () => ({ path: '/' }) },
    { because: 'an empty token', asked: () => ({ path: '/?token=' }) },
    { because: 'another token', asked: () => ({ path: `/?token=${'A'.repeat(22)}` }) },
    { because: 'the beginning of the token', asked: ({ search }) => ({ path: `/${search.slice(0, -1)}` }) },
    { because: 'more than the token', asked: ({ search }) => ({ path: `/${search}A` }) },
    { because: 'another path', asked: ({ search }) => ({ path: `/page.html${search}` }) },
    { because: 'a name that every object has', asked: ({ search }) => ({ path: `/constructor${search}` }) },
    { because: 'a path that is none', asked: ({ host, search }) => ({ path: `http://${host}/${search}` }) },
    { because: 'another method', asked: () => ({ method: 'POST' }) },
    { because: 'HEAD', asked: () => ({ method: 'HEAD' }) },
    { because: 'OPTIONS, as a browser asks before', asked: () => ({ method: 'OPTIONS' }) },
    { because: 'the name of a site that points here', asked: () => ({ headers: { host: 'evil.example' } }) },
    { because: 'such a name, at this port', asked: ({ port }) => ({ headers: { host: `evil.example:${port}` } }) },
    { because: 'a name that begins as ours', asked: ({ port }) => ({ headers: { host: `localhost.evil:${port}` } }) },
    { because: 'another port', asked: () => ({ headers: { host: '127.0.0.1:80' } }) },
  ];

  it.each(wrong)('is not there for $because', async ({ asked }) => {
    const page = await openPage();
    const { status, headers, body } = await ask(page, asked(new URL(page.url)));
    expect({ status, csp: headers['content-security-policy'], body }).toEqual({
      status: 404,
      csp: "default-src 'none'; frame-ancestors 'none'",
      body: asked(new URL(page.url)).method === 'HEAD' ? '' : 'not found\n',
    });
  });

  it('is not there for one who tells no host', async () => {
    const page = await openPage();
    const { port, search } = new URL(page.url);
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    socket.write(`GET /${search} HTTP/1.0\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('is there under the name %s', async (name) => {
    const page = await openPage();
    const { status } = await ask(page, { headers: { host: `${name}:${new URL(page.url).port}` } });
    expect(status).toBe(200);
  });

  it('has another token each time, of 128 bits', async () => {
    const tokens = [(await openPage()).url, (await openPage()).url].map((url) =>
      new URL(url).searchParams.get('token'),
    );
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const token of tokens) expect(Buffer.from(token ?? '', 'base64url')).toHaveLength(16);
  });

  it('lets the page run its own scripts alone, keep nothing, and tell nobody its URL', async () => {
    const page = await openPage();
    const { headers, body } = await ask(page);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    const policy = headers['content-security-policy'] ?? '';
    const scripts = [...body.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)].filter(
      ([, attributes = '']) => !attributes.includes('application/json'),
    );
    expect(scripts.length).toBeGreaterThan(0);
    const hashes = scripts.map(([, , code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
    expect(policy).toContain(`script-src ${hashes.join(' ')};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('says that its port is taken, and what to do', async () => {
    const { port } = new URL((await openPage()).url);
    await expect(LivePage.open({ port: Number(port) })).rejects.toMatchObject({
      code: 'FP_PORT_TAKEN',
      exitCode: 4,
      message: `port ${port} of 127.0.0.1 is taken`,
      hint: expect.stringContaining('--ui-port'),
    });
  });
});

describe('the page of a run', () => {
  it('tells of the run before, while and after it is played, and ends with the verdict that the folder has', async () => {
    const page = await openPage();
    const record = recordOf(aPlan());
    page.suiteBegins([record, recordOf(aPlan({ name: 'second' }))]);
    const early = await readEvents(page.url);
    const { runs } = await early.next('page');
    expect(runs.map(({ scenario, state, folder, series }) => [scenario, state, folder, series])).toEqual([
      ['test-scenario', 'waiting', null, null],
      ['second', 'waiting', null, null],
    ]);
    expect(runs[0]).toMatchObject({ claim: 'The limits hold.', totalMs: 11_000, warmupMs: 1000, error: null });
    expect(runs[0]?.plan).toContain('test-scenario');
    const played = await playWatched(record, page, { speed: 10, folder: 'runs/one' });
    page.runEnds(1, { verdict: null, error: 'not played: the suite was stopped before' });
    const late = await readEvents(page.url);
    const { body } = await ask(page);
    await page.suiteEnds(3);
    const events = await early.ended;
    const began = await early.next('run', ({ run }) => run.state === 'running');
    expect(began).toMatchObject({ index: 0, run: { folder: 'runs/one', verdict: null } });
    const { series } = await early.next('series');
    expect(series).toMatchObject({ schema: 'floodproof/series/1', scenario: 'test-scenario', limits: [], leaks: [] });
    const ended = await early.next('run', ({ run }) => run.state === 'ended');
    expect(ended.run.verdict).toEqual(JSON.parse(JSON.stringify(played)));
    const admitted = ended.run.series?.actors.map((actor) => actor.admitted.reduce((sum, count) => sum + count, 0));
    // The warm-up is in the series, and in no verdict.
    for (const [index, { admitted: judged }] of Object.values(played.actors).entries()) {
      expect(admitted?.[index]).toBeGreaterThanOrEqual(judged);
    }
    expect(events.at(-1)).toEqual({ event: 'end', data: { exitCode: 3 } });
    const latePage = await late.next('page');
    expect(latePage.runs).toEqual([
      ended.run,
      expect.objectContaining({ state: 'ended', error: 'not played: the suite was stopped before', verdict: null }),
    ]);
    expect(dataIn(body)).toEqual(latePage);
    expect((await late.ended).at(-1)).toEqual({ event: 'end', data: { exitCode: 3 } });
  });

  it('takes the series that was saved when the run is over, since that one has the bounds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'floodproof-watch-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const page = await openPage();
    const record = recordOf(aPlan());
    page.suiteBegins([record, record, record]);
    const seriesOf = async (index: number): Promise<SeriesDocument | null | undefined> =>
      (dataIn((await ask(page)).body) as PageData).runs[index]?.series;
    for (const [index, text] of [
      '{"schema":"floodproof/series/1","bins":5}',
      '{"schema":"floodproof/',
      'null',
    ].entries()) {
      page.runBegins(index, folder);
      writeFileSync(join(folder, 'series.json'), text);
      page.runEnds(index, { verdict, error: null });
    }
    expect(await seriesOf(0)).toEqual({ schema: 'floodproof/series/1', bins: 5 });
    for (const index of [1, 2]) expect(await seriesOf(index)).toMatchObject({ scenario: 'test-scenario', firstBin: 0 });
  });

  it('tells of a run that failed before it began', async () => {
    const page = await openPage();
    page.suiteBegins([recordOf(aPlan())]);
    const stream = await readEvents(page.url);
    page.runEnds(0, { verdict: null, error: 'FP_USAGE: too many requests' });
    const { run } = await stream.next('run');
    expect(run).toMatchObject({
      state: 'ended',
      folder: null,
      verdict: null,
      series: null,
      error: 'FP_USAGE: too many requests',
    });
    stream.close();
  });

  it.each(['</script><script>alert(1)</script>', '<!--<script>', '"\'&\u202egnp.exe\u2028', '$& $1 \\u003c 🦀'])(
    'shows a scenario named %j as text',
    async (name) => {
      const page = await openPage();
      page.suiteBegins([recordOf(aPlan({ name, claim: name }))]);
      const { body } = await ask(page);
      const { runs } = dataIn(body) as PageData;
      expect(runs[0]).toMatchObject({ scenario: name, claim: name });
      expect(body).not.toContain('alert(1)</script>');
      const stream = await readEvents(page.url);
      expect((await stream.next('page')).runs[0]?.scenario).toBe(name);
      stream.close();
    },
  );

  it('lets go of the series of the oldest runs when a suite has more than it keeps', async () => {
    const page = await openPage({ keptCharsMax: 30_000 });
    const records = Array.from({ length: 4 }, () => recordOf(aPlan()));
    page.suiteBegins(records);
    for (const [index, record] of records.entries()) await playWatched(record, page, { index });
    const { runs } = dataIn((await ask(page)).body) as PageData;
    const kept = runs.map(({ series }) => series !== null);
    expect(kept[0]).toBe(false);
    expect(kept.at(-1)).toBe(true);
    expect(kept).toEqual([...kept].sort());
    for (const { series, missing, verdict: judged } of runs) {
      expect(judged).not.toBeNull();
      expect(missing).toHaveLength(series === null ? 1 : 0);
    }
    expect(runs[0]?.missing[0]).toContain('series.json');
  });
});

describe('readers of a live page', () => {
  it('that stall are told the page when they go on, and not all that they have missed', async () => {
    const page = await openPage();
    page.suiteBegins([recordOf(aPlan())]);
    const stream = await readEvents(page.url);
    await stream.next('page');
    stream.response.pause();
    const told = 4000;
    for (let time = 0; time < told; time++) {
      page.runEnds(0, { verdict: null, error: String(time) });
      // The socket's buffers are filled as far as they take it.
      if (time % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    stream.response.resume();
    const last = String(told - 1);
    await Promise.race([
      stream.next('page', ({ runs: [run] }) => run?.error === last),
      stream.next('run', ({ run }) => run.error === last),
    ]);
    expect(stream.events.length).toBeLessThan(told);
    expect(stream.events.filter(({ event }) => event === 'page').length).toBeGreaterThan(1);
    stream.close();
  });

  it('that never read do not hold up the end', async () => {
    const page = await openPage();
    page.suiteBegins([recordOf(aPlan())]);
    const stream = await readEvents(page.url);
    await stream.next('page');
    stream.response.pause();
    for (let time = 0; time < 4000; time++) page.runEnds(0, { verdict: null, error: String(time) });
    await page.suiteEnds(0);
    await page.close();
    stream.close();
  });

  it('are at most sixteen', async () => {
    const page = await openPage();
    page.suiteBegins([recordOf(aPlan())]);
    const streams = await Promise.all(Array.from({ length: 16 }, () => readEvents(page.url)));
    await expect(readEvents(page.url)).rejects.toThrow('503');
    for (const stream of streams) stream.close();
  });

  it('who have just opened the page are waited for when the suite ends', async () => {
    const page = await openPage();
    page.suiteBegins([recordOf(aPlan())]);
    await ask(page);
    let isOver = false;
    const over = page.suiteEnds(0).then(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    const stream = await readEvents(page.url);
    expect((await stream.ended).map(({ event }) => event)).toEqual(['page', 'end']);
    await over;
  });
});
