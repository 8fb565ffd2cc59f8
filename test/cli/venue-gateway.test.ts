import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { words } from '../support/command-line.js';
import { projectRoot, type RunningCli, startCli } from '../support/run-cli.js';

const run = promisify(execFile);

async function startVenue(...args: readonly string[]): Promise<RunningCli> {
  const cli = startCli(['gateway', '--port', '0', '--engine', 'ts', ...args], { deadlineMs: 60_000 });
  await cli.waitFor('stdout', /^ {4}console\.log\(await exchange\.fetchBalance\(\)\);\n/m);
  return cli;
}

async function interrupt(cli: RunningCli): Promise<void> {
  cli.child.kill('SIGINT');
  const { code, stderr } = await cli.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'TypeScript engine, as asked\n' });
}

/** Runs the program that was printed, as it stands. */
async function runSnippet(stdout: string): Promise<string> {
  return await runProgram([...stdout.matchAll(/^ {4}(.*)$/gm)].map(([, line = '']) => line).join('\n'));
}

async function runProgram(program: string): Promise<string> {
  const guard = new URL('../support/loopback-only.mjs', import.meta.url).href;
  const args = ['--import', guard, '--input-type=module', '--eval', program];
  const { stdout: printed } = await run(process.execPath, args, { cwd: projectRoot, timeout: 40_000 });
  return printed;
}

describe('gateway --venue', () => {
  it.each([
    { venue: 'binance', title: 'Binance spot', policy: 'binance-spot' },
    { venue: 'kraken', title: 'Kraken spot', policy: 'kraken' },
    { venue: 'okx', title: 'OKX', policy: 'okx' },
  ])('prints what a client of $venue needs, and both work as they stand', async ({ venue, title, policy }) => {
    const cli = await startVenue('--venue', venue);
    expect(cli.stdout).toMatch(
      new RegExp(
        `^gateway at http://127\\.0\\.0\\.1:\\d+ as ${title}.* under ${policy} \\(scenarios/policies/${policy}\\.yaml\\)`,
      ),
    );
    const [, curl = ''] = /^ {2}try: curl (.*)$/m.exec(cli.stdout) ?? [];
    const { stdout: answer } = await run('curl', ['--silent', ...words(curl)]);
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
    expect(await runSnippet(cli.stdout)).toMatch(/USDT: \{[^}]*total: 1000000000\b/);
    await interrupt(cli);
  });

  it('docs/venue-gateway.md shows programs that print what they say', async () => {
    const page = readFileSync(join(projectRoot, 'docs/venue-gateway.md'), 'utf8');
    const programs = [...page.matchAll(/```js\n([\s\S]*?)```\n\n```\n([\s\S]*?)```/g)];
    expect(programs).toHaveLength(2);
    for (const [, program = '', printed = ''] of programs) {
      const cli = await startVenue('--venue', 'binance');
      const [, url = ''] = /^gateway at (\S+)/.exec(cli.stdout) ?? [];
      expect(await runProgram(program.replace('http://127.0.0.1:8080', url))).toBe(printed);
      await interrupt(cli);
    }
  });

  it('serves another policy in the same clothes, and reads it again on SIGHUP', async () => {
    const cli = await startVenue('--venue', 'deribit', '--policy', 'scenarios/policies/deribit.yaml');
    expect(cli.stdout).toContain('under deribit (scenarios/policies/deribit.yaml)');
    cli.child.kill('SIGHUP');
    await cli.waitFor('stdout', /counters kept: public-ip, credits, matching-engine; fresh: none; gone: none\n/);
    await interrupt(cli);
  });
});
