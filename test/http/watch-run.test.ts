import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { dataIn, readEvents } from '../support/event-stream.js';
import { readPrometheus, type Sample, sumOf } from '../support/prometheus-text.js';
import { cliFiles, onlyRunFolder, runCli, scratch, startCli } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';
import { goodPolicy, goodScenario } from '../support/scenario-files.js';
import { listen } from './listening.js';

const place = scratch();
afterAll(() => place.remove());
const long = join(cliFiles, 'long.yaml');
const short = join(place.path, 'small.yaml');
writeFileSync(short, goodScenario);
writeFileSync(join(place.path, 'policy.yaml'), goodPolicy);

const pageUrl = /watch it at (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)\n/;

/** A port that somebody listens at. */
async function takenPort(): Promise<string> {
  const { url } = await listen(createServer());
  return new URL(url).port;
}

describe('run --ui', () => {
  it('shows the run while it goes on, and an interrupt with the page open ends it as without', async () => {
    const out = join(place.path, 'interrupted');
    const cli = startCli(['run', long, '--out', out, '--ui', '--quiet'], { deadlineMs: 60_000 });
    const [, url = ''] = await cli.waitFor('stderr', pageUrl);
    const stream = await readEvents(url);
    const { series } = await stream.next('series', (data) => data.series.actors.some(({ sent }) => sent.some(Boolean)));
    expect(series.scenario).toBe('long');
    const html = await (await fetch(url)).text();
    expect(dataIn(html)).toMatchObject({ mode: 'live', runs: [{ state: 'running', verdict: null, error: null }] });
    cli.child.kill('SIGINT');
    const { code } = await cli.ended;
    expect(code).toBe(130);
    const verdict = verdictOf(onlyRunFolder(out));
    expect(verdict.verdict).toBe('interrupted');
    const events = await stream.ended;
    expect((await stream.next('run', ({ run }) => run.state === 'ended')).run.verdict).toEqual(verdict);
    expect(events.at(-1)).toEqual({ event: 'end', data: { exitCode: 130 } });
  });

  it('shows of a run in virtual time the series and the verdict that are saved', async () => {
    const out = join(place.path, 'virtual');
    const args = ['run', short, '--target', 'core', '--speed', '2x', '--out', out, '--ui-port', '0'];
    const cli = startCli(args, { deadlineMs: 60_000 });
    const [, url = ''] = await cli.waitFor('stderr', pageUrl);
    const stream = await readEvents(url);
    const { run } = await stream.next('run', (data) => data.run.state === 'ended');
    const { code } = await cli.ended;
    const folder = onlyRunFolder(out);
    expect({ folder: run.folder, verdict: run.verdict }).toEqual({ folder, verdict: verdictOf(folder) });
    expect(run.series?.limits.length).toBeGreaterThan(0);
    expect((await stream.ended).at(-1)).toEqual({ event: 'end', data: { exitCode: code } });
  });

  it('ends by itself when nobody has looked', async () => {
    const { code, stderr } = await runCli([
      'run',
      short,
      '--target',
      'core',
      '--out',
      join(place.path, 'unseen'),
      '--ui',
    ]);
    expect([0, 3]).toContain(code);
    expect(stderr).toMatch(pageUrl);
  });

  it.each(['--ui-port', '--metrics'])(
    'finds out before the first request that the port of %s is taken',
    async (option) => {
      const out = join(place.path, `taken${option}`);
      const port = await takenPort();
      const { code, stdout, stderr } = await runCli(['run', short, '--out', out, option, port]);
      expect(stderr).toContain(`error FP_PORT_TAKEN  port ${port} of 127.0.0.1 is taken`);
      expect(stderr).toContain(`choose another port with ${option}`);
      expect({ code, stdout, runs: existsSync(out) }).toEqual({ code: 4, stdout: '', runs: true });
    },
  );

  it.each([
    { because: 'a sweep over seeds', args: ['--target', 'core', '--seeds', '1..2', '--ui'] },
    { because: 'a network of its own', args: ['--delay', 'netem:1ms', '--metrics', '0'] },
    { because: 'no URL', args: ['--otlp', 'collector:4318'] },
    { because: 'a password in the URL', args: ['--otlp', 'http://me:secret@127.0.0.1:4318/v1/metrics'] },
    { because: 'a password and another protocol', args: ['--otlp=ftp://me:secret@127.0.0.1/?token=secret'] },
    { because: 'a token in what is no URL', args: ['--otlp', '127.0.0.1:4318/v1/metrics?token=secret'] },
    { because: 'no port', args: ['--metrics', '65536'] },
  ])('can not be had for $because', async ({ args }) => {
    const { code, stdout, stderr } = await runCli(['run', short, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error FP_USAGE');
    expect(stderr).not.toContain('secret');
  });
});

describe('run --metrics', () => {
  it('is read by a scraper while the run goes on, and by nobody under another name', async () => {
    const out = join(place.path, 'scraped');
    const cli = startCli(['run', long, '--out', out, '--metrics', '0'], { deadlineMs: 60_000 });
    const [, url = ''] = await cli.waitFor('stderr', /metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/);
    await cli.waitFor('stderr', /long: attack, /);
    const sentIn = (samples: readonly Sample[]): number =>
      sumOf(samples, 'floodproof_sent_requests_total', { scenario: 'long', actor: 'customers' });
    // Rows are told about once a second.
    let samples: readonly Sample[] = [];
    while (sentIn(samples) === 0 && cli.child.exitCode === null) {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      samples = readPrometheus(await response.text());
    }
    expect(sentIn(samples)).toBeGreaterThan(0);
    expect(sumOf(samples, 'floodproof_generator_own_delay_seconds_count')).toBeGreaterThan(0);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    cli.child.kill('SIGINT');
    expect((await cli.ended).code).toBe(130);
  });
});

interface PushedMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly Pushed[]; readonly isMonotonic: boolean };
  readonly histogram?: { readonly dataPoints: readonly { readonly count: number }[] };
}

interface Pushed {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly asInt: number;
}

describe('run --otlp', () => {
  async function collector(
    answer: (response: ServerResponse) => void,
  ): Promise<{ readonly url: string; readonly pushes: PushedMetric[][] }> {
    const pushes: PushedMetric[][] = [];
    const server = createServer(async (request: IncomingMessage, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const [scope] = JSON.parse(text).resourceMetrics[0].scopeMetrics;
      pushes.push(scope.metrics);
      answer(response);
    });
    await listen(server);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`, pushes };
  }

  async function pushedRun(
    name: string,
    url: string,
  ): Promise<{ code: number | null; stderr: string; verdict: VerdictDocument }> {
    const out = join(place.path, name);
    const { code, stderr } = await runCli(['run', short, '--target', 'core', '--out', out, '--otlp', url], {
      deadlineMs: 90_000,
    });
    return { code, stderr, verdict: verdictOf(onlyRunFolder(out)) };
  }

  it('pushes at the end what the verdict says', async () => {
    const { url, pushes } = await collector((response) => response.end('{}'));
    const { stderr, verdict } = await pushedRun('pushed', url);
    const requests = pushes.at(-1)?.find(({ name }) => name === 'floodproof.requests')?.sum;
    expect(requests?.isMonotonic).toBe(true);
    for (const [actor, { admitted, throttled }] of Object.entries(verdict.actors)) {
      const pushed = (outcome: string): number | undefined =>
        requests?.dataPoints.find(({ attributes }) =>
          [actor, outcome].every((word) => attributes.some(({ value }) => value.stringValue === word)),
        )?.asInt;
      expect([pushed('admitted'), pushed('throttled')]).toEqual([admitted, throttled]);
    }
    expect(stderr).not.toContain('can not be pushed');
  });

  it.each([
    { because: 'says no', answer: (response: ServerResponse) => response.writeHead(403).end() },
    { because: 'fails each time', answer: (response: ServerResponse) => response.writeHead(503).end() },
    { because: 'never answers', answer: () => undefined },
  ])(
    'tells once of a collector that $because, and the run is what it would be without',
    async ({ because, answer }) => {
      const { url, pushes } = await collector((response) => void answer(response));
      const { code, stderr, verdict } = await pushedRun(because.replaceAll(' ', '-'), `${url}?token=s3cret`);
      expect(stderr).not.toContain('s3cret');
      expect(code).toBe({ pass: 0, fail: 3 }[verdict.verdict as 'pass' | 'fail']);
      expect(stderr.match(/metrics can not be pushed to /g)).toHaveLength(1);
      expect(pushes.length).toBeGreaterThan(0);
    },
  );

  it('tells once of a collector that is not there', async () => {
    const port = Number(await takenPort());
    const url = `http://127.0.0.2:${port}/v1/metrics`;
    const { stderr, verdict } = await pushedRun('absent', url);
    expect(stderr.match(/metrics can not be pushed to /g)).toHaveLength(1);
    expect(['pass', 'fail']).toContain(verdict.verdict);
  });
});
