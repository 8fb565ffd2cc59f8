import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, scratch, startCli } from '../support/run-cli.js';
import { saveRunFolder } from '../support/saved-run-folder.js';

const place = scratch();
afterAll(() => place.remove());

const whole = saveRunFolder(join(place.path, 'runs'), '20260102-030405-whole');

describe('a report', () => {
  it('takes the place of no pipe, in either way of writing', async () => {
    const pipe = join(place.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const format of ['csv', 'junit']) {
      const { code, stderr } = await runCli(['report', whole, '--format', format, '--out', pipe]);
      expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('it is a device or a pipe') });
    }
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(place.path).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('of a folder with a pipe for its plan does not wait for it, nor does a comparison', async () => {
    const folder = saveRunFolder(join(place.path, 'piped'), 'run');
    rmSync(join(folder, 'plan.json'));
    execFileSync('mkfifo', [join(folder, 'plan.json')]);
    expect(await runCli(['report', folder])).toMatchObject({ code: 0, stdout: expect.stringContaining('plan.json') });
    const compared = await runCli(['compare', whole, folder]);
    expect(compared).toMatchObject({ code: 2, stderr: expect.stringMatching(/FP_RUN_UNREADABLE.*plan can't be read/) });
  });

  it('that is interrupted while it is written leaves nothing of it', async () => {
    const file = join(place.path, 'long.csv');
    const folders = new Array<string>(500).fill(whole);
    const cli = startCli(['report', ...folders, '--format', 'requests-csv', '--out', file]);
    while (!existsSync(`${file}.part`) && cli.child.exitCode === null) await setTimeout(2);
    cli.child.kill('SIGINT');
    expect(await cli.ended).toMatchObject({ signal: 'SIGINT' });
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });
});

describe('the list in a browser', () => {
  it('says of a run of which nothing can be read why it has no page', async () => {
    const parent = join(place.path, 'damaged');
    const folder = join(parent, '20260102-030405-damaged');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'plan.json'), 'cut');
    const cli = startCli(['ui', parent, '--serve']);
    const [url] = await cli.waitFor('stdout', /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
    const list = await (await fetch(url)).text();
    const [, href = ''] = /href="(\/run[^"]+)"/.exec(list) ?? [];
    const page = await fetch(new URL(href.replaceAll('&amp;', '&'), url));
    expect(page.status).toBe(500);
    expect(page.headers.get('content-type')).toContain('text/plain');
    expect(await page.text()).toMatch(/holds nothing that can be read/);
    cli.child.kill('SIGINT');
    expect((await cli.ended).code).toBe(0);
  });
});
