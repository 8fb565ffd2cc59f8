import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, scratch } from '../support/run-cli.js';
import { saveRunFolder } from '../support/saved-run-folder.js';
import { readXml } from '../unit/report/xml-reader.js';

const place = scratch();
afterAll(() => place.remove());

const name = '<script>alert("1")</script> \u202e =x|y \u{1f4a5}';
const plain = saveRunFolder(join(place.path, 'runs'), '20260102-030405-plain');
const hostile = saveRunFolder(join(place.path, 'runs'), '20260102-030406-hostile', {
  plan: { name: name.replaceAll('/', ''), claim: name },
});

const report = (...args: string[]) => runCli(['report', ...args]);

describe('report', () => {
  it('shows the verdict of a run on the terminal, with what is missing of it', async () => {
    const { code, stdout, stderr } = await report(plain);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^test-scenario {2}pass\n/);
    expect(stdout).toContain('series.json is not there');
  });

  it('makes the page in the folder of the run, and says so', async () => {
    const { code, stdout, stderr } = await report(plain, '--format', 'html');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`wrote ${join(plain, 'report.html')}`);
    const html = readFileSync(join(plain, 'report.html'), 'utf8');
    expect(html).toContain('"scenario":"test-scenario"');
    expect(html.length).toBeLessThan(1_000_000);
    expect(readdirSync(plain).filter((file) => file.endsWith('.part'))).toEqual([]);
  });

  it.each(['terminal', 'markdown', 'junit', 'json', 'html', 'csv', 'requests-csv'])(
    'as %s shows a name that would be markup as text',
    async (format) => {
      const { code, stdout } = await report(hostile, '--format', format, '--out', '-');
      expect(code).toBe(0);
      // Only JSON may hold it as it is, since nothing there acts.
      if (format === 'json') expect(JSON.parse(stdout).scenarios[0].claim).toBe(name);
      else expect(stdout).not.toMatch(/\u202e/);
      if (format === 'markdown' || format === 'junit' || format === 'html')
        expect(stdout).not.toContain('<script>alert');
      if (format === 'junit') expect(readXml(stdout).name).toBe('testsuites');
      if (format === 'requests-csv') expect(stdout.split('\r\n')).toHaveLength(402);
    },
  );

  it('takes a folder of runs for a suite, the oldest first', async () => {
    const { code, stdout } = await report(join(place.path, 'runs'), '--format', 'json');
    expect(code).toBe(0);
    const suite = JSON.parse(stdout);
    expect(suite.scenarios.map(({ scenario }: { scenario: string }) => scenario)[0]).toBe('test-scenario');
    expect(suite.scenarios).toHaveLength(2);
  });

  it('of a run without a verdict is undecided in every format, and says why', async () => {
    const cut = saveRunFolder(place.path, 'cut');
    rmSync(join(cut, 'verdict.json'));
    const formats = ['terminal', 'markdown', 'junit', 'json'];
    const results = await Promise.all(formats.map((format) => report(cut, '--format', format)));
    for (const { code, stdout } of results) {
      expect(code).toBe(0);
      expect(stdout.replaceAll(/\s+/g, ' ').replaceAll('\\', '')).toContain('verdict.json is not there');
    }
    expect(JSON.parse(results[3]?.stdout ?? '')).toMatchObject({
      verdict: 'undecided',
      errors: [{ scenario: 'test-scenario' }],
    });
  });

  it('writes tables of values into a file that is whole', async () => {
    const out = join(place.path, 'requests.csv');
    const { code, stderr } = await report(plain, '--format', 'requests-csv', '--out', out);
    expect(code).toBe(0);
    expect(stderr).toContain(`wrote ${out}`);
    expect(readFileSync(out, 'utf8').trimEnd().split('\r\n')).toHaveLength(401);
    expect(existsSync(`${out}.part`)).toBe(false);
  });

  it('ends when its reader has read enough', async () => {
    const script = '"$0" "$1" report "$2" --format csv | head -n 1';
    const main = join(import.meta.dirname, '../../dist/cli/main.js');
    const { code, stdout } = await runCli(['-c', script, process.execPath, main, plain], { command: 'sh' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'run,scenario,timeMs,binMs,actor,limit,what,value\r\n' });
  });

  it.each([
    [['nowhere'], 2, 'FP_RUN_UNREADABLE'],
    [[plain, hostile, '--format', 'html'], 2, 'FP_USAGE'],
    [[plain, '--open'], 2, 'FP_USAGE'],
    [[plain, '--format', 'pdf'], 2, 'FP_USAGE'],
    [[plain, '--format', 'json', '--out', join(place.path, 'no', 'such', 'file')], 4, 'FP_DISK'],
    [[plain, '--format', 'csv', '--out', join(place.path, 'no', 'such', 'file')], 4, 'FP_DISK'],
  ])('of %j ends with %i and %s', async (args, exit, error) => {
    const { code, stdout, stderr } = await report(...args);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toContain(`error ${error} `);
    expect(stderr).toContain('hint: ');
  });

  it('says of a folder in which nothing can be read what is wrong with each file', async () => {
    const spoilt = join(place.path, 'spoilt');
    mkdirSync(spoilt);
    for (const file of ['plan.json', 'verdict.json']) writeFileSync(join(spoilt, file), '{');
    const { code, stderr } = await report(spoilt);
    expect(code).toBe(2);
    expect(stderr.match(/^error FP_RUN_UNREADABLE/gm)).toHaveLength(3);
  });
});
