import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { loadScenarios } from '../../harness/cli/load.js';
import { recordedNeeds, withNeeds } from '../../harness/cli/recorded-callers.js';
import { type Plan, requestClasses } from '../../harness/scenario/plan.js';
import { onlyRunFolder, projectRoot, runCli, scratch, startCli } from '../support/run-cli.js';
import { sharedTrace } from '../support/traces.js';

const policy = join(projectRoot, 'scenarios/policies/spot-exchange.yaml');

function folder(): string {
  const made = scratch();
  onTestFinished(() => made.remove());
  return made.path;
}

function makeFolder(path: string): string {
  mkdirSync(path);
  return path;
}

interface Verdict {
  readonly verdict: string;
  readonly decisionHash: string | null;
  readonly generator: { readonly asked: number };
}

async function play(scenario: string, ...args: string[]): Promise<{ verdict: Verdict; out: string }> {
  const out = join(folder(), 'runs');
  const { code, stderr } = await runCli(['run', scenario, '--out', out, ...args], { deadlineMs: 90_000 });
  const verdict = JSON.parse(readFileSync(join(onlyRunFolder(out), 'verdict.json'), 'utf8')) as Verdict;
  expect([0, 3, 5], stderr).toContain(code);
  return { verdict, out: onlyRunFolder(out) };
}

/** Requests by class, and by class of each caller in the order of their counts, as files of requests say them. */
function asked(path: string): { readonly classes: Record<string, number>; readonly callers: readonly string[] } {
  const classes: Record<string, number> = {};
  const callers = new Map<string, Record<string, number>>();
  for (const file of readdirSync(path).filter((name) => name.endsWith('.csv'))) {
    for (const line of readFileSync(join(path, file), 'utf8').split('\n').slice(1)) {
      const [, who = '', name = ''] = line.split(',');
      if (name === '') continue;
      classes[name] = (classes[name] ?? 0) + 1;
      const own = callers.get(`${file}/${who}`) ?? {};
      own[name] = (own[name] ?? 0) + 1;
      callers.set(`${file}/${who}`, own);
    }
  }
  const mixes = [...callers.values()].map((own) => requestClasses.map((name) => own[name] ?? 0).join());
  return { classes: Object.fromEntries(Object.entries(classes).sort()), callers: mixes.sort() };
}

const har = {
  log: {
    version: '1.2',
    entries: [
      {
        startedDateTime: '2026-01-01T00:00:00.000Z',
        request: {
          method: 'GET',
          url: 'http://x/v1/ticker?symbol=BTC-USDT',
          headers: [{ name: 'Cookie', value: 'a=SECRET1' }],
        },
      },
      {
        startedDateTime: '2026-01-01T00:00:00.500Z',
        request: {
          method: 'POST',
          url: 'http://x/v1/login',
          headers: [],
          postData: { mimeType: 'application/json', text: '{"username":"eve","password":"SECRET2"}' },
        },
      },
      {
        startedDateTime: '2026-01-01T00:00:01.000Z',
        request: {
          method: 'POST',
          url: 'http://x/v1/orders?signature=SECRET3',
          headers: [{ name: 'X-Api-Key', value: 'SECRET4' }],
          postData: {
            mimeType: 'application/json',
            text: '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"100","quantity":"1"}',
          },
        },
      },
      {
        startedDateTime: '2026-01-01T00:00:01.200Z',
        request: { method: 'PUT', url: 'http://x/elsewhere', headers: [] },
      },
      {
        startedDateTime: '2026-01-01T00:00:01.500Z',
        request: { method: 'DELETE', url: 'http://x/v1/orders/77', headers: [{ name: 'X-Api-Key', value: 'SECRET4' }] },
      },
    ],
  },
};

describe('floodproof record', () => {
  test('makes a scenario of a HAR whose decisions are the same on both engines, and writes no secret', async () => {
    const path = folder();
    const file = join(path, 'app.har');
    writeFileSync(file, JSON.stringify(har));
    const out = join(path, 'mine.yaml');
    const { code, stdout, stderr } = await runCli(['record', file, '--policy', policy, '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('4 requests in 2 s, of har');
    expect(stdout).toContain(
      '1 left out: no class for PUT\n    to ask them too: --class "order.amend=PUT /elsewhere"\n',
    );
    expect(stdout).toContain('headers not asked again: cookie, x-api-key');
    expect(stdout).toContain('fields made anew or taken out: body password, body username, query signature');
    const texts = readdirSync(path)
      .filter((name) => name !== 'app.har')
      .map((name) => readFileSync(join(path, name), 'utf8'));
    expect(texts.join('')).not.toMatch(/SECRET|eve/);
    expect(texts.join('')).toContain('"{""username"":""{{account}}"",""password"":""{{password}}""}"');
    expect(asked(path).classes).toEqual({ login: 1, 'order.cancel': 1, 'order.place': 1, ticker: 1 });
    const [ts, native] = [
      await play(out, '--target', 'core', '--engine', 'ts'),
      await play(out, '--target', 'core', '--engine', 'native'),
    ];
    expect(ts.verdict.verdict).toBe('pass');
    expect(native.verdict.decisionHash).toBe(ts.verdict.decisionHash);
    expect(ts.verdict.decisionHash).not.toBe(null);
  });

  test('names paths without a class, what its scenario needs, and the target that it is to be played at', async () => {
    const path = folder();
    const entry = (who: string, method: string, at: string, second: number) => ({
      startedDateTime: `2026-01-01T00:00:0${second}.000Z`,
      request: { method, url: `http://127.0.0.1:4321${at}`, headers: [] },
      _who: who,
    });
    const entries = [
      entry('c1', 'GET', '/api/price?pass=Xx01', 0),
      entry('c1', 'POST', '/api/orders', 1),
      entry('c2', 'GET', '/api/price', 2),
      entry('c2', 'POST', '/api/login', 3),
      entry('c3', 'GET', '/api/price', 4),
    ];
    const file = join(path, 'own.har');
    writeFileSync(file, JSON.stringify({ log: { version: '1.2', entries } }));
    const bare = await runCli(['record', file, '--policy', policy, '--out', join(path, 'bare.yaml')]);
    const options = '--class "order.place=POST /api/orders" --class "login=POST /api/login"';
    expect(bare.stdout).toContain(`2 left out: no class for POST\n    to ask them too: ${options}\n`);
    const classes = ['--class', 'order.place=POST /api/orders', '--class', 'login=POST /api/login'];
    const adapter = join(projectRoot, 'test/cli/files/init-adapter.yaml.txt');
    const out = join(path, 'mine.yaml');
    const made = await runCli(['record', file, '--policy', policy, '--adapter', adapter, ...classes, '--out', out]);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain('needs for it: 1 key, one for each caller that signs; 1 account to log in with\n');
    expect(made.stdout).toMatch(
      /run \S+mine\.yaml --target http:\/\/127\.0\.0\.1:4321 --adapter \S+init-adapter\.yaml\.txt\n?$/m,
    );
    const { plans } = loadScenarios([out]);
    const plan = plans[0] as Plan;
    const world = buildWorld(plan, 1);
    const all = [...world.registered];
    const needed = withNeeds(all, await recordedNeeds(plan, world, 1));
    expect(all.map(({ keyId }) => keyId !== '')).toEqual([true, true, true]);
    expect(needed.map(({ keyId }) => keyId !== '').sort()).toEqual([false, true]);
    const explained = await runCli(['explain', out]);
    expect(explained.stdout).toContain('as many arrivals as the recording has\n');
    const played = await runCli(['run', out, '--out', join(path, 'runs')]);
    expect([played.code, played.stderr]).toEqual([
      2,
      expect.stringMatching(/FP_USAGE.*does not have: GET \/api\/price, POST .*--target http:\/\/127\.0\.0\.1:PORT/s),
    ]);
    expect(readdirSync(path)).not.toContain('runs');
  });

  test('reads combined and common logs alone, and says so of another', async () => {
    const file = join(folder(), 'mine.log');
    writeFileSync(file, '127.0.0.1 1764190000 GET /api/price 200\n');
    const { code, stderr } = await runCli(['record', file]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/combined or the common log format; the first is "127/)]);
  });

  test('says everything that is wrong with --class at once, never writes over a file, and names what it can not read', async () => {
    const path = folder();
    const file = join(path, 'app.har');
    writeFileSync(file, JSON.stringify(har));
    const wrong = await runCli([
      'record',
      file,
      '--class',
      'nope=GET /',
      '--class',
      'ticker=/x',
      '--out',
      join(path, 'a.yaml'),
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/FP_USAGE.*"nope=GET \/", "ticker=\/x"/)]);
    const looped = await runCli(['record', file, '--loop']);
    expect([looped.code, looped.stderr]).toEqual([2, expect.stringContaining('--for')]);
    writeFileSync(join(path, 'b.app.csv'), '');
    writeFileSync(join(path, 'b.yaml'), 'mine');
    const there = await runCli(['record', file, '--out', join(path, 'b.yaml')]);
    expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('is there already')]);
    expect(readFileSync(join(path, 'b.yaml'), 'utf8')).toBe('mine');
    writeFileSync(join(path, 'cut.har'), '{"log":');
    const cut = await runCli(['record', join(path, 'cut.har')]);
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('FP_TRACE_FORMAT')]);
    const gone = await runCli(['record', join(path, 'gone.har')]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('FP_TRACE_FILE')]);
  });

  test('plays the log of a site as market data, sped up and thinned', async (context) => {
    const path = folder();
    const log = sharedTrace(context, 'elastic-apache/apache_logs');
    const out = join(path, 'site.yaml');
    const args = ['--format', 'access-log', '--as', 'house', '--speed', '3600', '--keep', '50%', '--policy', policy];
    const { code, stdout, stderr } = await runCli(['record', log, ...args, '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ticker-callers: 1,75\d callers, 9,99\d requests \(ticker 9,99\d\)/);
    const { verdict } = await play(out, '--target', 'core');
    // Half of 9,99x, give or take five standard deviations.
    expect(verdict.generator.asked).toBeGreaterThan(4_750);
    expect(verdict.generator.asked).toBeLessThan(5_250);
  });
});

const scenario = `version: 1
name: first
claim: Customers trade.
policy: ${policy}
warmup: 0s
phases: [{ name: calm, for: 4s }]
actors:
  - name: traders
    label: legit
    population: 6
    behaviour: retail-trader
    with: { orderShare: 50%, cancelShare: 60%, thinkTime: 100ms }
    arrivals: { process: constant, rate: 20/s }
  - { name: readers, label: legit, population: 3, behaviour: heavy-requests, arrivals: { process: constant, rate: 2/s } }
  - { name: visitors, label: legit, population: 2, behaviour: login, arrivals: { process: constant, rate: 1/s } }
expect:
  - legit.falseBlockRate <= 1%
`;

describe('the round trip', () => {
  test('a run, captured and recorded, asks the same of the same number of callers when it is run again', async () => {
    const path = folder();
    const first = join(path, 'first.yaml');
    writeFileSync(first, scenario);
    const gateway = startCli(['gateway', '--policy', first, '--port', '0'], { deadlineMs: 120_000 });
    onTestFinished(() => void gateway.child.kill('SIGINT'));
    const [, api = ''] = await gateway.waitFor('stdout', /gateway at (\S+)/);
    const captured = join(path, 'first.har');
    const proxy = startCli(['capture', '--to', api, '--out', captured], { deadlineMs: 120_000 });
    const [, door = ''] = await proxy.waitFor('stdout', /capturing (\S+) ->/);
    const { out: firstRun } = await play(first, '--target', door);
    proxy.child.kill('SIGINT');
    expect((await proxy.ended).code).toBe(0);
    gateway.child.kill('SIGINT');
    await gateway.ended;

    const [again, earlier, last] = [join(path, 'again'), join(path, 'earlier'), join(path, 'last')].map(makeFolder);
    const fromHar = join(again as string, 'again.yaml');
    expect((await runCli(['record', captured, '--policy', policy, '--out', fromHar])).code).toBe(0);
    expect(
      (await runCli(['record', firstRun, '--policy', policy, '--out', join(earlier as string, 'earlier.yaml')])).code,
    ).toBe(0);
    const seen = asked(again as string);
    const made = asked(earlier as string);
    // What the capture saw is what the generator says that it sent, class by class and caller by caller.
    expect(seen.classes).toEqual(made.classes);
    expect(Object.keys(seen.classes)).toEqual(['account', 'login', 'order.cancel', 'order.place', 'ticker']);

    const { verdict, out: secondRun } = await play(fromHar);
    // A machine with much else to do may make it invalid; what was asked is the same.
    expect(verdict.verdict).not.toBe('fail');
    expect(
      (await runCli(['record', secondRun, '--policy', policy, '--out', join(last as string, 'last.yaml')])).code,
    ).toBe(0);
    expect(asked(last as string)).toEqual(seen);
  });
});
