import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { words } from '../support/command-line.js';
import { cliFiles, type RunningCli, runCli, scratch, startCli } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

async function startGateway(args: readonly string[]): Promise<{ cli: RunningCli; url: string }> {
  const cli = startCli(['gateway', '--port', '0', ...args]);
  const [, url = ''] = await cli.waitFor(
    'stdout',
    /^gateway at (http:\S+) under .*(?:\n.*)*\n {2}try: curl .*\n {2}try: curl .*\n/m,
  );
  return { cli, url };
}

async function interrupt(cli: RunningCli): Promise<void> {
  cli.child.kill('SIGINT');
  const { code, signal, stderr } = await cli.ended;
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
}

/** Gives the commands that the gateway proposes, as they stand. @returns their status lines. */
async function tryProposals(stdout: string): Promise<string[]> {
  const proposals = [...stdout.matchAll(/^ {2}try: curl (.*)$/gm)].map(([, args = '']) => words(args));
  expect(proposals.length).toBe(2);
  return await Promise.all(
    proposals.map(async (args) => {
      const { stdout: answer } = await promisify(execFile)('curl', ['--silent', ...args]);
      return answer.split('\r\n')[0] ?? '';
    }),
  );
}

describe('gateway', () => {
  it('serves a policy with one account to try, and ends on Ctrl-C as wished', async () => {
    const { cli, url } = await startGateway(['--policy', 'scenarios/policies/spot-exchange.yaml']);
    expect(cli.stdout).toContain('under spot-exchange (scenarios/policies/spot-exchange.yaml); Ctrl-C ends it');
    expect(cli.stdout).toContain('account trader');
    expect(await tryProposals(cli.stdout)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    const unsigned = await fetch(`${url}/v1/account`);
    expect(unsigned.status).toBe(401);
    await interrupt(cli);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('reads its policy again on SIGHUP, and goes on under the one it had when that is faulty', async () => {
    const path = join(place.path, 'live.yaml');
    const limit = 'name: looks, match: [ticker], by: ip, family: fixed-window, window: 1d';
    const write = (capacity: string) => {
      writeFileSync(path, `version: 1\nname: live\nlimits:\n  - { ${limit}, capacity: ${capacity} }\n`);
    };
    write('1');
    const { cli, url } = await startGateway(['--policy', path]);
    const look = async () => (await fetch(`${url}/v1/ticker?symbol=BTC-USDT`)).status;
    expect([await look(), await look()]).toEqual([200, 429]);
    expect(cli.stdout).toContain(`kill -HUP ${cli.child.pid} makes it read the policy again`);
    write('2');
    cli.child.kill('SIGHUP');
    await cli.waitFor('stdout', /now under live \(.*\); counters kept: looks; fresh: none; gone: none\n/);
    expect([await look(), await look()]).toEqual([200, 429]);
    write('none');
    cli.child.kill('SIGHUP');
    await cli.waitFor('stderr', /the gateway goes on under the policy that it had\n/);
    expect(cli.stderr).toContain(`error FP_COUNT_INVALID  ${path}:4:`);
    expect(await look()).toBe(429);
    cli.child.kill('SIGINT');
    expect((await cli.ended).code).toBe(0);
  });

  it('serves the accounts of a scenario, so that a run by its URL passes as one with the embedded gateway does', async () => {
    const small = join(cliFiles, 'small.yaml');
    const { cli, url } = await startGateway(['--policy', small, '--seed', '9']);
    expect(cli.stdout).toMatch(/and \d+ more accounts/);
    expect(await tryProposals(cli.stdout)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    const args = ['run', small, '--target', url, '--seed', '9', '--json', '--out', place.path];
    const { code, stdout } = await runCli(args);
    const [scenario] = (JSON.parse(stdout) as SuiteDocument).scenarios;
    expect(scenario).toMatchObject({ target: url, verdict: 'pass' });
    expect(scenario?.actors.customers?.refused).toBe(0);
    expect(code).toBe(0);
    await interrupt(cli);
  });
});
