import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { OwnApi, type OwnApiOptions } from '../support/own-api/own-api.js';
import { everythingBelow, ownFiles } from '../support/own-api/own-files.js';
import { projectRoot, runCli } from '../support/run-cli.js';

const secrets = { 'id-one': 'Zq81hushhush7Lk', 'id-two': 'Xw92hushhush3Pm' };
const environment = {
  OWN_ID_1: 'id-one',
  OWN_SECRET_1: secrets['id-one'],
  OWN_ID_2: 'id-two',
  OWN_SECRET_2: secrets['id-two'],
};

async function start(options: Partial<OwnApiOptions> = {}) {
  const api = new OwnApi({ auth: 'bearer', keys: secrets, limit: 10, windowMs: 1000, ...options });
  return { api, url: (await listen(api.server)).url };
}

describe('a run against somebody’s own API, by its adapter', () => {
  it.each([
    { brokenBy: 1, code: 0, verdict: 'pass', leaks: false },
    { brokenBy: 3, code: 3, verdict: 'fail', leaks: true },
  ])(
    'whose limiter lets $brokenBy times its limit through is a $verdict',
    async ({ brokenBy, code, verdict, leaks }) => {
      const { api, url } = await start({ brokenBy });
      const folder = temporaryFolder();
      const { scenario, adapter } = ownFiles(folder);
      const out = join(folder, 'runs');
      const args = ['run', scenario, '--target', url, '--adapter', adapter, '--json', '--out', out];
      const run = await runCli(args, { env: environment });
      expect(run.stderr).not.toContain('error');
      const [document] = (JSON.parse(run.stdout) as SuiteDocument).scenarios;
      expect(document).toMatchObject({ verdict });
      expect(document?.leaks.length !== 0).toBe(leaks);
      expect(document?.leaks.every(({ limit }) => limit === 'orders-key') ?? false).toBe(true);
      expect(run.code).toBe(code);
      // Both behaviours' requests are calls of that API.
      const calls = new Set(api.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*|\/\d+.*/, '')}`));
      expect([...calls].sort()).toEqual([
        'DELETE /api/orders',
        'GET /api/price',
        'GET /api/wallet',
        'POST /api/orders',
      ]);
      const order = api.requests.find(({ method }) => method === 'POST');
      expect(JSON.parse(order?.body ?? '')).toEqual({
        pair: expect.stringMatching(/^[A-Z]+USDT$/),
        side: expect.stringMatching(/^(?:BUY|SELL)$/),
        amount: expect.any(Number),
        price: expect.stringMatching(/^\d+\.\d+$/),
        ref: expect.any(String),
      });
      // What was written of it holds neither keys nor their secrets, and no key's id.
      const written = everythingBelow(out) + run.stdout + run.stderr;
      for (const secret of Object.values(environment)) expect(written).not.toContain(secret);
      expect(written).toContain('OWN_SECRET_1');
    },
  );

  it('cancels the order whose id the answer held, with what is known of it', async () => {
    const { api, url } = await start({ limit: 1000 });
    const { scenario, adapter } = ownFiles(temporaryFolder());
    await runCli(['run', scenario, '--target', url, '--adapter', adapter, '--out', temporaryFolder()], {
      env: environment,
    });
    const cancels = api.requests.filter(({ method }) => method === 'DELETE');
    expect(cancels.length).toBeGreaterThan(0);
    for (const { path } of cancels) expect(path).toMatch(/^\/api\/orders\/\d+\?pair=[A-Z]+USDT$/);
  });
});

describe('an adapter that can’t be used is refused before the first request', () => {
  it.each([
    {
      because: 'a variable is missing',
      env: { OWN_ID_1: 'id-one' },
      says: ['FP_ADAPTER_CREDENTIALS', 'OWN_SECRET_1 is not set; OWN_ID_2 is not set; OWN_SECRET_2 is not set'],
      code: 4,
    },
    {
      because: 'a variable holds a line break',
      env: { ...environment, OWN_SECRET_2: 'Xw92\r\nx-evil: 1' },
      says: ['FP_ADAPTER_CREDENTIALS', 'OWN_SECRET_2 holds a line break'],
      code: 4,
    },
    {
      because: 'there are fewer keys than identities',
      env: environment,
      edit: (text: string) => text.replace(/ {4}- \{ keyId: OWN_ID_2.*\n/, ''),
      says: ['FP_ADAPTER_CREDENTIALS', 'the run needs 2 keys, the adapter has 1'],
      code: 4,
    },
    {
      because: 'a call is missing',
      env: environment,
      edit: (text: string) => text.replace(/ {2}account:\n(?: {4}.*\n)*/, ''),
      says: ['FP_ADAPTER_UNFIT', 'missing: calls.account (trader sends it)'],
      code: 2,
    },
    {
      because: 'the policy has no such limit',
      env: environment,
      edit: (text: string) => text.replace('orders-key', 'oders-key'),
      says: ['FP_ADAPTER_UNFIT', 'a limit "oders-key" of'],
      code: 2,
    },
  ])('$because', async ({ env, edit = (text: string) => text, says, code }) => {
    const { api, url } = await start();
    const { scenario, adapter } = ownFiles(temporaryFolder());
    writeFileSync(adapter, edit(readFileSync(adapter, 'utf8')));
    const args = ['run', scenario, '--target', url, '--adapter', adapter, '--out', temporaryFolder()];
    const run = await runCli(args, { env });
    for (const words of says) expect(run.stderr).toContain(words);
    expect(run.stderr).not.toContain('x-evil');
    expect(run.code).toBe(code);
    expect(api.requests).toEqual([]);
  });

  it('the target is the gateway', async () => {
    const run = await runCli(['run', 'x.yaml', '--adapter', join(projectRoot, 'test/support/own-api/adapter.yaml')]);
    expect(run.stderr).toContain('--adapter is for a URL');
    expect(run.code).toBe(2);
  });
});
