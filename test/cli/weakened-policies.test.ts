/** The harness catches gateways that are broken on purpose: each release scenario fails on the weakness it is made for. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { cliFiles, projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

/** Wide bounds for the generator: a busy machine delays requests, but does not make a limiter leak. */
const patience = 'generator: { ownDelayP99: 30s, ownDelayP99WorstSecond: 30s, sentShare: 10% }\n';

/** A copy of a release scenario that is never invalid. */
function patient(scenario: string): string {
  const text = readFileSync(join(projectRoot, `scenarios/release/${scenario}.yaml`), 'utf8');
  const path = join(place.path, `${scenario}.yaml`);
  const elsewhere = text.replaceAll('../policies/', `${projectRoot}scenarios/policies/`);
  writeFileSync(path, `${elsewhere.replace(/^generator:.*\n/m, '')}${patience}`);
  return path;
}

const families = join(cliFiles, 'families.yaml');

const weaknesses = [
  {
    policy: 'doubled-capacity',
    target: 'gateway',
    scenario: patient('order-flood-20x'),
    expectation: 'abuse.leak <= 0',
    evidence: /orders-key of \S+.* over the bound of \d+ /,
    limits: ['orders-key', 'private-account'],
  },
  {
    policy: 'no-replay-check',
    target: 'gateway',
    scenario: patient('replay'),
    expectation: 'abuse.replaysAccepted <= 0',
    evidence: /signature number \d+ was accepted \d+ times/,
    limits: [],
  },
  {
    policy: 'forwarded-leftmost',
    target: 'gateway',
    scenario: patient('forwarded-rotation'),
    expectation: 'abuse.leak <= 0',
    evidence: /ip-weight of 127(\.\d+){3}\b.* over the bound of \d+ /,
    limits: ['ip-weight'],
  },
  {
    policy: 'doubled-log',
    target: 'core',
    scenario: families,
    expectation: 'all.leak <= 0',
    evidence: /bybit-endpoint of \S+ order\.place: .* over the bound of 10 /,
    limits: ['bybit-endpoint'],
  },
  {
    policy: 'doubled-queue',
    target: 'core',
    scenario: families,
    expectation: 'all.leak <= 0',
    evidence: /gemini-private of \S+.* over the bound of \d+ /,
    limits: ['gemini-private'],
  },
  {
    policy: 'queue-without-waiting',
    target: 'core',
    scenario: families,
    expectation: 'all.leak <= 0',
    evidence: /gemini-private of \S+.* over the bound of \d+ /,
    limits: ['gemini-private'],
  },
];

describe('run --gateway-policy', () => {
  it.each(weaknesses)('catches $policy', async ({ policy, target, scenario, expectation, evidence, limits }) => {
    const weakened = `scenarios/policies/weakened/${policy}.yaml`;
    const args = [
      'run',
      scenario,
      '--target',
      target,
      '--gateway-policy',
      weakened,
      '--json',
      '--out',
      join(place.path, policy),
    ];
    const { code, stdout } = await runCli(args, { deadlineMs: 60_000 });
    expect(code).toBe(3);
    const suite = JSON.parse(stdout) as SuiteDocument;
    expect(suite).toMatchObject({ verdict: 'fail', exitCode: 3 });
    const [document] = suite.scenarios;
    const failed = document?.expectations.find((result) => result.text === expectation);
    expect(failed?.pass).toBe(false);
    expect(failed?.evidence.join('\n')).toMatch(evidence);
    const leaking = document?.leaks.map((leak) => leak.limit) ?? [];
    expect(leaking.filter((limit) => !limits.includes(limit))).toEqual([]);
    expect(leaking.length > 0).toBe(limits.length > 0);
    expect(document?.notes.join('\n')).toContain(`the ${target} enforced ${weakened}; the verdict is by`);
  });

  it.each(['native', 'ts'])('accuses nobody of the families as they are, enforced by %s', async (engine) => {
    const args = ['run', families, '--engine', engine, '--json', '--out', join(place.path, engine)];
    const { code, stdout } = await runCli(args, { deadlineMs: 60_000 });
    const [document] = (JSON.parse(stdout) as SuiteDocument).scenarios;
    expect(document).toMatchObject({ verdict: 'pass', engine, leaks: [] });
    expect(code).toBe(0);
  });
});
