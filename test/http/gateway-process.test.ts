import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredAccount } from '../../harness/actors/world.js';
import type { LaunchedGateway, LaunchOptions } from '../../harness/gateway/launch.js';
import { launchGateway } from '../../harness/gateway/launch.js';
import { ann, Caller, order, policyOf, signed, startTestGateway } from './gateway-support.js';

const built = fileURLToPath(new URL('../../dist/gateway/process.js', import.meta.url));
let launched: LaunchedGateway[] = [];
let folders: string[] = [];

beforeAll(() => {
  if (!existsSync(built)) throw new Error('the tests of the gateway process need dist: run "npm run build" first');
});

afterEach(async () => {
  await Promise.all(launched.map((gateway) => gateway.close()));
  for (const folder of folders) rmSync(folder, { recursive: true });
  launched = [];
  folders = [];
});

async function launch(change: Partial<LaunchOptions> = {}): Promise<LaunchedGateway> {
  const gateway = await launchGateway({
    policy: policyOf(),
    engine: 'ts',
    host: '127.0.0.1',
    port: 0,
    registered: [ann],
    ...change,
  });
  launched.push(gateway);
  return gateway;
}

/** A module that stands in for the gateway's. */
function entryOf(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-'));
  folders.push(folder);
  const file = join(folder, 'entry.mjs');
  writeFileSync(file, code);
  return file;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('the gateway in a process of its own', () => {
  it('serves the accounts that it was given, and tells its numbers', async () => {
    const gateway = await launch();
    expect(gateway).toMatchObject({ engine: 'ts', note: 'TypeScript engine, as asked' });
    expect(gateway.pid).not.toBe(process.pid);
    const caller = new Caller(gateway.url);
    expect((await caller.send(signed(ann, 'POST', '/v1/orders', order))).status).toBe(201);
    await caller.close();
    expect(await gateway.stats()).toMatchObject({ requests: 1, openOrders: 1, decisions: { admitted: 1 } });
  });

  it('knows ten thousand accounts', async () => {
    const registered = Array.from(
      { length: 10_000 },
      (_, i): RegisteredAccount => ({ ...ann, account: `ann-${i}`, keyId: `key-${i}`, secret: 'x'.repeat(64) }),
    );
    const gateway = await launch({ registered });
    const caller = new Caller(gateway.url);
    const last = registered.at(-1) ?? ann;
    expect((await caller.send(signed(last, 'GET', '/v1/account'))).json).toMatchObject({ account: 'ann-9999' });
    expect((await caller.login(last.account, last.password)).status).toBe(200);
    await caller.close();
  });

  it('is gone after close, which may be called twice', async () => {
    const gateway = await launch();
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
    expect(isAlive(gateway.pid)).toBe(false);
    expect(await gateway.ended).toBeNull();
    await expect(gateway.stats()).rejects.toMatchObject({ code: 'FP_GATEWAY_FAILED' });
  });

  it('says so when it is killed', async () => {
    const gateway = await launch();
    process.kill(gateway.pid, 'SIGKILL');
    expect(await gateway.ended).toMatchObject({ code: 'FP_GATEWAY_FAILED', message: expect.stringMatching('SIGKILL') });
  });

  it('ends in order on SIGTERM and stays on SIGINT, which the parent answers', async () => {
    const gateway = await launch();
    process.kill(gateway.pid, 'SIGINT');
    expect((await gateway.stats()).bugs).toBe(0);
    process.kill(gateway.pid, 'SIGTERM');
    expect(await gateway.ended).toMatchObject({ message: expect.stringMatching('exit code 0') });
  });
});

describe('a gateway process that can not start', () => {
  it('hands over the error that it met', async () => {
    const other = await startTestGateway(policyOf());
    await expect(launch({ port: other.port })).rejects.toMatchObject({ code: 'FP_PORT_TAKEN' });
    await other.close();
  });

  it('hands over its last words when it dies', async () => {
    const entry = entryOf('throw new Error("no disk left in the cellar");');
    await expect(launch({ entry })).rejects.toMatchObject({
      code: 'FP_GATEWAY_FAILED',
      message: expect.stringMatching(/exit code 1.*no disk left in the cellar/s),
    });
  });

  it('is given up and killed when it is not ready in time', async () => {
    const entry = entryOf(
      'process.on("message", () => {}); process.on("disconnect", () => {}); setInterval(() => {}, 1000);',
    );
    await expect(launch({ entry, readyDeadlineMs: 300 })).rejects.toMatchObject({
      code: 'FP_GATEWAY_FAILED',
      message: expect.stringMatching('not ready after 300 ms'),
    });
  });
});

describe('an orphan', () => {
  it('is never left: the gateway ends when its parent is killed', async () => {
    // The parent in between launches a gateway, prints its port and is then killed without a chance to clean up.
    const launcher = fileURLToPath(new URL('../../dist/gateway/launch.js', import.meta.url));
    const options = { policy: policyOf(), engine: 'ts', host: '127.0.0.1', port: 0, registered: [] };
    const entry = entryOf(
      `import { launchGateway } from ${JSON.stringify(launcher)};
       const gateway = await launchGateway(${JSON.stringify(options)});
       process.stdout.write(String(gateway.port));`,
    );
    const parent = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    expect(await isListening(port)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isListening(port), { timeout: 4_000 }).toBe(false);
  });
});
