import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { adapterJsonSchema, policyJsonSchema, scenarioJsonSchema } from '../../../harness/scenario/json-schema.js';
import { badPolicies } from '../../support/bad-files/policies.js';
import { fullScenario, goodPolicy, goodScenario } from '../../support/scenario-files.js';

const folder = 'harness/scenario/schema';
const files = readdirSync('scenarios', { recursive: true })
  .map((name) => join('scenarios', String(name)))
  .filter((name) => name.endsWith('.yaml'))
  .sort();

function validator(schema: string) {
  // Unions say their types in their members.
  return new Ajv({ strict: true, strictTypes: false }).compile(JSON.parse(schema));
}

const validators: Readonly<Record<string, ReturnType<typeof validator>>> = {
  [`${folder}/scenario.schema.json`]: validator(scenarioJsonSchema()),
  [`${folder}/policy.schema.json`]: validator(policyJsonSchema()),
  [`${folder}/adapter.schema.json`]: validator(adapterJsonSchema()),
};

describe('JSON Schema', () => {
  it('is committed as it is generated', async () => {
    await expect(scenarioJsonSchema()).toMatchFileSnapshot(`../../../${folder}/scenario.schema.json`);
    await expect(adapterJsonSchema()).toMatchFileSnapshot(`../../../${folder}/adapter.schema.json`);
    await expect(policyJsonSchema()).toMatchFileSnapshot(`../../../${folder}/policy.schema.json`);
  });

  it.each(files)('is named by %s, and accepts it', (file) => {
    const text = readFileSync(file, 'utf8');
    const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? 'none';
    const validate = validators[normalize(join(dirname(file), named))];
    if (validate === undefined) throw new Error(`${file} names no schema of ${folder}`);
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('accepts the smallest files and refuses an unknown key', () => {
    const [scenario, policy] = Object.values(validators);
    expect(scenario?.(parse(goodScenario))).toBe(true);
    expect(policy?.(parse(goodPolicy))).toBe(true);
    expect(scenario?.({ ...parse(goodScenario), warmpu: '1s' })).toBe(false);
  });

  it('accepts all that a file may say', () => {
    const validate = validators[`${folder}/scenario.schema.json`];
    validate?.(parse(fullScenario));
    expect(validate?.errors ?? []).toEqual([]);
  });

  it('leaves what is still to come open in a scenario that waits for a part, and in no other', () => {
    const validate = validators[`${folder}/scenario.schema.json`];
    const later = parse(goodScenario.replace('order-flood', 'push-storm'));
    expect(validate?.({ ...later, needs: ['http', 'mfa'] })).toBe(true);
    expect(validate?.({ ...later, needs: ['http'] })).toBe(false);
    expect(validate?.({ ...later, needs: ['mfa'], claim: 7 })).toBe(false);
  });

  it('refuses most of what the check refuses: shapes, not meanings', () => {
    const policy = validators[`${folder}/policy.schema.json`];
    const shapes = badPolicies.filter(({ faults }) =>
      faults.some((fault) => /^FP_(RATE_|COUNT|KEY|VALUE)/.test(fault)),
    );
    const missed = shapes.filter((file) => policy?.(parse(file.policy)) === true).map(({ because }) => because);
    expect(shapes.length).toBeGreaterThan(10);
    // A pattern knows no numbers.
    expect(missed).toEqual(['cells have an end']);
  });
});
