import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Capacity } from '../../harness/engine/probe/capacity.js';
import { listen } from '../http/listening.js';
import { runCli, scratch } from '../support/run-cli.js';

function scratchFolder(): string {
  const folder = scratch();
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** A server that takes this long for each request, one after the other. */
function oneAtATime(eachMs: number): Server {
  let free = Promise.resolve();
  return createServer((_, response) => {
    free = free.then(() => wait(eachMs)).then(() => void response.end('{}'));
  });
}

/** As wide as any machine needs: these tests are of what is told, and not of how fast anything is. */
const brief = ['probe', '--time', '5s', '--p99', '5s', '--engine', 'ts'];

type Document = Capacity & {
  schema: string;
  target: string;
  capacityPerSecond: number;
  notes: string[];
  machine: { cores: number };
};

describe('probe', () => {
  it('finds the rate that a server keeps, and writes the file that a run reads', async () => {
    const out = join(scratchFolder(), 'new', 'capacity.json');
    const { url } = await listen(oneAtATime(10));
    const args = [...brief, '--time', '15s', '--target', url, '--json', '--out', out];
    const { code, stdout, stderr } = await runCli(args, { deadlineMs: 60_000 });
    expect(readFileSync(out, 'utf8')).toBe(stdout);
    const document: Document = JSON.parse(stdout);
    expect(document.schema).toBe('floodproof/capacity/1');
    expect(document.closedLoop.slice(0, 2).map(({ connections }) => connections)).toEqual([1, 2]);
    expect(document.closedLoopPerSecond).toBe(Math.max(...document.closedLoop.map((step) => step.answeredPerSecond)));
    expect(document.closedLoopPerSecond).toBeLessThanOrEqual(101);
    expect(Object.keys(document.closedLoop[0]?.statuses ?? {})).toEqual(['200']);
    const first = document.trials[0];
    expect(first).toMatchObject({
      ratePerSecond: Math.round((document.closedLoopPerSecond ?? 0) / 4),
      outcome: 'held',
    });
    expect(document.openLoopPerSecond).toBe(first?.ratePerSecond);
    expect(document.capacityPerSecond).toBe(document.openLoopPerSecond);
    expect(document.machine.cores).toBeGreaterThan(0);
    expect(stderr).toMatch(/^closed loop {2}1 connection: /m);
    expect(stderr).toMatch(/^open loop {4}[\d,.]+\/s: held/m);
    expect(code).toBe(0);
    const run = await runCli(['run', 'test/cli/files/bad.yaml', '--capacity', out]);
    expect(run.stderr).toContain('error FP_METRIC_UNKNOWN');
    expect(run.stderr).not.toContain('--capacity');
  });

  it('asks the gateway under a policy of which no limit refuses it', async () => {
    const args = [...brief, '--policy', 'test/cli/files/policy.yaml', '--json'];
    const { code, stdout } = await runCli(args, { deadlineMs: 60_000 });
    const { closedLoop, openLoopPerSecond, target, trials }: Document = JSON.parse(stdout);
    expect(target).toBe('the gateway under test/cli/files/policy.yaml, which refuses nobody');
    expect(new Set(closedLoop.flatMap(({ statuses }) => Object.keys(statuses)))).toEqual(new Set(['200']));
    expect(trials.map(({ throttled }) => throttled)).toEqual(trials.map(() => 0));
    // A busy machine may be too slow for any rate; then it says so.
    expect(code).toBe(openLoopPerSecond === null ? 5 : 0);
  });

  it('asks a server for the path that is named, and tells when a limiter is what it measures', async () => {
    const asked = new Set<string>();
    const server = createServer((request, response) => {
      asked.add(`${request.method} ${request.url} ${request.headers.host}`);
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    const { url, port } = await listen(server);
    const { code, stdout } = await runCli([...brief, '--target', `${url}/base`, '--path', '/health?deep=1'], {
      deadlineMs: 60_000,
    });
    expect([...asked]).toEqual([`GET /base/health?deep=1 127.0.0.1:${port}`]);
    expect(stdout).toContain('missed: a limit said no');
    expect(stdout).toContain("limits said no: what was found is a limiter's capacity and not the server's");
    expect(stdout).toContain('a limiter is the limit');
    expect(code).toBe(5);
  });

  it('says when nothing is answered', async () => {
    const server = createServer((request) => request.socket.destroy());
    const { url } = await listen(server);
    const { code, stderr } = await runCli([...brief, '--target', url]);
    expect(stderr).toContain('error FP_TARGET_UNREACHABLE  nothing was answered to GET /v1/ticker?symbol=BTC-USDT');
    expect(code).toBe(4);
  });

  it.each([
    [['--time', '1s'], '--time must be 5s to 10min'],
    [['--p99', '50'], '--p99 must be a duration'],
    [['--path', 'health'], '--path must begin with /'],
    [['--policy', 'a.yaml', '--scenario', 'b.yaml'], '--policy and --scenario each name the policy'],
    [['--target', 'http://127.0.0.1:1', '--policy', 'a.yaml'], 'the target is a URL'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['probe', ...args]);
    expect(stderr).toContain('error FP_USAGE');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
