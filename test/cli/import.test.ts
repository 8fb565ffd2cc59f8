import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const write = (name: string, text: string): string => {
  const path = join(place.path, name);
  writeFileSync(path, text);
  return path;
};

const config = `limit_req_zone $binary_remote_addr zone=one:1m rate=10r/s;
limit_req_zone $uri zone=two:1m rate=10r/s;
server { limit_req zone=one burst=5 nodelay; limit_req zone=two; limit_req_status 429; }
`;

describe('floodproof import', () => {
  it('prints the policy, and on stderr what it could not read', async () => {
    const { code, stdout, stderr } = await runCli(['import', write('one.conf', config)]);
    expect(code).toBe(0);
    expect(stdout).toContain('  - name: one\n');
    expect(stderr).toContain('not as it stands: line 2: the limits of zone "two" are left out');
  });

  it('writes it into a file, and never over one', async () => {
    const out = join(place.path, 'policy.yaml');
    const file = write('two.conf', config);
    const made = await runCli(['import', file, '--out', out]);
    expect(made.stdout).toContain(`written: ${out} (1 limit)`);
    const text = readFileSync(out, 'utf8');
    const again = await runCli(['import', file, '--out', out]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('FP_USAGE');
    expect(readFileSync(out, 'utf8')).toBe(text);
  });

  it('ends with the reasons when nothing is left, and with all faults when the file is broken', async () => {
    const none = await runCli(['import', write('none.conf', 'server { listen 80; }')]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('FP_CONVERT_EMPTY');
    const broken = await runCli(['import', write('bad.conf', 'limit_req_zone a zone=b rate=0r/s;\n}')]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/FP_FOREIGN_VALUE.*bad\.conf:1:1/);
    expect(broken.stderr).toMatch(/FP_FOREIGN_SYNTAX.*bad\.conf:2:1/);
  });
});
