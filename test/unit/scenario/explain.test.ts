import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { explain } from '../../../harness/scenario/explain.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

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
