import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ErrorCode } from '../../harness/errors.js';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { onlyRunFolder, runCli, scratch } from '../support/run-cli.js';

const small = ['run', 'test/cli/files/small.yaml', '--engine', 'ts'];

function scratchFolder(): string {
  const folder = scratch();
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** A folder with these programs alone, and what they do, in the shell's words. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = join(scratchFolder(), 'bin');
  mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return folder;
}

describe('run --delay', () => {
  it('holds every answer back twice as long, says so, and plays the same again', async () => {
    const out = scratchFolder();
    const { code, stdout } = await runCli([...small, '--delay', '30ms', '--json', '--out', out]);
    expect(code).toBe(0);
    const [document] = (JSON.parse(stdout) as { scenarios: VerdictDocument[] }).scenarios;
    expect(document?.notes).toContain('a relay held what went between generator and target back by 30ms each way');
    const record = JSON.parse(readFileSync(join(onlyRunFolder(out), 'plan.json'), 'utf8'));
    expect(record.delay).toEqual({ us: 30_000, by: 'relay' });
    const again = await runCli(['replay', onlyRunFolder(out), '--out', scratchFolder()]);
    expect(again.stdout.replace(/\s+/g, ' ')).toContain('back by 30ms each way');
  });

  it('tells that this system has no netem, and what to do', async () => {
    const PATH = programs({ unshare: 'echo "Error: Specified qdisc kind is unknown." >&2; exit 2' });
    const { code, stderr } = await runCli([...small, '--delay', 'netem:20ms'], { env: { PATH } });
    expect(stderr).toContain(
      `error ${'FP_SYSTEM_ABSENT' satisfies ErrorCode}  this system cannot delay packets with netem: Error: Specified qdisc`,
    );
    expect(stderr).toContain('hint: use --delay 20ms');
    expect(code).toBe(4);
    const bare = await runCli([...small, '--delay', 'netem:20ms'], { env: { PATH: programs({}) } });
    expect(bare.stderr).toContain('netem: spawnSync unshare ENOENT');
    expect(bare.code).toBe(4);
  });

  it('plays the whole command in a network with netem where there is one', async () => {
    const said = join(scratchFolder(), 'said');
    const PATH = programs({
      // Without a namespace: what is asked of the network is noted, and nothing is changed.
      unshare: 'while [ "$1" != sh ]; do shift; done; exec /bin/sh "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9"',
      ip: `echo "ip $*" >> ${said}`,
      tc: `echo "tc $*" >> ${said}`,
    });
    const args = ['run', 'test/cli/files/bad.yaml', '--delay', 'netem:20ms'];
    const { code, stderr } = await runCli(args, { env: { PATH } });
    expect(readFileSync(said, 'utf8').split('\n').slice(2, 4)).toEqual([
      'ip link set lo up',
      'tc qdisc add dev lo root netem delay 20000us limit 100000',
    ]);
    // The exit code of what was played within.
    expect(stderr).toContain('error FP_METRIC_UNKNOWN');
    expect(code).toBe(2);
  });

  it.each([
    [['--target', 'core', '--delay', '20ms'], '--delay is for HTTP'],
    [['--target', 'http://127.0.0.1:1', '--delay', 'netem:20ms'], '--delay netem: is for the embedded gateway'],
    [['--target', 'http://127.0.0.1:1', '--pin', 'auto'], '--pin auto is for the embedded gateway'],
    [['--target', 'core', '--pin', 'auto'], '--pin auto is for the embedded gateway'],
    [['--delay', '20'], '--delay must be a duration'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli([...small, ...args]);
    expect(stderr).toContain(`error FP_USAGE  ${message}`);
    expect(code).toBe(2);
  });
});

describe('run --pin auto', () => {
  const noteOf = (stdout: string): string =>
    (JSON.parse(stdout) as { scenarios: VerdictDocument[] }).scenarios[0]?.notes.find((note) =>
      note.includes('pinned'),
    ) ?? '';

  it('gives gateway and generator cores of their own, or says why it does not', async () => {
    const { code, stdout } = await runCli([...small, '--pin', 'auto', '--json', '--out', scratchFolder()]);
    expect(code).toBe(0);
    expect(noteOf(stdout)).toMatch(
      /^the gateway was pinned to core \d+, the generator to [\d,]+$|^nothing is pinned to a core: .+$/,
    );
  });

  it('says that taskset is not there', async () => {
    const folder = programs({});
    symlinkSync(process.execPath, join(folder, 'node'));
    const { code, stdout } = await runCli([...small, '--pin', 'auto', '--json', '--out', scratchFolder()], {
      env: { PATH: folder },
    });
    expect(code).toBe(0);
    expect(noteOf(stdout)).toMatch(
      /^nothing is pinned to a core: ("taskset" .* is not on the PATH|--pin auto is for Linux)$/,
    );
  });
});
