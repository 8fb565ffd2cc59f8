import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { explain, explainWaiting } from '../../../harness/scenario/explain.js';
import { loadScenario, loadScenarios } from '../../../harness/scenario/scenario.js';
import { fullScenario, goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

describe('explain', () => {
  it('says what a release scenario will do', async () => {
    const plan = loadScenario(fileReader, 'scenarios/release/credential-stuffing.yaml');
    await expect(explain(plan)).toMatchFileSnapshot('explain/credential-stuffing.txt');
  });

  it('says what the unusual parts of a plan mean', async () => {
    const scenario = goodScenario
      .replace(
        'abuse.leak <= 0',
        'legit.falseBlockRate in attack <= min(1%, 2x calm) (95%)\n  - all.admittedRate > 5/s',
      )
      .replace('during: attack', 'during: [calm, late]')
      .replace('actors:', '  - { name: late, for: 500ms }\nactors:')
      .replace('process: constant, rate: 200/s', 'process: ramp, from: 1/s, to: 50/s')
      .replace('phases:', 'warmup: 0s\nmaps: [OAT-015]\nphases:');
    const policy = `${goodPolicy
      .replace('limits:', 'clientIp: { trustedHop: 1 }\nnodes: 2\nslack: 3\nresolution: 1ms\nlimits:')
      .replace('cancel] }', 'cancel], replay: allow }')}    ban: { after: 9, for: 1h }
  - { name: log, match: "*", by: global, family: sliding-log, capacity: 50, window: 10s }
`;
    const plan = loadScenario(textReader({ 's.yaml': scenario, 'policy.yaml': policy }), 's.yaml');
    await expect(explain(plan)).toMatchFileSnapshot('explain/unusual.txt');
  });

  it('says what limits of every family promise', async () => {
    const policy = `${goodPolicy.replace('limits:', 'clientIp: { trustedProxies: [10.0.0.0/8] }\nlimits:')}    shadow: true
  - { name: counter, match: "*", by: [account, class], family: decaying-counter, capacity: 60, decay: 1/s, age: { order.cancel: [{ under: 5s, cells: 8 }, { under: 10s, cells: 6 }] } }
  - { name: queue, match: [order.place], by: key, family: leaky-queue, capacity: 10, queue: 5, refill: 10/s, kill: true }
  - { name: attempts, match: "*", by: ip, prefix: { v4: 24, v6: 128 }, family: fixed-window, capacity: 20, window: 1s, counts: all, ban: { after: 5, for: [2min, 1h], forget: 1d } }
  - { name: filled, match: [order.place], by: master, family: fill-counter, capacity: 50, window: 10s, fills: { order.place: 5 } }
  - { name: ratio, match: [order.place], by: key, family: ratio-monitor, capacity: 50, window: 1h, earns: { order.place: 9 } }
  - { name: log, match: "*", by: global, family: sliding-log, capacity: 500, window: 1s }
  - { name: weighted, match: "*", by: [ip, key], family: sliding-counter, capacity: 5, window: 1s }
  - { name: life, match: [order.place], by: key, family: earned-budget, capacity: 100, trickle: 10s, earns: { order.place: 1 } }
  - { name: spent, match: [order.place], by: key, family: earned-budget, capacity: 100, earns: { order.place: 1 } }
  - { name: flying, match: "*", by: account, family: concurrency, capacity: 4 }
`;
    const plan = loadScenario(textReader({ 's.yaml': goodScenario, 'policy.yaml': policy }), 's.yaml');
    const text = explain(plan);
    const start = text.indexOf('What the policy');
    await expect(text.slice(start, text.indexOf('What must hold'))).toMatchFileSnapshot('explain/families.txt');
  });

  it('says who the crowds are, when they come, and what surrounds the target', async () => {
    const files = {
      's.yaml': fullScenario,
      'policy.yaml': goodPolicy.replace('limits:', 'weaknesses: [batches-as-one]\nlimits:'),
      'weak.yaml': goodPolicy.replace('limits:', 'weaknesses: [late-charge]\nlimits:'),
    };
    await expect(explain(loadScenario(textReader(files), 's.yaml'))).toMatchFileSnapshot('explain/full.txt');
  });

  it('says of a scenario that waits what it waits for', async () => {
    const text = goodScenario
      .replace('phases:', 'maps: [T1621]\nneeds: [mfa, virtual-time]\nphases:')
      .replace('order-flood', 'push-storm')
      .replace('abuse.leak <= 0', 'abuse.pushes <= 3');
    const { waiting } = loadScenarios(textReader({ 's.yaml': text, 'policy.yaml': goodPolicy }), ['s.yaml']);
    await expect(waiting.map(explainWaiting).join('')).toMatchFileSnapshot('explain/waiting.txt');
  });

  it('says the same of the same plan', () => {
    const reader = textReader({ 's.yaml': goodScenario, 'policy.yaml': goodPolicy });
    expect(explain(loadScenario(reader, 's.yaml'))).toBe(explain(loadScenario(reader, 's.yaml')));
  });

  it('keeps descriptions within 100 characters a line', () => {
    const plan = loadScenario(fileReader, 'scenarios/release/replay.yaml');
    const described = explain(plan)
      .split('\n')
      .filter((line) => line.startsWith('    all ') || line.startsWith('    Sends'));
    expect(described.length).toBeGreaterThan(0);
    expect(described.filter((line) => line.length > 100)).toEqual([]);
  });
});
