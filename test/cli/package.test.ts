/**
 * The package as somebody gets it: what `npm pack` makes, put into an empty project. `npm install` of the tarball would ask a
 * registry for its dependencies, and no test asks anybody: so it is unpacked to where npm would put it, and of the packages
 * that this checkout has just those are linked beside it that the manifest names as dependencies.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SuiteDocument, VerdictDocument } from '../../harness/judge/verdict.js';
import { type CliResult, projectRoot, runCli, scratch } from '../support/run-cli.js';

const MEGABYTE = 1_000_000;
const place = scratch();
afterAll(() => place.remove());
const project = join(place.path, 'project');
const installed = join(project, 'node_modules/floodproof');
let files: readonly string[] = [];
let tarballBytes = 0;

/** No registry, no question about newer versions, no setting of whoever runs the tests. */
const offline = { npm_config_offline: 'true', npm_config_update_notifier: 'false', npm_config_fund: 'false' };

beforeAll(() => {
  // What is built lies there already, and building it anew under tests that use it would take it from under them.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', place.path];
  const told = execFileSync('npm', args, { cwd: projectRoot, encoding: 'utf8', env: { ...process.env, ...offline } });
  const [packed] = Object.values(JSON.parse(told)) as { filename: string; files: { path: string }[] }[];
  files = packed?.files.map(({ path }) => path) ?? [];
  const tarball = join(place.path, packed?.filename ?? '');
  tarballBytes = statSync(tarball).size;
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  const { bin, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    bin: { floodproof: string };
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) link(name);
  const main = join(installed, bin.floodproof);
  chmodSync(main, 0o755);
  mkdirSync(join(project, 'node_modules/.bin'));
  symlinkSync(main, join(project, 'node_modules/.bin/floodproof'));
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
}, 120_000);

function link(name: string): void {
  const to = join(project, 'node_modules', name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules', name), to);
}

async function inProject(command: string, args: readonly string[]): Promise<CliResult> {
  return await runCli(args, { command, cwd: project, env: offline, deadlineMs: 120_000 });
}

function npx(...args: readonly string[]): Promise<CliResult> {
  return inProject('npx', ['--no-install', 'floodproof', ...args]);
}

function verdictOf({ stdout, stderr }: CliResult): VerdictDocument {
  const [document] = (JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument).scenarios;
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return document;
}

describe('the package', () => {
  it('holds what it needs and nothing else, in less than three megabytes', () => {
    for (const wanted of [
      'dist/cli/main.js',
      'dist/web/page.html',
      'dist/plugins/express.d.ts',
      'docs/plugins.md',
      'harness/scenario/schema/policy.schema.json',
      'results/README.md',
      'scenarios/release/replay.yaml',
      'LICENSE',
    ]) {
      expect(files).toContain(wanted);
    }
    const allowed =
      /^(?:dist|docs|scenarios|harness\/(?:scenario|report)\/schema)\/|^results\/README\.md$|^[A-Z]+(?:\.md)?$/;
    const others = files.filter((path) => !allowed.test(path) && path !== 'package.json');
    expect(others).toEqual(addons().map((name) => `native/binding/${name}`));
    // Maps would lead to sources that are not there.
    expect(files.filter((path) => path.endsWith('.map') || path.includes('.built'))).toEqual([]);
    expect(tarballBytes).toBeLessThan(3 * MEGABYTE);
  });

  it('has no fault that publint knows', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('plays the scenarios that it brings, from a folder that has none', async () => {
    expect(await npx('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const run = await npx('run', 'scenarios/release/calm-baseline.yaml', '--target', 'core', '--json', '--out', 'runs');
    expect(run.code).toBe(0);
    expect(verdictOf(run)).toMatchObject({ verdict: 'pass', engine: addons().length > 0 ? 'native' : 'ts' });
    const missing = await npx('run', 'scenarios/release/no-such.yaml', '--target', 'core');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('FP_FILE_UNREADABLE') });
  });

  it("plays a scenario of the project's own, over HTTP against the gateway, and leaves a report", async () => {
    writeFileSync(join(project, 'own.yaml'), ownScenario);
    const run = await npx('run', 'own.yaml', '--json', '--out', 'own-runs');
    expect(verdictOf(run)).toMatchObject({ verdict: 'pass' });
    const [folder = ''] = readdirSync(join(project, 'own-runs'));
    expect(existsSync(join(project, 'own-runs', folder, 'verdict.json'))).toBe(true);
  });

  it('does without its addon, and says so in one line', async () => {
    const binding = join(installed, 'native/binding');
    const kept = join(place.path, 'binding');
    if (existsSync(binding)) execFileSync('mv', [binding, kept]);
    try {
      const args = ['run', 'scenarios/release/calm-baseline.yaml', '--target', 'core', '--out', 'ts-runs'];
      const json = verdictOf(await npx(...args, '--json'));
      expect(json).toMatchObject({ verdict: 'pass', engine: 'ts' });
      const { stdout, stderr } = await npx(...args);
      expect(`${stdout}${stderr}`.match(/addon is not built/g)).toHaveLength(1);
    } finally {
      if (existsSync(kept)) execFileSync('mv', [kept, binding]);
    }
  });

  it('is imported by each of its doors, and needs nothing that only its developers have', async () => {
    writeFileSync(join(project, 'doors.mjs'), doors);
    const { code, stdout, stderr } = await inProject(process.execPath, ['doors.mjs']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0 200 429 200 429\n', stderr: '' });
  });

  it.each(['node16', 'bundler'] as const)('is typed at each of its doors, found the way of %s', async (resolution) => {
    for (const name of ['@types/node', '@types/express']) {
      if (!existsSync(join(project, 'node_modules', name))) link(name);
    }
    writeFileSync(join(project, 'typed.ts'), typed);
    const compilerOptions = {
      module: resolution === 'bundler' ? 'esnext' : resolution,
      moduleResolution: resolution,
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const { code, stdout } = await inProject(process.execPath, [tsc, '-p', 'tsconfig.json']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});

function addons(): readonly string[] {
  return readdirSync(join(projectRoot, 'native/binding')).filter((name) => name.endsWith('.node'));
}

const ownScenario = `version: 1
name: own
claim: A flood of one key gets what the policy promises.
policy: node_modules/floodproof/scenarios/policies/spot-exchange.yaml
warmup: 0s
phases: [{ name: attack, for: 1s }]
generator: { ownDelayP99: 30s, ownDelayP99WorstSecond: 30s, sentShare: 10% }
actors:
  - { name: flooder, label: abuse, behaviour: order-flood, arrivals: { process: constant, rate: 60/s } }
expect: [abuse.leak <= 0]
`;

/** Fastify is a dependency of the package; the other app is a server of Node's own, as Express is none. */
const doors = `
import { createServer } from 'node:http';
import Fastify from 'fastify';
import { createGate } from 'floodproof/core';
import { assertLimiter } from 'floodproof/invariants';
import { openEngine, loadPolicy } from 'floodproof';
import fastifyGate from 'floodproof/fastify';
import { floodproof } from 'floodproof/express';

const policy = loadPolicy({ read: () => \`version: 1
name: small
limits: [{ name: ips, match: "*", by: ip, family: token-bucket, capacity: 1, refill: 1 per 1h }]
\`, resolve: () => '' }, 'small.yaml');
const spec = { classes: ['a'], limits: [], auth: null, originUs: 0 };
const decision = createGate(spec, [1, 2]).decide(0, 0, '', '', '', 0, 0, '', '');
if (typeof assertLimiter !== 'function' || typeof openEngine !== 'function') process.exit(1);
const options = { policy, classOf: { 'GET /a': 'ticker' } };
const app = Fastify();
await app.register(fastifyGate, options);
app.get('/a', async () => ({}));
const ask = async (url) => (await fetch(url)).status;
const inject = async () => (await app.inject({ url: '/a' })).statusCode;
const gate = await floodproof(options);
const server = createServer((request, response) => gate(request, response, () => response.end('{}')));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = \`http://127.0.0.1:\${server.address().port}/a\`;
console.log(decision, await inject(), await inject(), await ask(url), await ask(url));
server.close();
server.closeAllConnections();
`;

const typed = `
import type { RequestHandler } from 'express';
import Fastify from 'fastify';
import { createGate, type Gate } from 'floodproof/core';
import { assertLimiter } from 'floodproof/invariants';
import { loadPolicy, type Policy, type VerdictDocument } from 'floodproof';
import plugin, { type FastifyGateOptions, type GatePass } from 'floodproof/fastify';
import { type ExpressGate, floodproof } from 'floodproof/express';

const options: FastifyGateOptions = { policy: 'policy.yaml', classOf: { 'POST /orders': 'order.place' } };
const app = Fastify();
await app.register(plugin, options);
app.get('/a', { config: { floodproof: 'ticker' } }, async (request) => {
  const pass: GatePass | null = request.floodproof;
  return pass?.account;
});
app.floodproof.addKey({ id: 'a', account: 'b', secret: 'c' });
const gate: ExpressGate = await floodproof({ policy: 'policy.yaml', onDecision: ({ decision }) => void decision.length });
const handlers: RequestHandler[] = [gate, gate.as('order.place')];
// @ts-expect-error There is no such class.
gate.as('order.placed');
// @ts-expect-error A secret is no number.
gate.gate.addKey({ id: 'a', account: 'b', secret: 1 });
export const all: readonly [Gate | undefined, Policy | undefined, VerdictDocument | undefined] = [undefined, undefined, undefined];
export const functions = [createGate, assertLimiter, loadPolicy, handlers] as const;
`;
