/** What a doctor does with modules that hang, hooks that are interrupted, and targets that mean it badly. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../harness/errors.js';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { OwnApi } from '../support/own-api/own-api.js';
import { everythingBelow, ownFiles } from '../support/own-api/own-files.js';
import { runCli, startCli, until } from '../support/run-cli.js';

const secrets = { 'id-one': 'Zq81hushhush7Lk', 'id-two': 'Xw92hushhush3Pm' };
const env = {
  OWN_ID_1: 'id-one',
  OWN_SECRET_1: secrets['id-one'],
  OWN_ID_2: 'id-two',
  OWN_SECRET_2: secrets['id-two'],
};

async function ownApi(auth: 'bearer' | 'hmac'): Promise<string> {
  const api = new OwnApi({ auth, keys: secrets, limit: 1000, windowMs: 1000 });
  return (await listen(api.server)).url;
}

/** The adapter with these texts in place of others, beside modules of these names. */
function files(edits: readonly (readonly [string | RegExp, string])[], modules: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const made = ownFiles(folder);
  let text = readFileSync(made.adapter, 'utf8');
  for (const [from, to] of edits) text = text.replace(from, to);
  writeFileSync(made.adapter, text);
  for (const [name, source] of Object.entries(modules)) writeFileSync(join(folder, name), source);
  return { ...made, folder };
}

const byModule = ['{ profile: bearer }', '{ module: ./sign.mjs }'] as const;

describe('a doctor with a module that signs', () => {
  it.each([
    { because: 'a call of it spins', source: 'export function sign() { for (;;); }', says: 'has not returned for 5 s' },
    { because: 'its loading spins', source: 'for (;;); export function sign() {}', says: 'has not returned for 5 s' },
    {
      because: 'its loading ends the process',
      source: 'process.exit(0); export function sign() {}',
      says: 'ended its thread',
    },
    { because: 'it exports nothing', source: 'export const a = 1;', says: 'exports no function sign' },
    { because: 'it can’t be loaded', source: 'export const =', says: "can't be loaded" },
    {
      because: 'it throws its secret',
      source: 'export function sign({ secret }) { throw new Error("no hsm: " + secret); }',
      says: 'threw: no hsm: [secret]',
    },
    { because: 'it promises', source: 'export async function sign() { return {}; }', says: 'returned a promise' },
    {
      because: 'it returns a function',
      source: 'export function sign() { return { headers: () => 1 }; }',
      says: 'returned what is no plain data',
    },
  ])('says so and ends when $because', async ({ source, says }) => {
    const { adapter } = files([byModule], { 'sign.mjs': source });
    const { code, stdout, stderr } = await runCli(['doctor', '--target', await ownApi('hmac'), '--adapter', adapter], {
      env,
    });
    expect(stderr).toContain('FP_ADAPTER_MODULE' satisfies ErrorCode);
    expect(stderr).toContain(says);
    expect(stdout + stderr).not.toContain('hush');
    expect(code).toBe(2);
  });

  it('keeps what it prints out of the result, and its secrets and control characters out of both', async () => {
    const source = `import { createHmac } from 'node:crypto';
export function sign({ method, path, body, nowMs, keyId, secret }) {
  console.log('signing \\u001b[31m with', secret);
  const text = method + ' ' + path + ' ' + nowMs + ' ' + body;
  const mac = createHmac('sha256', secret).update(text).digest('hex');
  return { headers: { 'x-key': keyId, 'x-time': nowMs, 'x-sign': mac } };
}`;
    const { adapter } = files([byModule], { 'sign.mjs': source });
    const { code, stdout, stderr } = await runCli(['doctor', '--target', await ownApi('hmac'), '--adapter', adapter], {
      env,
    });
    expect(stdout).not.toContain('signing');
    expect(stderr).toContain('signing  [31m with [secret]');
    expect(stdout + stderr).not.toContain('hush');
    expect(code).toBe(0);
  });
});

describe('Ctrl-C while a hook provides', () => {
  const hooks = (folder: string, body: string): string => `import { appendFileSync } from 'node:fs';
const note = (line) => appendFileSync(${JSON.stringify(join(folder, 'log.txt'))}, line + '\\n');
export async function provision({ signal }) { note('provision'); ${body} }
export function reset() { note('reset'); }
export function tearDown() { note('tearDown'); }
`;

  it.each([
    { command: 'run', because: 'it heeds nothing', body: 'await new Promise(() => setInterval(() => {}, 1000));' },
    {
      command: 'run',
      because: 'it heeds its signal',
      body: "await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));",
    },
    {
      command: 'run',
      because: 'it returns all the same',
      body: `await new Promise((resolve) => signal.addEventListener('abort', resolve));
return { credentials: [{ keyId: 'a', secret: 'hushhush1' }, { keyId: 'b', secret: 'hushhush2' }] };`,
    },
    { command: 'doctor', because: 'it heeds nothing', body: 'await new Promise(() => setInterval(() => {}, 1000));' },
  ])('ends a $command as interrupted when $because, and takes back what was made', async ({ command, body }) => {
    const { adapter, scenario, folder } = files([
      [/credentials:\n(?: .*\n)*/, 'credentials: hooks\nhooks: { module: ./hooks.mjs, deadline: 30s }\n'],
    ]);
    writeFileSync(join(folder, 'hooks.mjs'), hooks(folder, body));
    const log = (): string =>
      existsSync(join(folder, 'log.txt')) ? readFileSync(join(folder, 'log.txt'), 'utf8') : '';
    const more = command === 'run' ? [scenario, '--out', join(folder, 'runs'), '--json'] : [];
    const url = await ownApi('bearer');
    const cli = startCli([command, ...more, '--target', url, '--adapter', adapter]);
    await until(() => log().includes('provision'), 'the hook is called');
    cli.child.kill('SIGINT');
    const { code, stdout, stderr } = await cli.ended;
    expect(stderr).toContain('FP_INTERRUPTED' satisfies ErrorCode);
    expect(code).toBe(130);
    expect(log()).toBe('provision\ntearDown\n');
    if (command === 'run') expect(JSON.parse(stdout)).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
  });
});

/** Answers every request on a connection with these bytes, or as it likes. */
function answering(answer: (socket: Socket) => void) {
  return createSocketServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  });
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const whole = (body: string): string => `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Escapes of a terminal, and what turns the direction of writing round. */
const spoiling = /[^\P{C}\n]/u;

describe('a target that means it badly', () => {
  it.each<{ because: string; answer: (socket: Socket) => void; says: string }>([
    {
      because: 'a body holds escapes of a terminal',
      answer: (socket) => void socket.write(whole('\u001b]0;owned\u0007\u001b[2J\u202e{"code":\u009b31m}')),
      says: 'body:  ]0;owned [2J {"code": 31m}',
    },
    {
      because: 'a Location holds bytes that are no text',
      answer: (socket) =>
        void socket.write(
          Buffer.from('HTTP/1.1 302 Found\r\nlocation: http://x/\x9b31m\x85y\r\ncontent-length: 0\r\n\r\n', 'latin1'),
        ),
      says: 'is redirected to http://x/ 31m y, and redirects',
    },
    {
      because: 'a body is larger than any of a trading API',
      answer: (socket) => {
        socket.write(`${head}content-length: 9000000000\r\n\r\n`);
        const more = (): void => {
          if (!socket.destroyed) socket.write('x'.repeat(1 << 16), () => setImmediate(more));
        };
        more();
      },
      says: 'no whole answer (garbage)',
    },
    {
      because: 'informational answers come before each',
      answer: (socket) =>
        void socket.write(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(50)}${whole('{"code":1002}')}`),
      says: 'ticker, right: is refused',
    },
    {
      because: 'it is closed within the header',
      answer: (socket) => void socket.end('HTTP/1.1 200 O'),
      says: 'no whole answer (',
    },
    {
      because: 'members of the answer are those of every object',
      answer: (socket) => void socket.write(whole('{"__proto__":{"code":0},"constructor":{"code":0},"code":[0]}')),
      says: 'no rule says what 200 with this body means',
    },
    {
      because: 'JSON nests without end',
      answer: (socket) => void socket.write(whole('['.repeat(200_000))),
      says: 'no rule says what 200 with this body means',
    },
    {
      because: 'the Date and the wait are no such things',
      answer: (socket) =>
        void socket.write(
          'HTTP/1.1 429 Too\r\ndate: Thu, 99 Foo 2099\r\nretry-after: 1e999\r\ncontent-length: 2\r\n\r\n{}',
        ),
      says: 'no answer had a Date',
    },
  ])('neither crashes a doctor nor spoils the terminal: $because', async ({ answer, says }) => {
    const { url } = await listen(answering(answer));
    const { adapter } = files([]);
    const { code, stdout, stderr } = await runCli(['doctor', '--target', url, '--adapter', adapter], { env });
    expect(stdout).toContain(says);
    expect(stdout + stderr).not.toMatch(spoiling);
    expect(stderr).not.toContain('internal bug');
    expect(code).toBe(4);
  });

  it('answers in pieces without end: a doctor gives each up, and ends', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
    });
    const { url } = await listen(server);
    const { adapter } = files([[/ {2}(?:login|account|order\.cancel|order\.place):\n(?: {4}.*\n)*/g, '']]);
    const { code, stdout } = await runCli(['doctor', '--target', url, '--adapter', adapter], {
      env,
      deadlineMs: 60_000,
    });
    expect(stdout).toContain('ticker, right: no whole answer (timeout)');
    expect(code).toBe(4);
  }, 70_000);

  it('says the secrets of its caller back: neither doctor nor run repeats them', async () => {
    const server = createServer((request, response) => {
      request.resume();
      const said = JSON.stringify({ code: 7, you: request.headers.authorization });
      response.writeHead(200, { 'x-you': String(request.headers.authorization) }).end(said);
    });
    const { url } = await listen(server);
    const { adapter, scenario, folder } = files([]);
    const doctor = await runCli(['doctor', '--target', url, '--adapter', adapter], { env });
    expect(doctor.stdout).toContain('Bearer [secret]');
    const out = join(folder, 'runs');
    const args = ['run', scenario, '--target', url, '--adapter', adapter, '--out', out, '--json'];
    const run = await runCli([...args, '--junit', join(folder, 'runs', 'report.xml')], { env });
    const written = doctor.stdout + doctor.stderr + run.stdout + run.stderr + everythingBelow(out);
    for (const secret of Object.values(env)) expect(written).not.toContain(secret);
    // What no rule knows is no pass.
    expect(run.code).not.toBe(0);
  });
});
