import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { cliFiles, projectRoot, runCli, runFolders, scratch, startCli } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';

const place = scratch();
afterAll(() => place.remove());

const small = join(cliFiles, 'small.yaml');
const policy = join(cliFiles, 'policy.yaml');
mkdirSync(join(place.path, 'empty'));
writeFileSync(join(place.path, 'broken.json'), '');

/** Somebody else's server. */
async function withServer<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What the embedded gateway cannot enforce. */
const log = join(place.path, 'log.yaml');
writeFileSync(
  log,
  `version: 1
name: log
auth: { signed: [order.place] }
limits:
  - { name: orders, match: [order.place], by: key, family: sliding-log, capacity: 5000, window: 1s }
`,
);

describe('exit code 2: bad usage or file', () => {
  it.each([
    { args: ['rum', small], says: ["FP_USAGE  unknown command 'rum'", 'did you mean run?', '"floodproof --help"'] },
    {
      args: ['run', small, '--sed', '7'],
      says: ["unknown option '--sed'", 'did you mean --seed?', '"floodproof run --help"'],
    },
    {
      args: ['run', small, '--seed', 'nonsense'],
      says: ["'nonsense' is invalid", 'a whole number from 0 to 4294967295'],
    },
    { args: ['run', small, '--seed', '-1'], says: ["'-1' is invalid"] },
    { args: ['run', small, '--seed', '1.5'], says: ["'1.5' is invalid"] },
    { args: ['run', small, '--seed', '4294967296'], says: ["'4294967296' is invalid"] },
    { args: ['run', small, '--workers', '0'], says: ["'0' is invalid", 'from 1 to 32'] },
    { args: ['run', small, '--repeat'], says: ["'--repeat <n>' argument missing"] },
    { args: ['run', small, '--engine', 'natve'], says: ["'natve' is invalid", 'auto, native, ts'] },
    { args: ['run'], says: ['FP_USAGE  name scenario files or folders, or --tag', '"floodproof run --help"'] },
    { args: ['gateway'], says: ['FP_USAGE  nothing says which limits the gateway has'] },
    { args: ['gateway', '--venue', 'binanse'], says: ["option '--venue <name>' argument 'binanse' is invalid"] },
    {
      args: ['gateway', '--venue', 'binance', '--policy', policy],
      says: ['FP_USAGE', 'and clients of Binance spot sign by binance'],
    },
    { args: ['replay', 'a', 'b'], says: ["too many arguments for 'replay'"] },
    { args: ['run', 'gone.yaml'], says: ['FP_FILE_UNREADABLE  cannot read gone.yaml: there is no such file'] },
    { args: ['run', 'package.json/x.yaml'], says: ['FP_FILE_UNREADABLE', 'a part of the path is not a folder'] },
    { args: ['run', join(place.path, 'empty')], says: ['FP_FILE_EMPTY', 'holds no .yaml file'] },
    { args: ['run', 'scenarios/policies/weakened'], says: ['FP_FILE_KIND', 'the file is a policy'] },
    { args: ['run', policy], says: ['FP_FILE_KIND', 'the file is a policy'] },
    { args: ['run', small, '--gateway-policy', 'gone.yaml'], says: ['FP_FILE_UNREADABLE  cannot read gone.yaml'] },
    {
      args: ['run', small, '--gateway-policy', policy, '--target', 'http://127.0.0.1:1'],
      says: ['FP_USAGE  --gateway-policy is for the embedded gateway'],
    },
    {
      args: ['run', small, '--target', 'gatway'],
      says: ['FP_USAGE', '--target gatway is neither "gateway" nor "core" nor a URL'],
    },
    {
      args: ['doctor', '--target', '127.0.0.1:13000', '--adapter', 'scenarios/adapters/binance.yaml'],
      says: ['FP_USAGE', 'did you mean http://127.0.0.1:13000'],
    },
    {
      args: ['doctor', '--target', 'gateway', '--adapter', 'scenarios/adapters/binance.yaml'],
      says: ['FP_USAGE  --target gateway is no URL', 'write --target http://127.0.0.1:PORT'],
    },
    {
      args: ['capture', '--to', '127.0.0.1:13000'],
      says: ['FP_USAGE  --to 127.0.0.1:13000 has no scheme', 'did you mean http://127.0.0.1:13000'],
    },
    { args: ['run', small, '--target', 'ftp://127.0.0.1'], says: ['FP_USAGE', 'ftp: is not supported'] },
    { args: ['run', small, '--gateway-policy', log], says: ['FP_LIMIT_MEMORY', 'FP_GATE_INVALID'] },
    { args: ['replay', 'gone'], says: ['FP_RUN_UNREADABLE  gone holds no run: gone/plan.json is not there'] },
    { args: ['replay', join(place.path, 'broken.json')], says: ['FP_RUN_UNREADABLE', 'holds no run'] },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(args);
    for (const text of says) expect(stderr).toContain(text);
    expect(stderr).toMatch(/^error FP_[A-Z_]+ {2}\S.*(\n.*)*\n {2}hint: \S.*\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a replay of what is no run says so and does not fall over', async () => {
    for (const text of [
      '',
      'null',
      '[]',
      '{"schema":"floodproof/run/0"}',
      '{"schema":"floodproof/run/1","plan":null}',
    ]) {
      writeFileSync(join(place.path, 'empty/plan.json'), text);
      const { code, stderr } = await runCli(['replay', join(place.path, 'empty')]);
      expect(stderr).toContain('plan.json is not a run of this version');
      expect(code).toBe(2);
    }
  });

  it.each(['run', 'explain', 'validate'])(
    '%s lists all faults of a bad file at once, with their places',
    async (command) => {
      const { code, stdout, stderr } = await runCli([command, 'test/cli/files/bad.yaml']);
      expect(stderr.match(/^error .*$/gm)).toEqual([
        'error FP_DURATION_INVALID  test/cli/files/bad.yaml:5:29',
        'error FP_KEY_MISSING  test/cli/files/bad.yaml:7:5',
        'error FP_VALUE_UNKNOWN  test/cli/files/bad.yaml:8:12',
        'error FP_KEY_UNKNOWN  test/cli/files/bad.yaml:11:5',
        'error FP_METRIC_UNKNOWN  test/cli/files/bad.yaml:13:11',
        'error FP_FILE_INVALID  5 faults in test/cli/files/bad.yaml',
      ]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
  );

  it('no command at all is no fault: it is answered with what people do first', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(stdout).toContain('floodproof run scenarios/release');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

const refusedByProc = [
  { flag: '--out', value: '/proc/floodproof-test/runs', says: 'FP_DISK  cannot make a run folder in /proc/' },
  { flag: '--junit', value: '/proc/floodproof-test/a.xml', says: 'FP_DISK  cannot make the folder of /proc/' },
];

describe('exit code 4: environment', () => {
  it('a target that is not loopback is refused with the reason, before anything is sent', async () => {
    const { code, stdout, stderr } = await runCli(['run', small, '--target', 'http://192.0.2.1/', '--out', place.path]);
    expect(stderr).toContain('FP_TARGET_FORBIDDEN  --target http://192.0.2.1/: 192.0.2.1 is not a loopback address');
    expect(stderr).toContain("needs its owner's consent");
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  it('probe is for loopback alone', async () => {
    const { code, stderr } = await runCli(['probe', '--target', 'http://10.9.8.7/']);
    expect(stderr).toContain('FP_TARGET_FORBIDDEN');
    expect(stderr).toContain('10.9.8.7 is not a loopback address; probe is for loopback alone');
    expect(code).toBe(4);
  });

  it('a target where nothing listens is one error, however many scenarios there are', async () => {
    const port = await withServer(async (taken) => taken);
    const { code, stdout, stderr } = await runCli(['run', small, small, '--target', `http://127.0.0.1:${port}`]);
    expect(stderr.match(/FP_TARGET_UNREACHABLE {2}nobody answers at /g)).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  it('a port that somebody else has is no port for the gateway', async () => {
    await withServer(async (port) => {
      const { code, stdout, stderr } = await runCli(['gateway', '--policy', policy, '--port', String(port)]);
      expect(stderr).toMatch(new RegExp(`FP_PORT_TAKEN  .*${port}`));
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    });
  });

  it.each([
    { flag: '--out', value: 'package.json', says: 'FP_DISK  cannot make a run folder in package.json' },
    {
      flag: '--junit',
      value: 'package.json/suite.xml',
      says: 'FP_DISK  cannot make the folder of package.json/suite.xml',
    },
    // A file system that says "no such file" to whoever makes a folder in it.
    ...(process.platform === 'linux' ? refusedByProc : []),
  ])('$flag $value cannot be written', async ({ flag, value, says }) => {
    const { code, stdout, stderr } = await runCli(['run', small, '--out', place.path, flag, value]);
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  describe('without the addon', () => {
    // A package as it is where nothing native was built: the same code, with no native folder beside it.
    const bare = join(place.path, 'bare');
    mkdirSync(bare);
    cpSync(join(projectRoot, 'dist'), join(bare, 'dist'), { recursive: true });
    cpSync(join(projectRoot, 'package.json'), join(bare, 'package.json'));
    symlinkSync(join(projectRoot, 'node_modules'), join(bare, 'node_modules'));
    const main = join(bare, 'dist/cli/main.js');

    it.each([
      { args: ['run', small], because: 'a run demands it' },
      { args: ['gateway', '--policy', policy, '--port', '0'], because: 'the gateway demands it' },
    ])('--engine native ends with the reason and two ways out ($because)', async ({ args }) => {
      const { code, stdout, stderr } = await runCli([...args, '--engine', 'native'], { main });
      expect(stderr).toContain('FP_ENGINE_ABSENT  the native engine is absent: the addon is not built for');
      expect(stderr).toContain('npm run build:native');
      expect(stderr).toContain('--engine ts');
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    });

    it('--engine auto plays on with TypeScript, and the verdict says why', async () => {
      const out = join(place.path, 'auto');
      const { code, stdout } = await runCli(['run', small, '--json', '--out', out], { main });
      const [scenario] = (JSON.parse(stdout) as SuiteDocument).scenarios;
      expect(scenario).toMatchObject({ engine: 'ts', verdict: 'pass' });
      expect(scenario?.versions.commit).toBe('none');
      expect(scenario?.notes).toEqual([expect.stringContaining('TypeScript engine: the addon is not built for')]);
      expect(code).toBe(0);
    });
  });
});

describe('exit codes of verdicts', () => {
  it('3 when an expectation did not hold, with the evidence and the command that plays it again', async () => {
    const out = join(place.path, 'strict');
    const { code, stdout } = await runCli(['run', join(cliFiles, 'too-strict.yaml'), '--out', out]);
    expect(stdout).toMatch(/^too-strict {2}FAIL\n/);
    expect(stdout).toMatch(/^ {2}abuse\.throttled <= 0 +0 +\d+ +FAIL\n +- flooder: sent \d+, /m);
    expect(stdout).toContain(`\nreplay: node dist/cli/main.js replay ${runFolders(out)[0]}`);
    expect(code).toBe(3);
  });

  it('5 when the generator fell behind: nothing is blamed on the target then', async () => {
    const out = join(place.path, 'invalid');
    const cli = startCli(['run', join(cliFiles, 'timely.yaml'), '--out', out]);
    await cli.waitFor('stderr', /calm, /);
    // Not scheduled by the system for a while: what is due meanwhile is handed over late.
    cli.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    cli.child.kill('SIGCONT');
    const { code, stdout } = await cli.ended;
    expect(stdout).toMatch(/^timely {2}INVALID\n/);
    expect(stdout).toMatch(/the generator handed requests over [\d.]+ ms late/);
    expect(code).toBe(5);
    expect(verdictOf(runFolders(out)[0] as string).verdict).toBe('invalid');
  });
});
