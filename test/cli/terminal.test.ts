import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ESCAPE, PaperTerminal } from '../support/paper-terminal.js';
import { runOnTerminal } from '../support/pseudo-terminal.js';
import { cliFiles, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const small = join(cliFiles, 'small.yaml');
const long = join(cliFiles, 'long.yaml');
const core = ['--target', 'core', '--out', join(place.path, 'core')];
const colours = new RegExp(`${ESCAPE}\\[\\d+m`);

describe('--quiet', () => {
  it.each([
    [['--quiet', 'run', small, ...core]],
    [['run', small, '-q', ...core]],
    [['run', ...core, small, '--quiet']],
  ])('leaves the result alone, before and after the name of the command: %j', async (args) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^small {2}pass\n/);
  });

  it('is what makes the difference, and takes no error away', async () => {
    expect((await runCli(['run', small, ...core])).stderr).toMatch(/^saved in /m);
    const { code, stdout, stderr } = await runCli(['--quiet', 'run', 'gone.yaml']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error FP_FILE_UNREADABLE {2}cannot read gone\.yaml/);
  });

  it('draws nothing on a terminal either', async () => {
    const out = join(place.path, 'quiet.txt');
    const { code, written } = await runOnTerminal(['run', small, '--quiet', '--out', join(place.path, 'quiet')], {
      columns: 80,
      rows: 24,
      stdout: out,
    });
    expect({ code, written }).toEqual({ code: 0, written: '' });
    expect(readFileSync(out, 'utf8')).toMatch(/^small {2}pass\n/);
  });
});

describe('colours', () => {
  it.each([
    { args: [], env: {}, isColoured: false, because: 'nobody looks at a pipe' },
    { args: [], env: { FORCE_COLOR: '1' }, isColoured: true, because: 'they are wanted all the same' },
    { args: [], env: { FORCE_COLOR: '0' }, isColoured: false, because: 'they are not' },
    { args: [], env: { FORCE_COLOR: '1', NO_COLOR: '1' }, isColoured: false, because: 'the refusal goes first' },
    { args: ['--no-color'], env: { FORCE_COLOR: '1' }, isColoured: false, because: 'the option goes first' },
  ])('$args with $env: $isColoured, because $because', async ({ args, env, isColoured }) => {
    const { stdout } = await runCli([...args, 'run', small, ...core], { env });
    expect(colours.test(stdout)).toBe(isColoured);
  });
});

describe('on a terminal', () => {
  it('a run is drawn in whole frames, fits into the window, and leaves its last lines and the cursor', async () => {
    const terminal = new PaperTerminal(61, 24);
    const out = join(place.path, 'drawn.txt');
    const { code, written } = await runOnTerminal(['run', small, '--out', join(place.path, 'drawn')], {
      columns: 61,
      rows: 24,
      stdout: out,
    });
    expect(code).toBe(0);
    const [live = '', after = ''] = written.split(`${ESCAPE}[?25h`);
    // What stands below the live lines is not cut: it is told once, and may be broken.
    terminal.write(live);
    expect(after).toMatch(/^saved in /m);
    expect(after).not.toContain(ESCAPE);
    expect(terminal.seen[0]).toMatch(/^small {2}(?:attack|draining) /);
    expect(terminal.seen.filter((line) => line.startsWith('customers '))).toHaveLength(1);
    const begins = written.split(`${ESCAPE}[?2026h`).length - 1;
    expect(begins).toBeGreaterThan(3);
    expect(written.split(`${ESCAPE}[?2026l`).length - 1).toBe(begins);
    expect(written).toMatch(/ {2}\d s left/);
    expect(colours.test(written)).toBe(true);
    expect(colours.test(readFileSync(out, 'utf8'))).toBe(false);
  });

  it('a small window shows the busiest actors, without a line that the terminal would break', async () => {
    const terminal = new PaperTerminal(20, 4);
    const { written } = await runOnTerminal(['run', small, '--no-color', '--out', join(place.path, 'tiny')], {
      columns: 20,
      rows: 4,
      stdout: join(place.path, 'tiny.txt'),
    });
    expect(colours.test(written)).toBe(false);
    terminal.write(written.slice(0, written.lastIndexOf(`${ESCAPE}[?25h`)));
    expect(terminal.seen).toHaveLength(3);
    expect(terminal.seen[0]).toMatch(/^small {2}/);
  });

  it('one that knows no commands is given none', async () => {
    const { code, written } = await runOnTerminal(['run', small, '--out', join(place.path, 'dumb')], {
      columns: 80,
      rows: 24,
      env: { TERM: 'dumb' },
    });
    expect(code).toBe(0);
    expect(written).not.toContain(ESCAPE);
    expect(written).toMatch(/^small: attack, /m);
  });

  it('Ctrl-C leaves a clean screen: the last lines, what came of the run, and the cursor', async () => {
    const terminal = new PaperTerminal(100, 40);
    const { code, written } = await runOnTerminal(['run', long, '--out', join(place.path, 'stopped')], {
      columns: 100,
      rows: 40,
      typed: { after: /long {2}attack/, keys: '\u0003' },
      stdout: join(place.path, 'stopped.txt'),
    });
    expect(code).toBe(130);
    terminal.write(written);
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.seen[0]).toMatch(/^stopping: what was observed is being saved/);
    expect(terminal.seen[1]).toMatch(/^long {2}attack /);
    expect(terminal.seen.filter((line) => line.startsWith('customers '))).toHaveLength(1);
    expect(terminal.seen.join('\n')).not.toContain('^C');
    expect(readFileSync(join(place.path, 'stopped.txt'), 'utf8')).toMatch(/^long {2}INTERRUPTED\n/);
  });
});
