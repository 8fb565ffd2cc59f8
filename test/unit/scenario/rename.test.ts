import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renameScenario } from '../../../harness/scenario/rename.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { fullScenario, goodPolicy, textReader } from '../../support/scenario-files.js';

const moved = (path: string): string => `deep/${path}`;

describe('renameScenario', () => {
  it('changes the name and every path of a file, and nothing else', () => {
    const text = renameScenario(fullScenario, { name: 'mine', movePath: moved });
    const policies = { 'a/deep/policy.yaml': goodPolicy, 'a/deep/weak.yaml': goodPolicy };
    const plan = loadScenario(textReader({ 'a/s.yaml': text, ...policies }), 'a/s.yaml');
    expect(plan.name).toBe('mine');
    expect(plan.policy.file).toBe('a/deep/policy.yaml');
    expect(plan.weak?.policy.file).toBe('a/deep/weak.yaml');
    expect(plan.traces.map(({ file }) => file)).toEqual(['a/deep/traces/t.csv']);
    const back = renameScenario(text, { name: 'everything', movePath: (path) => path.replace('deep/', '') });
    expect(parse(back)).toEqual(parse(fullScenario));
  });

  it('keeps comments and lines as they are written, and moves the schema that an editor follows', () => {
    const text = readFileSync('scenarios/release/replay.yaml', 'utf8');
    const renamed = renameScenario(text, { name: 'mine', movePath: moved });
    const changed = renamed.split('\n').filter((line, index) => line !== text.split('\n')[index]);
    expect(renamed.split('\n')).toHaveLength(text.split('\n').length);
    expect(changed).toEqual([
      '# yaml-language-server: $schema=deep/../../harness/scenario/schema/scenario.schema.json',
      'name: mine',
      'policy: deep/../policies/spot-exchange.yaml',
    ]);
  });

  it('quotes a path that is no plain word', () => {
    const renamed = renameScenario(fullScenario, { name: 'mine', movePath: () => '#1: a.yaml' });
    expect(parse(renamed)).toMatchObject({ policy: '#1: a.yaml', weak: { policy: '#1: a.yaml' } });
  });
});
