import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder, type RunRecord, readRunRecord, writeWhole } from '../../../harness/engine/record/run-folder.js';
import { anExpectation, aPlan, aTokenBucket } from '../../support/plan-builder.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'floodproof-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const startedAt = new Date('2026-11-24T22:54:07.123Z');

test('a folder bears time and scenario, and a second one of the same second gets a number', () => {
  const runs = join(parent, 'results', 'runs');
  expect(RunFolder.create(runs, 'replay', startedAt).path).toBe(join(runs, '20261124-225407-replay'));
  expect(RunFolder.create(runs, 'replay', startedAt).path).toBe(join(runs, '20261124-225407-replay-2'));
});

test('a parent that can not be made is a fault of the disk', () => {
  writeFileSync(join(parent, 'file'), '');
  expect(() => RunFolder.create(join(parent, 'file', 'runs'), 'replay', startedAt)).toThrowError(
    expect.objectContaining({ code: 'FP_DISK' }),
  );
});

test('a file is there whole or not at all, and no temporary file stays', () => {
  const folder = RunFolder.create(parent, 'replay', startedAt);
  folder.write('verdict.json', 'first');
  folder.write('verdict.json', 'second');
  expect(readFileSync(folder.file('verdict.json'), 'utf8')).toBe('second');
  mkdirSync(folder.file('taken'));
  expect(() => writeWhole(folder.file('taken'), 'x')).toThrowError(expect.objectContaining({ code: 'FP_DISK' }));
  expect(readdirSync(folder.path).sort()).toEqual(['taken', 'verdict.json']);
});

test.each([
  { text: null, because: 'there is no plan' },
  { text: '{"schema":', because: 'it is cut off' },
  { text: '{"schema":"floodproof/run/0"}', because: 'it is of another version' },
  { text: '{"schema":"floodproof/run/1","plan":{"schema":"x"}}', because: 'its plan is of another version' },
])('a folder is no run when $because', ({ text }) => {
  if (text !== null) writeFileSync(join(parent, 'plan.json'), text);
  expect(() => readRunRecord(parent)).toThrowError(expect.objectContaining({ code: 'FP_RUN_UNREADABLE' }));
});

const plan = aPlan({ expectations: [anExpectation('abuse.leak', '<=', 0)] });
const record: RunRecord = {
  schema: 'floodproof/run/1',
  plan,
  seed: 7,
  engine: 'auto',
  workers: 2,
  target: 'gateway',
  gatewayPolicy: plan.policy,
  arrivalsMax: null,
};

test('a record is read back as it was written', () => {
  writeFileSync(join(parent, 'plan.json'), JSON.stringify(record));
  expect(readRunRecord(parent)).toEqual(record);
});

test.each([
  { damage: { target: undefined }, at: 'target' },
  { damage: { seed: 1.5 }, at: 'seed' },
  { damage: { seed: '7' }, at: 'seed' },
  { damage: { engine: 'rust' }, at: 'engine' },
  { damage: { workers: 0 }, at: 'workers' },
  { damage: { workers: 33 }, at: 'workers' },
  { damage: { arrivalsMax: -1 }, at: 'arrivalsMax' },
  { damage: { gatewayPolicy: {} }, at: 'gatewayPolicy.name' },
  { damage: { plan: { ...plan, actors: {} } }, at: 'plan.actors' },
  { damage: { plan: { ...plan, phases: [] } }, at: 'plan.phases' },
  { damage: { plan: { ...plan, expectations: null } }, at: 'plan.expectations' },
  {
    damage: { plan: { ...plan, policy: { ...plan.policy, limits: [{ name: 'x' }] } } },
    at: 'plan.policy.limits.0.family',
  },
  {
    damage: { plan: { ...plan, policy: { ...plan.policy, limits: [{ ...aTokenBucket(), by: 'key' }] } } },
    at: 'plan.policy.limits.0.by',
  },
  {
    damage: { plan: { ...plan, policy: { ...plan.policy, limits: [{ ...aTokenBucket(), ageCosts: [[{}]] }] } } },
    at: 'plan.policy.limits.0.ageCosts.0.0.underUs',
  },
  { damage: { plan: { ...plan, name: '../../elsewhere' } }, at: 'plan.name' },
])('a record with a damaged $at is no run, and the place is named', ({ damage, at }) => {
  writeFileSync(join(parent, 'plan.json'), JSON.stringify({ ...record, ...damage }));
  expect(() => readRunRecord(parent)).toThrowError(
    expect.objectContaining({ code: 'FP_RUN_UNREADABLE', message: expect.stringContaining(`of floodproof: ${at}: `) }),
  );
});
