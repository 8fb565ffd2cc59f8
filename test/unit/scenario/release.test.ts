import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { createGate, Decision } from '../../../harness/core/index.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { expectedTraffic } from '../../../harness/scenario/expected-traffic.js';
import { type Label, type Plan, type Policy, planEndUs, requestClasses } from '../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { promisedCells } from '../../../harness/scenario/promise.js';
import { loadScenario, loadScenarios } from '../../../harness/scenario/scenario.js';
import { releaseFiles } from '../../support/scenario-files.js';
import { hashSecret } from '../core/specs.js';

const spotExchange = loadPolicy(fileReader, 'scenarios/policies/spot-exchange.yaml');

function weakened(name: string): Policy {
  return loadPolicy(fileReader, `scenarios/policies/weakened/${name}.yaml`);
}

function ratesOf(plan: Plan, label: Label): readonly number[] {
  return plan.phases.map(({ startUs, endUs }) => {
    const actors = plan.actors.filter((actor) => actor.label === label);
    const sums = actors.map((actor) => expectedTraffic(plan, actor, startUs, endUs).requests);
    return sums.reduce((sum, requests) => sum + requests, 0) / ((endUs - startUs) / 1_000_000);
  });
}

describe('the release suite', () => {
  const { plans } = loadScenarios(fileReader, releaseFiles());

  it('has its seven scenarios, named as their files', () => {
    expect(plans.map(({ name }) => name)).toEqual([
      'calm-baseline',
      'credential-stuffing',
      'forwarded-rotation',
      'order-flood-100x',
      'order-flood-20x',
      'order-flood-5x',
      'replay',
    ]);
    expect(plans.map(({ file }) => basename(file, '.yaml'))).toEqual(plans.map(({ name }) => name));
  });

  it('takes less than a minute of traffic', () => {
    const totalUs = plans.reduce((sum, plan) => sum + planEndUs(plan), 0);
    expect(totalUs).toBe(53_000_000);
  });

  it('sends what two cores can send: 150 to 250 honest and at most 1000 abusive requests a second', () => {
    for (const plan of plans) {
      for (const rate of ratesOf(plan, 'legit')) expect(rate).toBeGreaterThan(150);
      for (const rate of ratesOf(plan, 'legit')) expect(rate).toBeLessThan(250);
      for (const rate of ratesOf(plan, 'abuse')) expect(rate).toBeLessThanOrEqual(1_000);
    }
  });

  it('maps every attack to public catalogues and demands of every scenario that the honest are served', () => {
    for (const plan of plans) {
      const isAttack = plan.actors.some(({ label }) => label === 'abuse');
      expect(plan.maps.length > 0).toBe(isAttack);
      const texts = plan.expectations.map(({ text }) => text);
      expect(texts).toContain('legit.falseBlockRate <= 0.1%');
      expect(texts.some((text) => text.startsWith('legit.latency.p99 <= '))).toBe(true);
      expect(texts).toContain(isAttack ? 'abuse.leak <= 0' : 'all.leak <= 0');
    }
  });

  it('names the honest load of the baseline in every scenario', () => {
    const [baseline, ...others] = plans.map(({ actors }) =>
      actors.filter(({ label }) => label === 'legit').map(({ active: _, ...actor }) => actor),
    );
    for (const other of others) expect(other).toEqual(baseline);
  });
});

describe('a weakened policy of families', () => {
  const { name: _name, file: _file, ...right } = loadPolicy(fileReader, 'scenarios/policies/families.yaml');

  it.each([
    { weakness: 'doubled-log', limit: 'bybit-endpoint', change: { capacity: 20 } },
    { weakness: 'doubled-queue', limit: 'gemini-private', change: { capacity: 20, queueCells: 10 } },
    {
      weakness: 'queue-without-waiting',
      limit: 'gemini-private',
      change: { family: 'token-bucket', capacity: 15, queueCells: undefined },
    },
  ])('$weakness differs in $limit alone', ({ weakness, limit, change }) => {
    const { name, file, ...weak } = weakened(weakness);
    expect(weak).toEqual({
      ...right,
      limits: right.limits.map((each) => (each.name === limit ? { ...each, ...change } : each)),
    });
    expect(name).toBe(`families-${weakness}`);
    expect(fileReader.read(file).split('\n')[0]).toMatch(/^# Weak on purpose: /);
  });
});

describe('a weakened policy', () => {
  const { name: _name, file: _file, ...right } = spotExchange;

  it('doubled-capacity differs in the capacities alone', () => {
    const { name, file, ...weak } = weakened('doubled-capacity');
    const limits = right.limits.map((limit) => ({ ...limit, capacity: 2 * limit.capacity }));
    expect(weak).toEqual({ ...right, limits });
    expect(name).toBe('spot-exchange-doubled-capacity');
    expect(fileReader.read(file).split('\n')[0]).toMatch(/^# Weak on purpose: /);
  });

  it('no-replay-check differs in the replay check alone', () => {
    const { name, file, ...weak } = weakened('no-replay-check');
    expect(weak).toEqual({ ...right, auth: { ...right.auth, replay: 'allow' } });
    expect(name).toBe('spot-exchange-no-replay-check');
    expect(fileReader.read(file).split('\n')[0]).toMatch(/^# Weak on purpose: /);
  });

  it("forwarded-leftmost differs in the caller's address alone", () => {
    const { name, file, ...weak } = weakened('forwarded-leftmost');
    expect(weak).toEqual({ ...right, clientIp: { from: 'forwarded-leftmost' } });
    expect(name).toBe('spot-exchange-forwarded-leftmost');
    expect(fileReader.read(file).split('\n')[0]).toMatch(/^# Weak on purpose: /);
  });
});

/** Sends one actor's constant stream to a gate in virtual time: cells of one key above what the limit promises, at worst. */
function worstExcess(file: string, limitName: string, policy: Policy, freshIp: boolean): number {
  const plan = loadScenario(fileReader, file);
  const attacker = plan.actors.find(({ label }) => label === 'abuse');
  const limit = spotExchange.limits.find(({ name }) => name === limitName);
  if (attacker?.arrivals.process !== 'constant' || limit === undefined)
    throw new Error('no constant attack on a limit');
  const requestClass = requestClasses.findIndex(
    (_, index) => (limit.costs[index] ?? 0) > 0 && isSent(attacker.behaviour, index),
  );
  const gate = createGate(compilePolicy(policy, 0), hashSecret);
  const gapUs = (1_000_000 * attacker.population) / attacker.arrivals.ratePerSecond;
  const [span] = attacker.active;
  const lengthUs = span === undefined ? 0 : span.endUs - span.startUs;
  let admitted = 0;
  let worst = Number.NEGATIVE_INFINITY;
  for (let i = 0; i * gapUs < lengthUs; i++) {
    const nowUs = Math.floor(i * gapUs);
    const ip = freshIp ? `10.0.${i >> 8}.${i & 255}` : '127.0.0.9';
    // Every attempt of a stuffing names another account.
    if (gate.limit(nowUs, requestClass, ip, `account-${i}`, 'key') === Decision.admitted) admitted += 1;
    worst = Math.max(worst, admitted - (promisedCells(spotExchange, limit, nowUs) ?? 0));
  }
  return worst;
}

function isSent(behaviour: string, requestClass: number): boolean {
  const name = requestClasses[requestClass];
  if (behaviour === 'order-flood') return name === 'order.place';
  return behaviour === 'credential-stuffing' ? name === 'login' : name === 'ticker';
}

describe('the pressure of an attack', () => {
  it.each([
    { name: 'order-flood-5x', limit: 'orders-key', weak: 'doubled-capacity', excess: 20 },
    { name: 'order-flood-20x', limit: 'orders-key', weak: 'doubled-capacity', excess: 20 },
    { name: 'order-flood-100x', limit: 'orders-key', weak: 'doubled-capacity', excess: 20 },
    { name: 'credential-stuffing', limit: 'login-ip', weak: 'doubled-capacity', excess: 15 },
    { name: 'forwarded-rotation', limit: 'ip-weight', weak: 'forwarded-leftmost', excess: 700 },
  ])(
    'of $name proves $weak by $excess cells, and nothing against the right policy',
    ({ name, limit, weak, excess }) => {
      const file = `scenarios/release/${name}.yaml`;
      expect(worstExcess(file, limit, spotExchange, false)).toBeLessThanOrEqual(0);
      const found = worstExcess(file, limit, weakened(weak), weak === 'forwarded-leftmost');
      // The last cell may come back between two requests.
      expect(found).toBeGreaterThanOrEqual(excess - 1);
    },
  );
});
