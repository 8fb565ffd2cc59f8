import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { readObservationFile } from '../../harness/engine/record/observation-file.js';
import { cliFiles, onlyRunFolder, runCli, scratch } from '../support/run-cli.js';
import { namesIn } from '../support/run-record.js';

const place = scratch();
afterAll(() => place.remove());
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
    // A limit on the size of files, in KiB, needs no rights and is the same everywhere.
    const script = `ulimit -f 24; exec node dist/cli/main.js run '${long}' --json --out '${out}'`;
    const { code, stdout, stderr } = await runCli(['-c', script], { command: 'bash' });
    expect(stderr).toMatch(/^error FP_DISK {2}cannot write .*observations\.0\.arrows: /m);
    expect(stderr).toContain('hint: free some space or choose another folder with --out');
    expect(stderr).toContain(`long has no verdict; what was seen of it is in ${onlyRunFolder(out)}`);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'undecided', exitCode: 4, scenarios: [] });
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

  // Only root may mount; everybody else has the limit above.
  if (process.getuid?.() === 0) {
    it('ends the load with FP_DISK when the file system has no room left', async () => {
      const out = join(place.path, 'tmpfs');
      mkdirSync(out);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', out]);
      try {
        const { code, stdout, stderr } = await runCli(['run', long, '--out', out]);
        expect(stderr).toMatch(/^error FP_DISK {2}cannot write .*observations\.0\.arrows: ENOSPC/m);
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expectCutRun(onlyRunFolder(out));
      } finally {
        execFileSync('umount', [out]);
      }
    });
  }
});
