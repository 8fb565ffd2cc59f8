import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../harness/scenario/plan.js';
import { catalogueFiles, catalogueRows, readCatalogue } from '../../support/catalogue.js';
import { releaseFiles } from '../../support/scenario-files.js';

const rows = catalogueRows();
const files = catalogueFiles();
const { plans, waiting } = readCatalogue();
const byName = <T extends { readonly name: string }>(a: T, b: T): number => (a.name < b.name ? -1 : 1);
const fileOf = (policyPath: string | undefined): string => (policyPath ?? '').replace(/^.*policies\//, 'policies/');

/** The lines of comments that stand before the first key. */
function opening(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('#')),
  );
}

describe('the catalogue', () => {
  it('has the numbers 1 to 39, each once', () => {
    expect(rows.map(({ no }) => no)).toEqual(Array.from({ length: 39 }, (_, index) => index + 1));
  });

  it('lists every file, and no file that is not there', () => {
    expect(rows.map(({ file }) => file).sort()).toEqual([...files].sort());
  });

  it('names each scenario as its file is named', () => {
    for (const { name, file } of [...plans, ...waiting, ...rows]) expect(basename(file)).toBe(`${name}.yaml`);
  });

  it('has no name that a scenario of the release has', () => {
    const released = releaseFiles().map((file) => basename(file, '.yaml'));
    const names = [...rows.map(({ name }) => name), ...released];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('reads all files without a fault, as plans or as waiting for a part', () => {
    expect(plans.length + waiting.length).toBe(39);
    expect(waiting.map(({ name }) => name).sort()).toEqual([
      'key-rotation',
      'leaked-key',
      'push-fatigue',
      'residential-stuffing',
      'scope-escalation',
      'slow-requests',
      'subscribe-flood',
      'totp-guessing-parallel',
      'totp-guessing-slow',
    ]);
  });

  it('says in its table what stands in the files', () => {
    const told = [
      ...plans.map(({ name, policy, weak, needs }) => ({
        name,
        policy: fileOf(policy.file),
        weak: fileOf(weak?.policy.file),
        needs,
      })),
      ...waiting.map(({ name, policyFile, needs }) => ({ name, policy: fileOf(policyFile), weak: '', needs })),
    ];
    const listed = rows.map(({ name, policy, weak, needs }) => ({ name, policy, weak, needs }));
    expect(told.sort(byName)).toEqual(listed.sort(byName));
  });

  it.each(plans.map((plan) => [plan.name, plan] as const))('%s can be right, and can be wrong', (_, plan: Plan) => {
    expect(plan.weak?.fails.length).toBeGreaterThan(0);
    expect(plan.phases[0]?.name).toBe('calm');
    expect(plan.phases.length).toBeGreaterThanOrEqual(3);
    expect(plan.actors.some(({ label }) => label === 'legit')).toBe(true);
    expect(plan.tags.length).toBeGreaterThan(0);
    const isAttack = plan.actors.some(({ label }) => label === 'abuse');
    expect(plan.file.startsWith(isAttack ? 'scenarios/abuse/' : 'scenarios/load/')).toBe(true);
  });

  it.each(files)('%s opens with where its numbers come from', (file) => {
    const [schema, ...comments] = opening(file);
    expect(schema).toContain('scenario.schema.json');
    expect(comments.join(' ').length).toBeGreaterThan(200);
  });

  it.each([...new Set(plans.flatMap(({ weak }) => weak?.policy.file ?? []))])('%s names its mistake', (file) => {
    expect(opening(file)[0]).toMatch(/^# Weak on purpose: /);
  });
});
