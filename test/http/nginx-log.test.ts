import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { knownFormats } from '../../harness/intake/known-fields.js';
import type { SuiteDocument, VerdictDocument } from '../../harness/judge/verdict.js';
import { needs } from '../support/needs.js';
import { runCli } from '../support/run-cli.js';
import { startNginx } from './nginx.js';
import { runFile } from './run-file.js';
import { temporaryFolder } from './temporary-folder.js';

const install = 'apt-get install nginx-light';
/** What `files/nginx.yaml` declares. */
const granted = { ratePerSecond: 10, burst: 20 };
const fine = '$remote_addr $msec $request_time "$request" $status $limit_req_status';
const combined = knownFormats.combined.replace('$remote_identity', '-');

interface Judged {
  readonly code: number | null;
  readonly document: VerdictDocument;
}

/** The clock of `limit_req` ticks as the kernel's coarse one, each 1 to 10 ms. */
async function judgeLog(file: string, policy: string, more: readonly string[]): Promise<Judged> {
  const path = join(temporaryFolder(), policy);
  const text = readFileSync(fileURLToPath(new URL(`files/${policy}`, import.meta.url)), 'utf8');
  writeFileSync(path, text.replace('resolution: 1ms', 'resolution: 10ms'));
  const { code, stdout, stderr } = await runCli(['judge', file, '--policy', path, '--json', ...more]);
  const [document] = (JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument).scenarios;
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return { code, document };
}

describe("nginx's own log of a flood, judged without its run", () => {
  it('repeats the verdict of the run: it is acquitted under the bucket that it is, and convicted under lesser ones', async (context) => {
    const folder = temporaryFolder();
    const logs = [
      { file: join(folder, 'fine.log'), format: fine },
      { file: join(folder, 'combined.log'), format: combined },
    ];
    const url = await startNginx(needs(context, 'nginx', install), granted, logs);
    const live = await runFile('steady-flood.yaml', url, { policy: 'nginx.yaml' });
    expect(live).toMatchObject({ exitCode: 0, document: { verdict: 'pass', leaks: [] } });
    const [fineLog, combinedLog] = logs.map(({ file }) => file) as [string, string];

    const right = await judgeLog(fineLog, 'nginx.yaml', ['--log-format', fine]);
    expect(right).toMatchObject({ code: 0, document: { verdict: 'pass', leaks: [] } });
    // The log tells of as many requests as the run does, its warm-up included, and of as many throttles.
    const { everyone } = right.document.actors;
    const { customers, flooder } = live.document.actors;
    expect(everyone?.throttled).toBe((customers?.throttled ?? 0) + (flooder?.throttled ?? 0));
    expect(everyone?.sent).toBeGreaterThanOrEqual((customers?.sent ?? 0) + (flooder?.sent ?? 0));

    for (const policy of ['nginx-smaller.yaml', 'nginx-slower.yaml']) {
      const lesser = await judgeLog(fineLog, policy, ['--log-format', fine]);
      expect(lesser, policy).toMatchObject({ code: 3, document: { verdict: 'fail' } });
      const [leak, ...others] = lesser.document.leaks;
      expect(others, policy).toEqual([]);
      expect(leak, policy).toMatchObject({ limit: 'by-ip', key: '127.1.0.11' });
      expect(leak?.excessCells, policy).toBeGreaterThanOrEqual(5);
    }

    const larger = await judgeLog(fineLog, 'nginx-larger.yaml', ['--log-format', fine, '--expect', 'all.leak <= 0']);
    expect(larger).toMatchObject({ code: 0, document: { verdict: 'pass' } });

    // Whole seconds see less, and accuse nobody either.
    const coarse = await judgeLog(combinedLog, 'nginx.yaml', []);
    expect(coarse).toMatchObject({ code: 0, document: { verdict: 'pass', leaks: [] } });
    expect(coarse.document.smallestProvableLeak).toBeGreaterThan(right.document.smallestProvableLeak ?? 0);
  });
});
