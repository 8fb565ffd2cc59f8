import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type ServerOptions } from 'node:https';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { type Certificates, makeCertificates } from '../support/own-api/certificates.js';
import { OwnApi } from '../support/own-api/own-api.js';
import { everythingBelow, ownFiles } from '../support/own-api/own-files.js';
import { runCli } from '../support/run-cli.js';

const secrets = { 'id-one': 'Zq81hushhush7Lk', 'id-two': 'Xw92hushhush3Pm' };
const env = {
  OWN_ID_1: 'id-one',
  OWN_SECRET_1: secrets['id-one'],
  OWN_ID_2: 'id-two',
  OWN_SECRET_2: secrets['id-two'],
};
let certificates: Certificates;

beforeAll(async () => {
  certificates = await makeCertificates();
});

async function startTls(options: ServerOptions = {}) {
  const api = new OwnApi({ auth: 'bearer', keys: secrets, limit: 10, windowMs: 1000 });
  const server = createServer({ ...certificates.server, ...options }, api.handler as never);
  server.on('tlsClientError', () => undefined);
  const { port } = await listen(server);
  return { api, url: `https://localhost:${port}`, port };
}

/** Files of PEM, and the options that name them. */
function pem(folder: string, which: readonly ('ca' | 'cert' | 'key')[], from: Certificates = certificates): string[] {
  mkdirSync(folder, { recursive: true });
  const texts = { ca: from.ca, cert: from.client.cert, key: from.client.key };
  return which.flatMap((name) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, texts[name]);
    return [`--${name}`, path];
  });
}

/** What `probe` says at this server, which is asked for as short a time as there is. */
async function probe(url: string, options: readonly string[]) {
  const args = ['probe', '--target', url, '--path', '/api/price', '--time', '5s', '--p99', '5s', '--engine', 'ts'];
  return await runCli([...args, '--json', ...options], { deadlineMs: 60_000 });
}

async function run(url: string, options: readonly string[], folder: string) {
  const { scenario, adapter } = ownFiles(folder);
  const out = join(folder, 'runs');
  const args = ['run', scenario, '--target', url, '--adapter', adapter, '--json', '--out', out, ...options];
  return { ...(await runCli(args, { env })), out };
}

describe('over TLS', () => {
  it('a run trusts the authority that --ca names, shows its certificate, and judges as ever', async () => {
    const folder = temporaryFolder();
    const { api, url } = await startTls({ requestCert: true, rejectUnauthorized: true, ca: certificates.ca });
    const { code, stdout, stderr, out } = await run(url, pem(folder, ['ca', 'cert', 'key']), folder);
    expect(stderr).not.toContain('error');
    expect((JSON.parse(stdout) as SuiteDocument).verdict).toBe('pass');
    expect(code).toBe(0);
    expect(api.requests.length).toBeGreaterThan(100);
    expect(everythingBelow(out)).not.toContain('PRIVATE KEY');
  });

  it.each([
    {
      because: 'its authority is not trusted',
      options: [] as const,
      says: 'from an authority that is not trusted here',
    },
    { because: 'it asks for a certificate', options: ['ca'] as const, says: 'it asks its callers for a certificate' },
  ])('a target is refused when $because', async ({ options, says }) => {
    const folder = temporaryFolder();
    const { api, url } = await startTls({ requestCert: true, rejectUnauthorized: true, ca: certificates.ca });
    const { code, stderr } = await run(url, pem(folder, options), folder);
    expect(stderr).toContain('FP_TARGET_UNTRUSTED');
    expect(stderr).toContain(says);
    expect(code).toBe(4);
    expect(api.requests).toEqual([]);
  });

  it('a target is refused whose certificate is for another name, has expired, or that speaks no TLS', async () => {
    const folder = temporaryFolder();
    const { port } = await startTls();
    const named = await run(`https://127.0.0.1:${port}`, pem(folder, ['ca']), folder);
    expect(named.stderr).toContain('its certificate is for another name');
    const old = await makeCertificates({ isExpired: true });
    const expired = await startTls(old.server);
    const gone = await run(expired.url, pem(folder, ['ca'], old), folder);
    expect(gone.stderr).toContain('its certificate has expired');
    const plain = new OwnApi({ auth: 'bearer', keys: secrets, limit: 10, windowMs: 1000 });
    const bare = await run(`https://127.0.0.1:${(await listen(plain.server)).port}`, pem(folder, ['ca']), folder);
    expect(bare.stderr).toContain('it does not speak TLS at this port');
    expect([named.code, gone.code, bare.code]).toEqual([4, 4, 4]);
  });

  it('refuses files that are no certificates, a key of another, and either without https', async () => {
    const folder = temporaryFolder();
    const { url } = await startTls();
    const noPem = join(folder, 'adapter.yaml');
    const other = pem(join(folder, 'other'), ['cert', 'key'], await makeCertificates());
    const own = pem(folder, ['ca', 'cert', 'key']);
    const results = [
      await run(url, ['--ca', noPem], folder),
      await run(url, [...own.slice(0, 4), '--key', other[3] ?? ''], folder),
      await run(url, own.slice(0, 4), folder),
      await run('http://127.0.0.1:1', own, folder),
    ];
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(results.map(({ stderr }) => /error FP_USAGE .*/.exec(stderr)?.[0].replaceAll(folder, 'F'))).toEqual([
      'error FP_USAGE  --ca F/adapter.yaml is not PEM that can be used',
      'error FP_USAGE  --cert and --key F/cert.pem and F/other/key.pem do not belong together',
      'error FP_USAGE  --cert and --key go together',
      'error FP_USAGE  --ca, --cert and --key are for an https:// target',
    ]);
  });
});

describe('over HTTP/2', () => {
  it('a run is played and judged where the adapter wants it and the target offers it', async () => {
    const folder = temporaryFolder();
    const versions = new Set<string>();
    let count = 0;
    const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      versions.add(request.httpVersion);
      count += 1;
      request.resume();
      response.end('{"code":0,"data":{"id":7}}');
    };
    const server = createSecureServer({ ...certificates.server, allowHTTP1: true }, answer);
    const { port } = await listen(server as never);
    const url = `https://localhost:${port}`;
    const { scenario, adapter, policy } = ownFiles(folder);
    writeFileSync(adapter, `${readFileSync(adapter, 'utf8')}http2: true\n`);
    writeFileSync(policy, readFileSync(policy, 'utf8').replace('capacity: 10', 'capacity: 10000'));
    const tls = pem(folder, ['ca']);
    const args = ['--target', url, '--adapter', adapter, ...tls];
    const { code, stderr } = await runCli(['run', scenario, ...args, '--out', join(folder, 'runs')], { env });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect([...versions]).toEqual(['2.0']);
    expect(count).toBeGreaterThan(100);
    const doctor = await runCli(['doctor', ...args], { env });
    expect(doctor.stdout).toMatch(/^connection: HTTP\/2 over TLSv1\.3; certificate for DNS:localhost, until /);
  });
});

describe('probe over TLS', () => {
  it('trusts the authority that --ca names, and shows its certificate', async () => {
    const { url, api } = await startTls({ requestCert: true, rejectUnauthorized: true, ca: certificates.ca });
    const { code, stdout, stderr } = await probe(url, pem(temporaryFolder(), ['ca', 'cert', 'key']));
    expect(stderr).not.toContain('error');
    const document = JSON.parse(stdout) as { closedLoop: { statuses: object }[]; trials: { answered: number }[] };
    expect(Object.keys(document.closedLoop[0]?.statuses ?? {})).toEqual(['200']);
    expect(document.trials[0]?.answered).toBeGreaterThan(0);
    expect(api.requests.every(({ path, headers }) => path === '/api/price' && headers.host === new URL(url).host)).toBe(
      true,
    );
    expect([0, 5]).toContain(code);
  }, 70_000);

  it('asks nobody whom it can’t trust, and says of an adapter that it takes none', async () => {
    const { url, api } = await startTls();
    const untrusted = await probe(url, []);
    expect(untrusted).toMatchObject({ code: 4, stderr: expect.stringContaining('FP_TARGET_UNTRUSTED') });
    const adapted = await probe(url, ['--adapter', 'a.yaml']);
    expect(adapted).toMatchObject({ code: 2, stderr: expect.stringContaining('probe asks for one path, unsigned') });
    const plain = await probe(url.replace('https', 'http'), ['--ca', 'a.pem']);
    expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining('are for an https:// target') });
    expect(api.requests).toEqual([]);
  });
});
