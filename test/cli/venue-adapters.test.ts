import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { ownFiles } from '../support/own-api/own-files.js';
import { projectRoot, runCli, startCli } from '../support/run-cli.js';

/** A gateway in a venue's clothes whose accounts are those of a small scenario, under a limit on orders. */
async function startVenue(venue: string) {
  const folder = temporaryFolder();
  const { scenario, policy } = ownFiles(folder);
  writeFileSync(
    policy,
    `version: 1
name: small
auth: { profile: ${venue}, signed: [account, order.place, order.cancel, order.list], window: 5s, replay: allow }
limits:
  - { name: orders-key, match: [order.place], by: key, family: fixed-window, capacity: 10, window: 1s }
`,
  );
  const gateway = startCli(['gateway', '--venue', venue, '--policy', scenario, '--port', '0'], { deadlineMs: 120_000 });
  onTestFinished(async () => {
    gateway.child.kill('SIGINT');
    await gateway.ended;
  });
  const [url] = await gateway.waitFor('stdout', /http:\/\/127\.0\.0\.1:\d+/);
  const adapter = join(projectRoot, 'scenarios/adapters', `${venue}.yaml`);
  return { scenario, args: ['--target', url, '--adapter', adapter], out: join(folder, 'runs') };
}

describe.each(['binance', 'bybit'])('the adapter of %s', (venue) => {
  it('is understood by the gateway in its clothes, and a run by it passes', async () => {
    const { scenario, args, out } = await startVenue(venue);
    const run = await runCli(['run', scenario, ...args, '--json', '--out', out], { deadlineMs: 60_000 });
    const { scenarios, verdict } = JSON.parse(run.stdout) as SuiteDocument;
    expect(verdict).toBe('pass');
    expect(run.code).toBe(0);
    const { flooder, trader } = scenarios[0]?.actors ?? {};
    expect(trader).toMatchObject({ throttled: 0, refused: 0, errors: 0 });
    expect(flooder?.throttled).toBeGreaterThan(0);
    const doctor = await runCli(['doctor', ...args, '--policy', scenario], { deadlineMs: 60_000 });
    expect(doctor.stdout).not.toContain('bad ');
    expect(doctor.stdout).toContain('all was understood as it should be');
    expect(doctor.code).toBe(0);
  });
});
