import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readObservationFile } from '../../harness/engine/record/observation-file.js';
import { cliFiles, onlyRunFolder, runCli, scratch } from '../support/run-cli.js';
import { namesIn } from '../support/run-record.js';

const place = scratch();
/** A file system of 64 KiB. Not everybody may mount one; the limit on the size of files below is there for all. */
const tiny = join(place.path, 'tiny');
mkdirSync(tiny);
const mounting = await runCli(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', tiny], { command: 'mount' });
const canMount = mounting.code === 0;

afterAll(async () => {
  if (canMount) await runCli([tiny], { command: 'umount' });
  place.remove();
});
const long = join(cliFiles, 'long.yaml');

/** Nothing in the folder may pass for a whole run, and what was written before can still be read. */
function expectCutRun(folder: string): void {
  expect(namesIn(folder)).toEqual(['observations.0.arrows', 'plan.json']);
  const batches = [...readObservationFile(join(folder, 'observations.0.arrows'))];
  expect(batches.reduce((rows, batch) => rows + batch.rows, 0)).toBeGreaterThan(0);
}

describe('a disk that is full', () => {
  it('ends the load with FP_DISK when the record may not grow', async () => {
    const out = join(place.path, 'limited');
    const junit = join(place.path, 'limited.xml');
    // A limit on the size of files, in KiB, needs no rights and is the same everywhere.
    const script = `ulimit -f 24; exec node dist/cli/main.js run '${long}' --json --junit '${junit}' --out '${out}'`;
    const { code, stdout, stderr } = await runCli(['-c', script], { command: 'bash' });
    expect(stderr).toMatch(/^error FP_DISK {2}cannot write .*observations\.0\.arrows: /m);
    expect(stderr).toContain('hint: free some space or choose another folder with --out');
    expect(stderr).toContain(`long has no verdict; what was seen of it is in ${onlyRunFolder(out)}`);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'undecided',
      exitCode: 4,
      scenarios: [],
      errors: [{ scenario: 'long', code: 'FP_DISK' }],
    });
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuite name="long"[^>]* errors="1"/);
    expect(code).toBe(4);
    expectCutRun(onlyRunFolder(out));
  });

  it('is an error too when only stdout cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { code, stderr } = await runCli(['explain', long], { stdout: full });
      expect(stderr).toMatch(/^error FP_DISK {2}cannot write the result to stdout: ENOSPC/);
      expect(code).toBe(4);
    } finally {
      closeSync(full);
    }
  });

  if (canMount) {
    it('ends the load with FP_DISK when the file system has no room left', async () => {
      const { code, stdout, stderr } = await runCli(['run', long, '--out', tiny]);
      expect(stderr).toMatch(/^error FP_DISK {2}cannot write .*observations\.0\.arrows: ENOSPC/m);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expectCutRun(onlyRunFolder(tiny));
    });
  }
});
