import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunRecord } from '../../harness/engine/record/run-folder.js';
import { type CliResult, cliFiles, onlyRunFolder, runCli, scratch } from '../support/run-cli.js';
import { queryRecord } from '../support/run-record.js';

const place = scratch();
const first = join(place.path, 'first run');
const second = join(place.path, 'second run');
let replayed: CliResult;

beforeAll(async () => {
  await runCli([
    'run',
    join(cliFiles, 'small.yaml'),
    '--seed',
    '42',
    '--workers',
    '2',
    '--engine',
    'ts',
    '--out',
    first,
  ]);
  replayed = await runCli(['replay', onlyRunFolder(first), '--out', second]);
});
afterAll(() => place.remove());

const arrivals = `
  select "intendedUs", "identity", "requestClass" from observations where "kind" = 0
  order by "intendedUs", "identity", "requestClass"`;

describe('replay', () => {
  it('plays the same plan with the same seed and flags into a folder of its own', () => {
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toMatch(/^small {2}pass\n/);
    expect(replayed.stdout).toContain('seed 42, target gateway, engine ts');
    expect(readRunRecord(onlyRunFolder(second))).toEqual(readRunRecord(onlyRunFolder(first)));
  });

  it('wants the same of the same identities at the same moments', async () => {
    const before = await queryRecord(onlyRunFolder(first), arrivals);
    const after = await queryRecord(onlyRunFolder(second), arrivals);
    expect(before.length).toBeGreaterThan(200);
    expect(after).toEqual(before);
  });
});
