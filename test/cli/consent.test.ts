/** Runs against a host that is not loopback: 10.77.0.1, in a network namespace of the test's own. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../harness/errors.js';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { makeOperatorKey } from '../../harness/targets/consent/consent-key.js';
import { verifyRunMark } from '../../harness/targets/consent/consent-mark.js';
import {
  consentText,
  HOST,
  type HostResult,
  type HostTask,
  needsNamespace,
  operator,
  PORT,
  runAtHost,
} from '../support/consent-run.js';
import { makeCertificates } from '../support/own-api/certificates.js';
import { onlyRunFolder, projectRoot, runCli, scratch } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';

const place = scratch();
afterAll(() => place.remove());

const main = join(projectRoot, 'dist/cli/main.js');
const url = `http://${HOST}:${PORT}`;
const scenario = 'test/cli/files/consented.yaml';
const absent = 'error FP_CONSENT_ABSENT';
let outs = 0;
const newOut = (): string => join(place.path, `out-${outs++}`);

async function play(task: Omit<HostTask, 'args'>, options: { out?: string; file?: string } = {}): Promise<HostResult> {
  const { out = newOut(), file = scenario } = options;
  return await runAtHost({
    ...task,
    args: [main, 'run', file, '--engine', 'ts', '--target', url, '--json', '--out', out],
  });
}

describe('a host off loopback whose owner agrees', () => {
  it('is played, and every request carries the same header, which proves who runs and by which consent', async (context) => {
    needsNamespace(context);
    const consent = consentText();
    const { code, stdout, stderr, ...seen } = await play({ consent });
    const [document] = (JSON.parse(stdout) as SuiteDocument).scenarios;
    expect({ code, verdict: document?.verdict, stderr }).toMatchObject({ code: 0, verdict: 'pass' });
    expect(document?.notes).toContainEqual(expect.stringContaining(`the owner of ${HOST}:${PORT} agreed to this run`));
    expect(document?.notes).toContainEqual(expect.stringContaining('all identities share one address'));
    // Once for all scenarios, and once right before the run.
    expect(seen.consentGets).toBe(2);
    expect(seen.requests).toBeGreaterThan(30);
    expect(seen.marks).toHaveLength(1);
    const marked = verifyRunMark(seen.marks[0] ?? '', { host: HOST, port: PORT }, [consent]);
    expect(marked).toMatchObject({
      tool: expect.stringMatching(/^floodproof\/\d/),
      run: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    // Devices stay what they are.
    expect(seen.agents).toBeGreaterThan(1);
  });

  it('and takes it back is left alone at once, and the verdict says so', async (context) => {
    needsNamespace(context);
    const file = join(place.path, 'long.yaml');
    const text = readFileSync(join(projectRoot, scenario), 'utf8')
      .replace('policy: policy.yaml', `policy: ${join(projectRoot, 'test/cli/files/policy.yaml')}`)
      .replace('{ name: attack, for: 1s }', '{ name: attack, for: 40s }');
    writeFileSync(file, text);
    const out = newOut();
    const consent = consentText({ checkEverySeconds: 1 });
    const { code, stdout, stderr, ...seen } = await play({ consent, withdrawAfter: 20 }, { file, out });
    const suite = JSON.parse(stdout) as SuiteDocument;
    expect(suite.errors).toMatchObject([{ code: 'FP_CONSENT_LOST' satisfies ErrorCode }]);
    expect(stderr).toContain('was lost during the run: the answer is 404');
    expect(code).toBe(4);
    // Some 2,900 were to come.
    expect(seen.sinceGone).toBeLessThan(200);
    const verdict = verdictOf(onlyRunFolder(out));
    expect(verdict.verdict).toBe('interrupted');
    expect(verdict.notes).toContainEqual(expect.stringContaining('stopped: the consent of the owner'));
  });

  it('can be looked at beforehand', async (context) => {
    needsNamespace(context);
    const consent = consentText();
    const args = [main, 'consent', 'check', url, scenario];
    const covered = await runAtHost({ args, consent });
    expect(covered).toMatchObject({ code: 0, requests: 0, consentGets: 1 });
    expect(covered.stdout).toContain('it covers consented, with the key that is held here');
    const less = await runAtHost({ args, consent: consentText({ kinds: [] }), env: {} });
    expect(less.stderr).toContain('error FP_CONSENT_KIND');
    expect(less.stderr).toContain('error FP_CONSENT_KEYLESS');
    expect(less.stdout).toContain('"kinds":[]');
    expect(less.code).toBe(4);
  });
});

describe('a host off loopback over TLS', () => {
  const far = `https://${HOST}:${PORT}`;

  it('is asked, checked and played with the authority that is named, and with no other', async (context) => {
    needsNamespace(context);
    const { ca, server: tls } = await makeCertificates({ address: HOST });
    const file = join(place.path, 'far-ca.pem');
    writeFileSync(file, ca);
    const consent = consentText();
    const check = [main, 'consent', 'check', far, scenario];
    const unknown = await runAtHost({ args: check, consent, tls });
    expect(unknown).toMatchObject({ code: 4, consentGets: 0, requests: 0 });
    expect(unknown.stderr).toContain(absent);
    const known = await runAtHost({ args: [...check, '--ca', file], consent, tls });
    expect(known).toMatchObject({ code: 0, consentGets: 1, requests: 0 });
    const out = newOut();
    const args = [main, 'run', scenario, '--engine', 'ts', '--target', far, '--json', '--out', out];
    const { code, stdout, stderr, ...seen } = await runAtHost({ args: [...args, '--ca', file], consent, tls });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    expect((JSON.parse(stdout) as SuiteDocument).verdict).toBe('pass');
    expect(seen.requests).toBeGreaterThan(30);
    expect(verifyRunMark(seen.marks[0] ?? '', { host: HOST, port: PORT }, [consent])).not.toBeNull();
  });
});

describe('a doctor at a host off loopback', () => {
  const adapter = 'test/support/own-api/adapter.yaml';
  const args = [main, 'doctor', '--target', url, '--adapter', adapter];
  const env = {
    FLOODPROOF_CONSENT_KEY: operator.secret,
    ...{ OWN_ID_1: 'id-one', OWN_SECRET_1: 'hush-one', OWN_ID_2: 'id-two', OWN_SECRET_2: 'hush-two' },
  };

  it('sends nothing to an owner who has not agreed to forgery, to its rate and its duration', async (context) => {
    needsNamespace(context);
    const consent = consentText({ kinds: ['flood'], ratePerSecond: 1, durationSeconds: 59 });
    const seen = await runAtHost({ args, env, consent });
    expect(seen).toMatchObject({ code: 4, consentGets: 1, requests: 0 });
    expect(seen.stderr).toContain('doctor plays signature-forgery, which is forgery; agreed to is flood');
    expect(seen.stderr).toContain('doctor sends up to 2 requests a second, and 1 are agreed to');
    expect(seen.stderr).toContain('doctor lasts 60 s, and 59 s are agreed to');
  });

  it('asks one who has, with the header that proves it', async (context) => {
    needsNamespace(context);
    const consent = consentText({ kinds: ['forgery'], ratePerSecond: 2 });
    const { stdout, requests, marks } = await runAtHost({ args, env, consent });
    expect(stdout).toContain('account, wrong signature: ');
    expect(requests).toBe(6);
    expect(verifyRunMark(marks[0] ?? '', { host: HOST, port: PORT }, [consent])).not.toBeNull();
  });

  it('ends when the owner takes it back', async (context) => {
    needsNamespace(context);
    const consent = consentText({ kinds: ['forgery'], checkEverySeconds: 1 });
    const { code, stderr, requests } = await runAtHost({ args, env, consent, withdrawAfter: 1 });
    expect(stderr).toContain('error FP_CONSENT_LOST');
    expect(code).toBe(4);
    expect(requests).toBeLessThan(6);
  });
});

describe('a host off loopback whose owner does not', () => {
  it.for<{ because: string; task: Omit<HostTask, 'args'>; says: readonly string[]; consentGets?: number }>([
    { because: 'there is no consent', task: { status: 404 }, says: [absent, 'the answer is 404'] },
    {
      because: 'it leads elsewhere',
      task: { status: 302, headers: { location: '/elsewhere' }, consent: consentText() },
      says: [absent, 'the answer is 302, and redirects are not followed'],
    },
    {
      because: 'it is over 4 KB',
      task: { consent: consentText().padEnd(4097, ' ') },
      says: [absent, 'it is longer than 4096 bytes'],
    },
    {
      because: 'it has expired',
      task: { consent: consentText({ expires: '2026-01-01T00:00:00Z' }) },
      says: ['error FP_CONSENT_EXPIRED'],
    },
    { because: 'it is for another port', task: { consent: consentText({ port: 1 }) }, says: ['error FP_CONSENT_PORT'] },
    {
      because: 'more is wanted than is agreed to: all reasons at once',
      task: {
        consent: consentText({ ratePerSecond: 60, durationSeconds: 1, kinds: ['replay'], host: 'other.example' }),
      },
      says: [
        'error FP_CONSENT_RATE',
        'requests a second, and 60 are agreed to',
        'error FP_CONSENT_DURATION',
        'error FP_CONSENT_KIND',
        'error FP_CONSENT_HOST',
      ],
    },
    {
      because: 'its words are escapes of a terminal',
      task: { consent: consentText({ host: '\u009b2J\u202ex' }) },
      says: ['error FP_CONSENT_HOST', 'it is for the host  2J x, not for'],
    },
    {
      because: 'it names another operator',
      task: { consent: consentText({ operators: [makeOperatorKey().id] }) },
      says: ['error FP_CONSENT_OPERATOR', operator.id],
    },
    {
      because: 'a member is there twice',
      task: { consent: consentText().replace('{', '{"host":"10.77.0.2",') },
      says: ['error FP_CONSENT_FORM', 'the member "host" is there twice'],
    },
    {
      because: 'nobody here has a key',
      task: { consent: consentText(), env: {} },
      says: ['error FP_TARGET_FORBIDDEN', "needs its owner's consent", 'set FLOODPROOF_CONSENT_KEY or'],
      consentGets: 0,
    },
    {
      because: 'the key is no key',
      task: { consent: consentText(), env: { FLOODPROOF_CONSENT_KEY: 'hunter2' } },
      says: ['error FP_CONSENT_KEY', 'FLOODPROOF_CONSENT_KEY holds no key of an operator'],
      consentGets: 0,
    },
  ])('is sent nothing: $because', async ({ task, says, consentGets = 1 }, context) => {
    needsNamespace(context);
    const result = await play(task);
    for (const text of says) expect(result.stderr).toContain(text);
    const [last] = result.stderr.match(/error FP_[A-Z_]+(?=.*\n {2}hint: .*\n$)/) ?? [];
    const isAsked = consentGets > 0;
    if (isAsked) expect(last).toBe(`error ${'FP_CONSENT_REFUSED' satisfies ErrorCode}`);
    expect(result).toMatchObject({ code: 4, stdout: '', requests: 0, followed: 0, consentGets });
    expect(result.stderr).not.toContain('hunter2');
  });
});

describe('a host on IPv6 loopback', () => {
  it('is free like any other there, and sees all identities under one address', async () => {
    const agents = new Set<string | undefined>();
    const marks = new Set<unknown>();
    const server = createServer((request, response) => {
      agents.add(request.socket.remoteAddress);
      marks.add(request.headers['floodproof-run']);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"orderId":"o","token":"t"}');
    });
    const port = await new Promise<number>((resolve) => {
      // A system without IPv6 has no such address.
      server.once('error', () => resolve(0));
      server.listen(0, '::1', () => resolve((server.address() as AddressInfo).port));
    });
    const target = `http://[::1]:${port === 0 ? 9 : port}`;
    const args = ['run', scenario, '--engine', 'ts', '--target', target, '--json', '--out', newOut()];
    try {
      const { code, stdout, stderr } = await runCli(args);
      if (port === 0) {
        expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('FP_TARGET_UNREACHABLE') });
        return;
      }
      const [document] = (JSON.parse(stdout) as SuiteDocument).scenarios;
      expect({ code, verdict: document?.verdict }).toEqual({ code: 0, verdict: 'pass' });
      expect(document?.notes).toContainEqual(expect.stringContaining('all identities share one address'));
      expect([...agents, ...marks]).toEqual(['::1', undefined]);
      const delayed = await runCli([...args, '--delay', '20ms']);
      expect(delayed.stderr).toContain('error FP_USAGE  --delay is for IPv4 loopback');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('consent new', () => {
  const wanted = [
    '--host',
    'Staging.Example',
    '--port',
    '443',
    '--rate',
    '200/s',
    '--for',
    '10min',
    '--kinds',
    'flood,layering',
  ];

  it('writes the consent and the secret, says where they go, and writes over none', async () => {
    const out = scratch();
    try {
      const { code, stdout } = await runCli(['consent', 'new', ...wanted, '--days', '1', '--out', out.path]);
      expect(code).toBe(0);
      expect(stdout).toContain('/.well-known/floodproof-consent on staging.example, port 443');
      expect(stdout).toContain('_floodproof-consent.staging.example');
      expect(stdout).toContain('FLOODPROOF_CONSENT_KEY_FILE=');
      const file = join(out.path, 'floodproof-consent');
      const text = readFileSync(file, 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        host: 'staging.example',
        port: 443,
        ratePerSecond: 200,
        durationSeconds: 600,
        kinds: ['flood', 'layering'],
        checkEverySeconds: 60,
      });
      const secret = readFileSync(`${file}.key`, 'utf8').trim();
      expect(stdout).not.toContain(secret);
      expect(statSync(`${file}.key`).mode & 0o777).toBe(0o600);
      const again = await runCli(['consent', 'new', ...wanted, '--out', out.path]);
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
      expect(readFileSync(file, 'utf8')).toBe(text);
    } finally {
      out.remove();
    }
  });

  it('takes a key that is there, and makes none, in a folder that it makes', async () => {
    const out = scratch();
    const folder = join(out.path, 'not/yet');
    try {
      await runCli(['consent', 'new', ...wanted, '--operator', operator.id, '--out', folder]);
      const text = readFileSync(join(folder, 'floodproof-consent'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ operators: [operator.id] });
      expect(() => statSync(join(folder, 'floodproof-consent.key'))).toThrow('ENOENT');
    } finally {
      out.remove();
    }
  });

  it('shows how a rate and a time are written', async () => {
    const place = ['--host', 'a.example', '--port', '443', '--kinds', 'none'];
    const { code, stderr } = await runCli(['consent', 'new', ...place, '--rate', '200', '--for', '10']);
    expect(stderr).toMatch(/--rate must be a rate, .*, for example 200\/s\n/);
    expect(stderr).toMatch(/--for must be a duration.*, for example 10min\n/);
    expect(code).toBe(2);
  });
});
