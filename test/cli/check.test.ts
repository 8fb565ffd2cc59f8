import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../harness/invariants/contract.js';
import { words } from '../support/command-line.js';
import { projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const slow = { deadlineMs: 120_000 };

/** A fixed window that starts at the first request; `slip` lets as many more through as its text says. */
function moduleOf(name: string, slip: string): string {
  const path = join(place.path, name);
  writeFileSync(
    path,
    `const adapter = {
      name: 'own window',
      clock: 'argument',
      create() {
        const windows = new Map();
        return {
          consume(key, cost, nowUs) {
            if (!(Number.isSafeInteger(cost) && cost > 0)) throw new RangeError('no cost: ' + String(cost));
            let window = windows.get(key);
            if (window === undefined || nowUs >= window.endUs) window = { endUs: nowUs + 1e6, used: 0 };
            if (cost > 5) return { admitted: false };
            const admitted = window.used + cost <= 5${slip};
            if (admitted) {
              window.used += cost;
              windows.set(key, window);
              return { admitted, remaining: Math.max(0, 5 - window.used) };
            }
            return { admitted, remaining: 5 - window.used, retryAfterUs: window.endUs - nowUs };
          },
        };
      },
    };
    const promise = { family: 'fixed-window', capacity: 5, windowUs: 1e6, anchor: 'first-hit', credit: 'none', countsDenied: false };
    const contract = { promises: [promise], clockBack: 'undefined' };
    export default [{ name: 'one', adapter, contract }, { name: 'two', adapter, contract }];
    `,
  );
  return path;
}

const tight = moduleOf('tight.mjs', '');
const loose = moduleOf('loose.mjs', ' + 1');

function reportOf(stdout: string): CheckReport & { schema: string } {
  return JSON.parse(stdout) as CheckReport & { schema: string };
}

describe('check --peer', () => {
  it.each([
    { peer: 'rate-limiter-flexible', contract: '30-days', name: /^rate-limiter-flexible \d.*, 5 points per 30 days$/ },
    { peer: 'express-rate-limit', contract: '365-days', name: /^express-rate-limit \d.*, limit 5 per 365 days$/ },
  ])('convicts $peer of a window that outlasts its timers, and its replay shows the same', async (row) => {
    const args = ['check', '--peer', row.peer, '--contract', row.contract, '--seed', '1', '--json'];
    const { code, stdout, stderr } = await runCli([...args, '--invariant', 'admission-bound'], slow);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const report = reportOf(stdout);
    expect(report).toMatchObject({
      schema: 'floodproof/check/1',
      pass: false,
      limiter: expect.stringMatching(row.name),
    });
    const [failure] = report.failures;
    expect(failure).toMatchObject({ invariant: 'admission-bound', seed: 1 });
    // Five that were promised and one more.
    expect(failure?.timeline.at(-1)).toContain(': admitted (6 of 5');
    const [, , ...replay] = words(failure?.replay ?? '');
    const again = await runCli([...replay, '--json'], slow);
    expect(again.code, again.stderr).toBe(3);
    expect(reportOf(again.stdout).failures[0]?.timeline).toEqual(failure?.timeline);
  });

  it('passes what keeps its promise', async () => {
    const args = ['check', '--peer', 'express-rate-limit', '--contract', '15-minutes', '--runs', '10', '--seed', '1'];
    const { code, stdout, stderr } = await runCli(args, slow);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PASS {2}express-rate-limit/);
  });
});

describe('check --core', () => {
  it.each(['ts', 'native'])('%s: every family keeps its promise', async (core) => {
    const { code, stdout, stderr } = await runCli(['check', '--core', core, '--runs', '2', '--seed', '1'], slow);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    const [, held = '', all = ''] = /(\d+) of (\d+) contracts held/.exec(stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(9);
    expect(held).toBe(all);
  });
});

describe('check --limiter', () => {
  it('passes one that is right, each contract of its module in turn', async () => {
    const { code, stdout, stderr } = await runCli(['check', '--limiter', tight, '--runs', '20', '--seed', '1'], slow);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 of 2 contracts held');
  });

  it('convicts one that lets one too many through, in words, JSON and JUnit', async () => {
    const junit = join(place.path, 'reports/check.xml');
    const args = ['check', '--limiter', loose, '--runs', '20', '--seed', '1', '--junit', junit, '--json'];
    const { code, stdout, stderr } = await runCli(args, slow);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const document = JSON.parse(stdout) as { reports: CheckReport[]; pass: boolean };
    expect(document.pass).toBe(false);
    expect(document.reports.map(({ pass }) => pass)).toEqual([false, false]);
    const failure = document.reports[0]?.failures.find(({ invariant }) => invariant === 'admission-bound');
    expect(failure?.replay).toContain(`--limiter ${loose} --contract one --invariant admission-bound --seed 1 --path `);
    expect(readFileSync(junit, 'utf8')).toContain(`name="admission-bound"`);
  });

  it('refuses a contract that contradicts itself with all its faults', async () => {
    const path = join(place.path, 'contradiction.mjs');
    writeFileSync(
      path,
      `export default {
        adapter: { name: 'x', clock: 'argument', create: () => ({ consume: () => ({ admitted: false }) }) },
        contract: { promises: [], grainUs: 0, nodes: 0 },
      };`,
    );
    const { code, stdout, stderr } = await runCli(['check', '--limiter', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const word of ['FP_CONTRACT_INVALID', 'promises', 'grainUs', 'nodes']) expect(stderr).toContain(word);
    expect(stderr).toContain(`--limiter ${path} --contract x\n`);
  });
});

describe('check --url', () => {
  it('convicts a server that throttles nobody', async () => {
    const server = createServer((_, response) => void response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const args = [
        'check',
        '--url',
        url,
        '--promise',
        'token-bucket 3 per 1h',
        '--invariant',
        'admission-bound',
        '--seed',
        '1',
        '--json',
      ];
      const { code, stdout, stderr } = await runCli(args, slow);
      expect(code, stderr).toBe(3);
      expect(reportOf(stdout).failures[0]?.replay).toContain(
        `--url ${url} --promise 'token-bucket 3 per 1h' --contract url`,
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('does not blame a limiter for a path that is not there', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, stderr } = await runCli(['check', '--url', url, '--promise', '3 per 1h']);
    server.close();
    expect({ code, said: stderr.includes(`${url}: the endpoint answered 404`) }).toEqual({ code: 2, said: true });
  });
});

describe('bad usage', () => {
  it.each([
    { args: [], says: ['say what to check: one of --core, --peer, --limiter and --url'], code: 2 },
    { args: ['--core', 'ts', '--peer', 'limiter'], says: ['say what to check'], code: 2 },
    { args: ['--core', 'rust'], says: ["'rust' is invalid", 'native, ts'], code: 2 },
    { args: ['--peer', 'rate-limiter-flexibel'], says: ['did you mean', '"rate-limiter-flexible"?'], code: 2 },
    { args: ['--peer', 'limiter', '--contract', 'token-buckt'], says: ['did you mean "token-bucket"'], code: 2 },
    { args: ['--peer', 'limiter', '--invariant', 'isolatoin'], says: ['did you mean "isolation"?'], code: 2 },
    { args: ['--peer', 'limiter', '--path', '0:1'], says: ['--path leads to a history only together'], code: 2 },
    {
      args: ['--peer', 'limiter', '--path', '0:1', '--seed', '1', '--invariant', 'isolation'],
      says: ['--path leads to a history of one contract, and there are', 'token-bucket'],
      code: 2,
    },
    { args: ['--peer', 'limiter', '--time', '60'], says: ['--time must be a duration', '60s'], code: 2 },
    { args: ['--peer', 'limiter', '--seed', '2147483648'], says: ['from -2147483648 to 2147483647'], code: 2 },
    {
      args: ['--peer', 'limiter', '--promise', '5 per 1s'],
      says: ['--promise and --key-field are for --url'],
      code: 2,
    },
    { args: ['--url', 'http://127.0.0.1:1/'], says: ['--url needs --promise'], code: 2 },
    { args: ['--limiter', 'gone.mjs'], says: ['FP_FILE_UNREADABLE  gone.mjs can not be loaded'], code: 2 },
    {
      args: ['--url', 'http://127.0.0.1:1/', '--promise', '5 per 1s'],
      says: ['FP_TARGET_UNREACHABLE', 'http://127.0.0.1:1/ does not answer'],
      code: 4,
    },
    { args: ['--url', 'http://192.0.2.1/', '--promise', '5 per 1s'], says: ['FP_TARGET_FORBIDDEN'], code: 4 },
  ])('$args', async ({ args, says, code }) => {
    const result = await runCli(['check', ...args]);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    for (const words of says) expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('internal bug');
  });

  describe('without the package or the addon', () => {
    const bare = join(place.path, 'bare');
    const main = join(bare, 'dist/cli/main.js');
    mkdirSync(join(bare, 'node_modules'), { recursive: true });
    cpSync(join(projectRoot, 'dist'), join(bare, 'dist'), { recursive: true });
    cpSync(join(projectRoot, 'package.json'), join(bare, 'package.json'));
    for (const name of readdirSync(join(projectRoot, 'node_modules'))) {
      if (name === 'bottleneck' || name.startsWith('.')) continue;
      symlinkSync(join(projectRoot, 'node_modules', name), join(bare, 'node_modules', name));
    }

    it.each([
      {
        args: ['--peer', 'bottleneck'],
        says: ['FP_PACKAGE_ABSENT  bottleneck is not installed', '"npm install bottleneck" brings it'],
      },
      { args: ['--core', 'native'], says: ['FP_ENGINE_ABSENT  the native engine is absent', 'npm run build:native'] },
    ])('$args says what is absent and what brings it', async ({ args, says }) => {
      const { code, stdout, stderr } = await runCli(['check', ...args], { main });
      for (const words of says) expect(stderr).toContain(words);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    });
  });
});
