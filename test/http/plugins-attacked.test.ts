/** A release scenario of the package against apps behind the plugins: it holds, and with a weakened policy it does not. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileReader } from '../../harness/cli/file-reader.js';
import type { SuiteDocument, VerdictDocument } from '../../harness/judge/verdict.js';
import { loadScenario } from '../../harness/scenario/scenario.js';
import { expressApp, fastifyApp, type People, peopleOf } from '../support/gated-apps.js';
import { projectRoot, runCli } from '../support/run-cli.js';
import { listen } from './listening.js';
import { temporaryFolder } from './temporary-folder.js';

const SEED = 1;
const exchange = join(projectRoot, 'scenarios/policies/spot-exchange.yaml');
const doubled = join(projectRoot, 'scenarios/policies/weakened/doubled-capacity.yaml');
const forgetful = join(projectRoot, 'scenarios/policies/weakened/no-replay-check.yaml');

/**
 * A busy machine delays requests, and makes no limiter leak: expectations about latency are left out, and a third of the
 * honest load is enough.
 */
function patient(scenario: string): string {
  const path = join(temporaryFolder(), `${scenario}.yaml`);
  const text = readFileSync(join(projectRoot, `scenarios/release/${scenario}.yaml`), 'utf8')
    .replaceAll('../policies/', `${projectRoot}scenarios/policies/`)
    .replace(/^generator:.*\n/m, 'generator: { ownDelayP99: 30s, ownDelayP99WorstSecond: 30s, sentShare: 10% }\n')
    .replace(/^ {2}- legit\.latency.*\n/gm, '')
    .replace('rate: 180/s', 'rate: 60/s');
  writeFileSync(path, text);
  return path;
}

const servers: Readonly<Record<string, (policy: string, people: People) => Promise<string>>> = {
  fastify: async (policy, people) => {
    const app = await fastifyApp({ policy }, people);
    await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(async () => {
      app.server.closeAllConnections();
      await app.close();
    });
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  },
  express: async (policy, people) => {
    const { server } = await expressApp({ policy }, people);
    return (await listen(server)).url;
  },
};

async function attack(framework: string, policy: string, scenario: string): Promise<VerdictDocument> {
  const file = patient(scenario);
  const people = peopleOf(loadScenario(fileReader, file), SEED);
  const url = (await servers[framework]?.(policy, people)) ?? '';
  const out = join(temporaryFolder(), 'runs');
  const args = ['run', file, '--target', url, '--seed', String(SEED), '--json', '--out', out];
  const { stdout, stderr } = await runCli(args, { deadlineMs: 90_000 });
  const [document] = (JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument).scenarios;
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return document;
}

describe.each(Object.keys(servers))('an app of %s behind the plugin', (framework) => {
  it.each(['order-flood-20x', 'replay'])('holds under %s', async (scenario) => {
    const document = await attack(framework, exchange, scenario);
    const notHeld = document.expectations
      .filter(({ pass }) => pass !== true)
      .map(({ text, evidence }) => [text, evidence]);
    expect(notHeld).toEqual([]);
    expect(document).toMatchObject({ verdict: 'pass', leaks: [] });
  });
});

describe('a weakened policy in a plugin', () => {
  it.each([
    { framework: 'fastify', policy: doubled, scenario: 'order-flood-20x', failed: 'abuse.leak <= 0' },
    { framework: 'express', policy: forgetful, scenario: 'replay', failed: 'abuse.replaysAccepted <= 0' },
  ])('is convicted in $scenario, in $framework', async ({ framework, policy, scenario, failed }) => {
    const document = await attack(framework, policy, scenario);
    expect(document.verdict).toBe('fail');
    expect(document.expectations.find(({ text }) => text === failed)?.pass).toBe(false);
  });
});
