import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { OwnApi } from '../support/own-api/own-api.js';
import { everythingBelow, ownFiles } from '../support/own-api/own-files.js';
import { type CliResult, runCli, startCli } from '../support/run-cli.js';

const secrets = { 'made-one': 'Zq81hushhush7Lk', 'made-two': 'Xw92hushhush3Pm' };

interface Hooked {
  readonly args: readonly string[];
  readonly out: string;
  /** What the hooks have written, in their order. */
  log(): readonly string[];
}

/** A run whose credentials come from a module of hooks; `body` is put before what each of them does. */
async function hooked(body: Partial<Record<'provision' | 'reset' | 'tearDown', string>>, more = ''): Promise<Hooked> {
  const api = new OwnApi({ auth: 'bearer', keys: secrets, limit: 10, windowMs: 1000 });
  const { url } = await listen(api.server);
  const folder = temporaryFolder();
  const { scenario, adapter } = ownFiles(folder);
  const log = join(folder, 'log.txt');
  const module = join(folder, 'hooks.mjs');
  writeFileSync(
    module,
    `import { appendFileSync } from 'node:fs';
const note = (line) => appendFileSync(${JSON.stringify(log)}, line + '\\n');
export async function provision({ accounts, target, signal }) {
  note('provision ' + accounts.length + ' ' + target.startsWith('http://127.0.0.1:'));
  ${body.provision ?? ''}
  const secrets = ${JSON.stringify(Object.entries(secrets))};
  return { credentials: secrets.map(([keyId, secret]) => ({ keyId, secret })) };
}
export function reset({ signal }) {
  note('reset');
  ${body.reset ?? ''}
}
export function tearDown() {
  note('tearDown');
  ${body.tearDown ?? ''}
}
`,
  );
  const text = readFileSync(adapter, 'utf8')
    .replace(/credentials:\n(?: .*\n)*/, 'credentials: hooks\n')
    .concat(`hooks: { module: ./hooks.mjs, deadline: 1s }\n${more}`);
  writeFileSync(adapter, text);
  const out = join(folder, 'runs');
  return {
    args: ['run', scenario, '--target', url, '--adapter', adapter, '--out', out],
    out,
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

const whole = ['provision 2 true', 'reset', 'tearDown'];

describe('hooks', () => {
  it('are called in their order, and what they provide is used and written nowhere', async () => {
    const { args, out, log } = await hooked({ provision: "console.log('made', 'Zq81hushhush7Lk');" });
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect(log()).toEqual(whole);
    const written = everythingBelow(out) + stdout + stderr;
    for (const secret of Object.values(secrets)) expect(written).not.toContain(secret);
  });

  it.each([
    {
      because: 'provision throws',
      body: { provision: "throw new Error('no ' + 'quota');" },
      log: [whole[0], whole[2]],
      says: 'provision of FOLDER/hooks.mjs threw: no quota',
    },
    {
      because: 'provision returns garbage',
      body: { provision: 'return 7;' },
      log: [whole[0], whole[2]],
      says: 'returned no list of credentials',
    },
    {
      because: 'a credential has a line break',
      body: { provision: "return { credentials: [{ keyId: 'a', secret: 'hush\\r\\nx: y' }] };" },
      log: [whole[0], whole[2]],
      says: 'credentials[0].secret, which holds a line break',
    },
    {
      because: 'provision never returns',
      body: { provision: 'await new Promise(() => setInterval(() => {}, 1000));' },
      log: [whole[0], whole[2]],
      says: 'provision of FOLDER/hooks.mjs did not return within 1 s',
    },
    {
      because: 'reset spins for ever',
      body: { reset: 'for (;;);' },
      log: whole,
      says: 'reset of FOLDER/hooks.mjs did not return within 1 s',
    },
    {
      because: 'reset ends its process',
      body: { reset: 'process.exit(3);' },
      log: whole,
      says: 'reset of FOLDER/hooks.mjs ended its thread',
    },
    {
      because: 'tearDown throws',
      body: { tearDown: "throw new Error('still there');" },
      log: whole,
      says: 'tearDown of FOLDER/hooks.mjs threw: still there',
    },
  ])('are told of when $because, and tearDown is called all the same', async ({ body, log: wanted, says }) => {
    const { args, log, out } = await hooked(body);
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain('FP_HOOK_FAILED');
    expect(stderr.replaceAll(join(out, '..'), 'FOLDER')).toContain(says);
    expect(stderr).not.toContain('hush');
    expect(code).toBe(4);
    expect(log()).toEqual(wanted);
  });

  it('are told of once when their module is not there', async () => {
    const { args, log } = await hooked({});
    rmSync(join(args[args.indexOf('--adapter') + 1] ?? '', '../hooks.mjs'));
    const { code, stderr } = await runCli(args);
    expect(stderr).toMatch(/error FP_HOOK_FAILED {2}the module \S+hooks\.mjs is not there\n/);
    expect(stderr).not.toContain('and then');
    expect(code).toBe(4);
    expect(log()).toEqual([]);
  });

  it('take back what they made after an interrupt', async () => {
    const { args, log } = await hooked({});
    const run = startCli(args);
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!log().includes('reset')) return;
        clearInterval(look);
        resolve();
      }, 20);
    });
    run.child.kill('SIGINT');
    const { code }: CliResult = await run.ended;
    expect(code).toBe(130);
    expect(log()).toEqual(whole);
  });
});

describe('a module that signs', () => {
  it.each([
    { because: 'throws', body: "throw new Error('no hsm: ' + secret);", says: 'threw: no hsm: [secret]' },
    { because: 'returns garbage', body: 'return 7;', says: 'returned a number, not { headers, path, body }' },
    { because: 'returns a promise', body: 'return Promise.resolve({});', says: 'returned a promise' },
    {
      because: 'returns a header with a line break',
      body: "return { headers: { x: 'a\\r\\nevil: 1' } };",
      says: 'a value with a line break',
    },
  ])('ends the run with its own words when it $because', async ({ body, says }) => {
    const { args } = await hooked({});
    const folder = join(args[args.indexOf('--adapter') + 1] ?? '', '..');
    writeFileSync(join(folder, 'sign.mjs'), `export function sign({ secret }) { ${body} }\n`);
    const adapter = join(folder, 'adapter.yaml');
    writeFileSync(adapter, readFileSync(adapter, 'utf8').replace('{ profile: bearer }', '{ module: ./sign.mjs }'));
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain('FP_ADAPTER_MODULE');
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('hush');
    expect(code).toBe(2);
  });

  it('is given up when it does not return, and the run with it', async () => {
    const { args, log } = await hooked({});
    const folder = join(args[args.indexOf('--adapter') + 1] ?? '', '..');
    writeFileSync(join(folder, 'sign.mjs'), 'export function sign() { for (;;); }\n');
    const adapter = join(folder, 'adapter.yaml');
    writeFileSync(adapter, readFileSync(adapter, 'utf8').replace('{ profile: bearer }', '{ module: ./sign.mjs }'));
    const { code, stderr } = await runCli(args, { deadlineMs: 90_000 });
    expect(stderr).toContain('FP_ADAPTER_MODULE');
    expect(stderr).toMatch(/sign\.mjs has not returned for \d+ s/);
    expect(code).toBe(2);
    expect(log()).toEqual(whole);
  }, 100_000);
});
