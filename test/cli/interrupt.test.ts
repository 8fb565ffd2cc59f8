import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { readObservationFile } from '../../harness/engine/record/observation-file.js';
import { readRunRecord } from '../../harness/engine/record/run-folder.js';
import { planEndUs } from '../../harness/scenario/plan.js';
import {
  childrenOf,
  cliFiles,
  isRunning,
  onlyRunFolder,
  type RunningCli,
  runFolders,
  scratch,
  startCli,
  until,
} from '../support/run-cli.js';
import { countRecord, namesIn, verdictOf } from '../support/run-record.js';

const place = scratch();
afterAll(() => place.remove());
const long = join(cliFiles, 'long.yaml');

interface MidRun {
  readonly cli: RunningCli;
  readonly folder: string;
  readonly gatewayPid: number;
}

/** A run of a minute that has come to its second phase, two seconds after it began. The deadline is far from its end. */
async function midRun(name: string, args: readonly string[] = []): Promise<MidRun> {
  const out = join(place.path, name);
  const cli = startCli(['run', long, '--out', out, ...args], { deadlineMs: 40_000 });
  await cli.waitFor('stderr', /long: attack, /);
  const [gatewayPid, ...others] = childrenOf(cli.pid);
  expect(others).toEqual([]);
  return { cli, folder: onlyRunFolder(out), gatewayPid: gatewayPid ?? 0 };
}

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('stops the load at once on %s and saves what was seen', async (signal) => {
    const { cli, folder, gatewayPid } = await midRun(signal);
    cli.child.kill(signal);
    const { code, stdout, stderr } = await cli.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping: what was observed is being saved');
    expect(stdout).toMatch(/^long {2}INTERRUPTED\n/);
    const verdict = verdictOf(folder);
    expect(verdict.verdict).toBe('interrupted');
    const { plan } = readRunRecord(folder);
    expect(verdict.durationMs).toBeLessThan(planEndUs(plan) / 1000 / 2);
    expect(namesIn(folder)).toContain('observations.parquet');
    expect(await countRecord(folder, 'select count(*) from observations')).toBeGreaterThan(100);
    expect(isRunning(gatewayPid)).toBe(false);
  });

  it('given twice ends the process at once, even while something still hangs', async () => {
    const { cli, gatewayPid } = await midRun('twice');
    // A gateway that does not answer any more: its end would be waited for.
    process.kill(gatewayPid, 'SIGSTOP');
    try {
      cli.child.kill('SIGINT');
      await cli.waitFor('stderr', /once more: end at once/);
      cli.child.kill('SIGINT');
      const { code, signal } = await cli.ended;
      expect({ code, signal }).toEqual({ code: 130, signal: null });
      expect(isRunning(gatewayPid)).toBe(true);
    } finally {
      process.kill(gatewayPid, 'SIGCONT');
    }
    await until(() => !isRunning(gatewayPid), 'the gateway ends without its parent');
  });

  it('ends a suite: what comes after is not played', async () => {
    const junit = join(place.path, 'suite.xml');
    const { cli } = await midRun('suite', ['--repeat', '3', '--json', '--junit', junit]);
    cli.child.kill('SIGINT');
    const { code, stdout } = await cli.ended;
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'interrupted',
      exitCode: 130,
      scenarios: [{ scenario: 'long' }],
      errors: Array.from({ length: 2 }, () => ({ scenario: 'long', code: 'interrupted' })),
    });
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites [^>]*errors="3"/);
    expect(code).toBe(130);
    expect(runFolders(join(place.path, 'suite'))).toHaveLength(1);
  });
});

describe('a harness that is killed', () => {
  it('leaves a record that reads up to about a second before, no verdict and no gateway', async () => {
    const { cli, folder, gatewayPid } = await midRun('killed', ['--workers', '2']);
    cli.child.kill('SIGKILL');
    expect((await cli.ended).signal).toBe('SIGKILL');
    expect(namesIn(folder)).toEqual(['observations.0.arrows', 'observations.1.arrows', 'plan.json']);
    for (const worker of [0, 1]) {
      const batches = [...readObservationFile(join(folder, `observations.${worker}.arrows`))];
      const lastUs = Math.max(...batches.map(({ columns }) => columns.concludedUs.at(-1) ?? 0));
      // The second phase, in which it was killed, begins at 2 s.
      expect(lastUs).toBeGreaterThan(1_000_000);
    }
    await until(() => !isRunning(gatewayPid), 'the gateway ends without its parent');
  });
});

describe('a gateway that dies in the middle of a run', () => {
  it('ends the run with its reason, and no verdict', async () => {
    const { cli, folder, gatewayPid } = await midRun('dead-gateway');
    const record = join(folder, 'observations.0.arrows');
    await until(() => existsSync(record) && statSync(record).size > 0, 'rows are on the disk');
    process.kill(gatewayPid, 'SIGKILL');
    const { code, stdout, stderr } = await cli.ended;
    expect(stderr).toContain('error FP_GATEWAY_FAILED  the gateway process ended by itself (SIGKILL)');
    expect(stderr).toContain(`long has no verdict; what was seen of it is in ${folder}`);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(namesIn(folder)).toEqual(['observations.0.arrows', 'plan.json']);
    expect([...readObservationFile(record)].length).toBeGreaterThan(0);
  });
});
