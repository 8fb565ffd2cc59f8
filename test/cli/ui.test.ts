import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openerOf } from '../../harness/cli/open-file.js';
import { aPlan } from '../support/plan-builder.js';
import { runCli, scratch, startCli, until } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';
import { savedRows, saveRunFolder } from '../support/saved-run-folder.js';

const place = scratch();
afterAll(() => place.remove());

const runs = join(place.path, 'runs');
const rows = (count: number) => ({ rows: savedRows(count) });
saveRunFolder(runs, '20260101-000000-a', { ...rows(4), verdict: { startedAt: '2026-01-01T00:00:00.000Z' } });
const newest = saveRunFolder(runs, '20260102-000000-a', {
  ...rows(8),
  verdict: { startedAt: '2026-01-02T00:00:00.000Z' },
});

describe('ui', () => {
  it('lists the runs, the newest first, with their size', async () => {
    const { code, stdout } = await runCli(['ui', runs]);
    expect(code).toBe(0);
    const [head, first, second, sum] = stdout.split('\n');
    expect(head).toMatch(/^started \(UTC\) +verdict +scenario +target +policy +held +requests +size +folder/);
    expect(first).toMatch(
      /^2026-01-02 00:00:00 {2}pass +test-scenario +gateway +judged +1 of 1 +8 +[\d.]+ kB +20260102-000000-a$/,
    );
    expect(second).toMatch(/^2026-01-01 00:00:00 /);
    expect(sum).toMatch(/^2 runs, /);
  });

  it('writes the list as a page that links to the pages that there are', async () => {
    const listed = join(place.path, 'listed runs');
    const name = '20260103-000000-a b#"<';
    const paged = saveRunFolder(listed, name, rows(4));
    saveRunFolder(listed, '20260104-000000-bare', rows(4));
    writeFileSync(join(paged, 'report.html'), 'the page');
    const file = join(listed, 'index.html');
    const { code, stdout } = await runCli(['ui', listed, '--html', file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const hrefs = [...readFileSync(file, 'utf8').matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(hrefs).toEqual(['20260103-000000-a%20b%23%22%3C/report.html']);
    expect(readFileSync(new URL(hrefs[0] ?? '', pathToFileURL(file)), 'utf8')).toBe('the page');
    expect(readFileSync(file, 'utf8')).toContain('20260104-000000-bare');
    expect((await runCli(['ui', listed, '--html', file, '--prune'])).stderr).toContain('FP_USAGE');
  });

  it('tells the history of a metric, with the change to the run before', async () => {
    const { code, stdout } = await runCli(['ui', runs, '--metric', 'all.sent']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test-scenario: all\.sent at gateway\n/);
    expect(stdout).toMatch(/2026-01-01 00:00:00 +pass +4 +#{10} .*\n2026-01-02 00:00:00 +pass +8 +#{20} +\+100 % /);
  });

  it('tells a history for each target and enforced policy, whose names stand above it', async () => {
    const mixed = join(place.path, 'mixed');
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    const none = { ...aPlan().policy, file: 'none.yaml' };
    saveRunFolder(mixed, '20260101-000000-a', { ...rows(4), verdict: { startedAt: at(1) } });
    saveRunFolder(mixed, '20260102-000000-a', { ...rows(8), verdict: { startedAt: at(2), target: 'core' } });
    saveRunFolder(mixed, '20260103-000000-a', { ...rows(6), verdict: { startedAt: at(3) }, gatewayPolicy: none });
    const faults = ['the generator fell behind'];
    const generator = { ...verdictOf(join(mixed, '20260101-000000-a')).generator, faults };
    const invalid = { startedAt: at(4), verdict: 'invalid' as const, generator };
    saveRunFolder(mixed, '20260104-000000-a', { ...rows(40), verdict: invalid });
    const { code, stdout } = await runCli(['ui', mixed, '--metric', 'all.sent']);
    expect(code).toBe(0);
    expect(stdout.match(/^test-scenario: .*/gm)).toEqual([
      'test-scenario: all.sent at core',
      'test-scenario: all.sent at gateway, which enforced none.yaml',
      'test-scenario: all.sent at gateway',
    ]);
    expect(stdout).not.toMatch(/% {2}/);
    expect(stdout).toMatch(/20260101-000000-a\n2026-01-04 00:00:00 +INVALID +\(40\) +20260104-000000-a\n/);
  });

  it('names folders whole where stdout is no terminal, marks edited ones, and tells those that can not be used', async () => {
    const odd = join(place.path, 'odd');
    const name = `20260101-000000-${'long-'.repeat(20)}name`;
    saveRunFolder(odd, name, { ...rows(4), verdict: { verdict: 'fail' } });
    mkdirSync(join(odd, 'notes'));
    writeFileSync(join(odd, 'notes', 'verdict.json'), '[]');
    const { stdout } = await runCli(['ui', odd], { env: { COLUMNS: '80' } });
    const [, line, sum, fault, unusable, ...more] = stdout.split('\n');
    expect(line).toMatch(new RegExp(`^2026.* FAIL ! .* ${name}$`));
    expect(sum).toMatch(/^1 run, /);
    expect(fault).toMatch(new RegExp(`^! ${name}: verdict.json contradicts itself`));
    expect(unusable).toMatch(/^1 folder holds nothing of a run that can be read: notes \(verdict\.json can't/);
    expect(more).toEqual(['']);
    rmSync(join(odd, name), { recursive: true });
    const none = await runCli(['ui', odd]);
    expect(none.stderr).toMatch(/^no run lies in .*\n1 folder holds nothing of a run that can be read: notes /);
  });

  it('names the metrics that there are when none is of that name', async () => {
    const { code, stderr } = await runCli(['ui', runs, '--metric', 'all.sentt']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no run tells the metric all\.sentt\n.*abuse\.leak/);
  });

  it('says what pruning would remove, and removes it when told to', async () => {
    const old = join(place.path, 'old');
    const gone = saveRunFolder(old, '20260101-000000-a', rows(4));
    saveRunFolder(old, '20260102-000000-a', { ...rows(4), verdict: { startedAt: '2026-01-03T00:00:00.000Z' } });
    const dry = await runCli(['ui', old, '--prune', '--keep', '1', '--older-than', '30d']);
    expect(dry.stdout).toMatch(
      /^would go: 20260101-000000-a, .*\n1 run of 2 would go, .*; add --yes to remove them\n$/,
    );
    expect(existsSync(gone)).toBe(true);
    const wet = await runCli(['ui', old, '--prune', '--keep', '1', '--yes']);
    expect(wet).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed 1 of 2 runs, /) });
    expect(existsSync(gone)).toBe(false);
  });

  it.each([
    [[join(place.path, 'nowhere')], 'FP_RUN_UNREADABLE'],
    [[runs, '--yes'], 'FP_USAGE'],
    [[runs, '--older-than', '30d'], 'FP_USAGE'],
    [[runs, '--prune', '--metric', 'all.sent'], 'FP_USAGE'],
    [[runs, '--prune', '--keep', '-1'], 'FP_USAGE'],
    [[runs, '--older-than', '30m', '--prune'], 'FP_USAGE'],
    [[runs, '--open', '--prune'], 'FP_USAGE'],
  ])('of %j is refused with %s', async (args, error) => {
    const { code, stderr } = await runCli(['ui', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error ${error} `);
  });

  it('opens the page of the newest run in a browser when asked to, and makes it where it is not there', async () => {
    const bin = join(place.path, 'bin');
    const said = join(place.path, 'said');
    mkdirSync(bin);
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > '${said}.part'; mv '${said}.part' '${said}'\n`, {
      mode: 0o755,
    });
    const { code } = await runCli(['ui', runs, '--open'], { env: { PATH: `${bin}:${process.env.PATH}` } });
    expect(code).toBe(0);
    await until(() => existsSync(said), 'the browser was called');
    expect(readFileSync(said, 'utf8')).toBe(`file://${join(newest, 'report.html')}\n`);
    expect(existsSync(join(newest, 'report.html'))).toBe(true);
  });

  it('says which page to open by hand where there is no browser', async () => {
    const { code, stderr } = await runCli(['ui', runs, '--open'], { env: { PATH: join(place.path, 'nowhere') } });
    expect(code).toBe(4);
    expect(stderr).toMatch(/error FP_SYSTEM_ABSENT .*\n.*open it yourself: file:\/\//);
  });

  it('serves list and pages on loopback to whoever has the token, and nothing else', async () => {
    const cli = startCli(['ui', runs, '--serve']);
    const [url] = await cli.waitFor('stdout', /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
    const list = await (await fetch(url)).text();
    const [, href = ''] = /href="(\/run[^"]+20260102[^"]+)"/.exec(list) ?? [];
    const page = await fetch(new URL(href.replaceAll('&amp;', '&'), url));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('"scenario":"test-scenario"');
    const away = new URL(href.replaceAll('&amp;', '&').replace(/name=.*$/, 'name=..%2Fold'), url);
    expect((await fetch(away)).status).toBe(404);
    expect((await fetch(new URL('/', url))).status).toBe(404);
    cli.child.kill('SIGINT');
    expect((await cli.ended).code).toBe(0);
  });

  it.each([
    ['linux', { command: 'xdg-open', args: ['file:///a'] }],
    ['darwin', { command: 'open', args: ['file:///a'] }],
    ['win32', { command: 'cmd', args: ['/c', 'start', '""', 'file:///a'] }],
  ] as const)('asks on %s the command that opens files there', (platform, opener) => {
    expect(openerOf(platform, 'file:///a')).toEqual(opener);
  });
});
