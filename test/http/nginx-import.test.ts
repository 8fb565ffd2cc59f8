import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { needs } from '../support/needs.js';
import { runCli } from '../support/run-cli.js';
import { startNginx } from './nginx.js';
import { temporaryFolder } from './temporary-folder.js';

const install = 'apt-get install nginx-light';

/** The limits of `nginx.ts` as a person would have them in a file. */
function configOf(ratePerSecond: number, burst: number): string {
  return `limit_req_zone $binary_remote_addr zone=by_ip:1m rate=${ratePerSecond}r/s;
limit_req_status 429;
server { location / { limit_req zone=by_ip burst=${burst} nodelay; try_files /answer.json =404; } }
`;
}

const scenario = `version: 1
name: imported-flood
claim: One address that floods gets what the imported policy promises, and no more.
policy: policy.yaml
warmup: 500ms
phases: [{ name: flood, for: 3s }]
actors:
  - name: customers
    label: legit
    population: 5
    behaviour: retail-trader
    with: { orderShare: 0%, accountShare: 0% }
    arrivals: { process: poisson, rate: 5/s }
  - { name: flooder, label: abuse, behaviour: forwarded-rotation, arrivals: { process: constant, rate: 150/s } }
expect: [abuse.leak <= 0, abuse.throttled >= 50, legit.falseBlockRate <= 0%, legit.errorRate <= 0%]
generator: { ownDelayP99: 1min, ownDelayP99WorstSecond: 1min, sentShare: 50% }
`;

async function judged(url: string, config: string) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'nginx.conf'), config);
  writeFileSync(join(folder, 'scenario.yaml'), scenario);
  const policy = join(folder, 'policy.yaml');
  const made = await runCli(['import', join(folder, 'nginx.conf'), '--out', policy]);
  expect(made).toMatchObject({ code: 0 });
  expect((await runCli(['validate', policy])).stdout).toContain('valid policy (1 limit)');
  const args = ['run', join(folder, 'scenario.yaml'), '--target', url, '--json', '--out', join(folder, 'runs')];
  const { code, stdout, stderr } = await runCli(args);
  const [document] = (JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument).scenarios;
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return { code, document };
}

describe('nginx, judged by the policy that was imported from its own configuration', () => {
  it('is acquitted, and convicted by one that was imported from a stricter configuration', async (context) => {
    const url = await startNginx(needs(context, 'nginx', install), { ratePerSecond: 10, burst: 20 });
    expect(await judged(url, configOf(10, 20))).toMatchObject({ code: 0, document: { verdict: 'pass', leaks: [] } });
    const stricter = await judged(url, configOf(5, 5));
    expect(stricter).toMatchObject({ code: 3, document: { verdict: 'fail' } });
    expect(stricter.document.leaks).toMatchObject([{ limit: 'by-ip', key: expect.stringMatching(/^127\./) }]);
  });
});
