import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { OwnApi, type OwnApiOptions } from '../support/own-api/own-api.js';
import { ownFiles } from '../support/own-api/own-files.js';
import { runCli } from '../support/run-cli.js';

const secrets = { 'id-one': 'Zq81hushhush7Lk', 'id-two': 'Xw92hushhush3Pm' };
const environment = {
  OWN_ID_1: 'id-one',
  OWN_SECRET_1: secrets['id-one'],
  OWN_ID_2: 'id-two',
  OWN_SECRET_2: secrets['id-two'],
};

async function start(options: Partial<OwnApiOptions> = {}): Promise<string> {
  const api = new OwnApi({ auth: 'bearer', keys: secrets, limit: 1000, windowMs: 1000, ...options });
  return (await listen(api.server)).url;
}

interface Doctored {
  readonly code: number | null;
  readonly said: string;
}

/** Without times, ports and folders. */
async function doctor(
  url: string,
  edit: (text: string) => string,
  env: Record<string, string> = environment,
): Promise<Doctored> {
  const folder = temporaryFolder();
  const { adapter } = ownFiles(folder);
  writeFileSync(adapter, edit(readFileSync(adapter, 'utf8')));
  const { code, stdout, stderr } = await runCli(['doctor', '--target', url, '--adapter', adapter], { env });
  const said = (stdout + stderr)
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/[+-]\d+\.\d{3} s/g, 'TIME')
    .replaceAll(/"waitMs":\d+/g, '"waitMs":TIME')
    .replaceAll(/come back after \d+ ms/g, 'come back after TIME');
  for (const secret of Object.values(secrets)) expect(said).not.toContain(secret);
  return { code, said };
}

const asItIs = (text: string): string => text;

describe('doctor', () => {
  it('is content with an adapter that fits', async () => {
    const { code, said } = await doctor(await start(), asItIs);
    expect(said).toMatchSnapshot();
    expect(code).toBe(0);
  });

  it('sees by a module’s signatures that wrong, unknown and stale ones are refused', async () => {
    const folder = join(import.meta.dirname, '../support/own-api/sign.mjs');
    const edit = (text: string): string => text.replace('{ profile: bearer }', `{ module: ${folder} }`);
    const { code, said } = await doctor(await start({ auth: 'hmac' }), edit);
    expect(said).toMatchSnapshot();
    expect(code).toBe(0);
  });

  it('says of a wrong secret that right requests are refused', async () => {
    const { code, said } = await doctor(await start(), asItIs, { ...environment, OWN_SECRET_1: 'Zq81hushhush7Lx' });
    expect(said).toMatchSnapshot();
    expect(said).not.toContain('hushhush');
    expect(code).toBe(4);
  });

  it('says which answers no rule explains, which throttle at once, and where no order id is', async () => {
    const edit = (text: string): string =>
      text
        .replace('/data/id', '/data/orderId')
        .replace(/ {2}- when: \{ status: 200, body: \{ \/code: 0 \} \}\n {4}is: admitted\n/, '')
        .replace(
          'outcomes:',
          'outcomes:\n  - { when: { class: ticker }, is: throttled, retryAfter: { body: /code, unit: ms } }',
        )
        .replace('/code: [1001, 1400]', '/code: 1001');
    const { code, said } = await doctor(await start({ limit: 0 }), edit);
    expect(said).toMatchSnapshot();
    expect(code).toBe(4);
  });

  it('follows no redirect, and says where it leads', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      request.resume();
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
    const { code, said } = await doctor((await listen(server)).url, asItIs);
    expect(said).toContain(
      'ticker, right: is redirected to http://127.0.0.1:PORT/elsewhere, and redirects are never followed',
    );
    expect(asked.every((path) => path.startsWith('/api/'))).toBe(true);
    expect(code).toBe(4);
  });

  it('tells a proxy’s answer from the limiter’s', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(429, { server: 'edge-proxy', 'content-type': 'text/html' }).end('<html>slow down</html>');
    });
    const edit = (text: string): string =>
      `${text}answeredBy:\n  others:\n    - { name: edge-proxy, when: { header: { server: edge-proxy } } }\n`;
    const { code, said } = await doctor((await listen(server)).url, edit);
    expect(said).toContain('ticker, right: edge-proxy has answered, not the limiter');
    expect(code).toBe(4);
  });

  it('is told when nobody is there, and when the file has faults', async () => {
    const gone = await doctor('http://127.0.0.1:1', asItIs);
    expect(gone.said).toContain('FP_TARGET_UNREACHABLE');
    expect(gone.code).toBe(4);
    const faulty = await doctor('http://127.0.0.1:1', (text) => text.replace('method: GET', 'method: FETCH'));
    expect(faulty.said).toContain('calls.ticker.method must be one of');
    expect(faulty.code).toBe(2);
  });
});
