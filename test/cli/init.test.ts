import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { OwnApi } from '../support/own-api/own-api.js';
import { projectRoot, runCli } from '../support/run-cli.js';

const openapi = join(projectRoot, 'test/support/own-api/openapi.yaml');
const keys = { 'id-one': 'Zq81hushhush7Lk', 'id-two': 'Xw92hushhush3Pm' };
const environment = {
  OWN_API_KEY_1: 'id-one',
  OWN_API_SECRET_1: keys['id-one'],
  OWN_API_KEY_2: 'id-two',
  OWN_API_SECRET_2: keys['id-two'],
  OWN_API_USER_1: 'ann',
  OWN_API_PASSWORD_1: 'right-one',
  OWN_API_USER_2: 'bob',
  OWN_API_PASSWORD_2: 'right-two',
};

async function made(): Promise<string> {
  const folder = join(temporaryFolder(), 'own');
  const { code, stderr } = await runCli(['init', openapi, '--out', folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return folder;
}

async function verdictOf(folder: string, scenario: string, brokenBy: number) {
  const api = new OwnApi({ auth: 'bearer', keys, limit: 10, windowMs: 1000, brokenBy });
  const { url } = await listen(api.server);
  const file = join(folder, `${scenario}.yaml`);
  // A busy machine makes a run late, which harms nothing here.
  const patient = 'generator: { ownDelayP99: 1min, ownDelayP99WorstSecond: 1min, sentShare: 50% }';
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^generator: .*$/m, patient));
  const args = ['run', file, '--target', url, '--adapter', join(folder, 'adapter.yaml'), '--json'];
  const { code, stdout, stderr } = await runCli([...args, '--out', join(folder, 'runs')], { env: environment });
  const [document] = (JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument).scenarios;
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return { code, document };
}

describe('floodproof init, and runs of what it wrote against the API that the document describes', () => {
  it('says which variables have to be set before the commands that it prints, and those take its folder', async () => {
    const folder = join(temporaryFolder(), 'own');
    const { stdout } = await runCli(['init', openapi, '--out', folder]);
    const exported = [...stdout.matchAll(/^(?:next:| {5}) export (\w+)=\.\.\.$/gm)].map(([, name]) => name);
    expect(exported.sort()).toEqual(Object.keys(environment).sort());
    expect(stdout.match(/^next:/gm)).toHaveLength(1);
    const listed = await runCli(['list', folder, '--json']);
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    const { scenarios } = JSON.parse(listed.stdout) as { scenarios: readonly { name: string }[] };
    expect(scenarios.map(({ name }) => name)).toEqual(['credential-stuffing', 'order-flood', 'signature-forgery']);
    expect((await runCli(['explain', folder])).code).toBe(0);
  });

  it('writes files that validate, the same each time', async () => {
    const folder = await made();
    expect(readdirSync(folder).sort()).toEqual([
      'adapter.yaml',
      'credential-stuffing.yaml',
      'order-flood.yaml',
      'policy.yaml',
      'signature-forgery.yaml',
    ]);
    for (const file of ['adapter.yaml', 'policy.yaml', 'order-flood.yaml']) {
      const text = readFileSync(join(folder, file), 'utf8').replace(
        /^# Made from .*openapi\.yaml/,
        '# Made from openapi.yaml',
      );
      await expect(text).toMatchFileSnapshot(`files/init-${file}.txt`);
    }
    const { code, stdout } = await runCli(['validate', folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('valid adapter (5 calls)');
  });

  it('acquits the API whose limiter holds, and convicts the one that lets three times as much through', async () => {
    const folder = await made();
    const held = await verdictOf(folder, 'order-flood', 1);
    expect(held).toMatchObject({ code: 0, document: { verdict: 'pass', leaks: [] } });
    const broken = await verdictOf(folder, 'order-flood', 3);
    expect(broken).toMatchObject({ code: 3, document: { verdict: 'fail' } });
    expect(broken.document.leaks.map(({ limit }) => limit)).toContain('order-place-key');
  });

  it.each([
    { scenario: 'signature-forgery', code: 0, verdict: 'pass', because: 'no forged token is taken' },
    {
      scenario: 'credential-stuffing',
      code: 5,
      verdict: 'undecided',
      because: 'the document promises nothing of logins',
    },
  ])('says $verdict of $scenario: $because', async ({ scenario, code, verdict }) => {
    const folder = await made();
    expect(await verdictOf(folder, scenario, 1)).toMatchObject({ code, document: { verdict, leaks: [] } });
  });

  it('never writes over anything, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'mine');
    mkdirSync(out);
    expect((await runCli(['init', openapi, '--out', out])).code).toBe(0);
    const before = readdirSync(out).length;
    const again = await runCli(['init', openapi, '--out', out]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(`the folder ${out} has files`);
    expect(readdirSync(out)).toHaveLength(before);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    const onFile = await runCli(['init', openapi, '--out', file]);
    expect(onFile.stderr).toContain('FP_DISK');
    expect(readdirSync(folder).sort()).toEqual(['file', 'mine']);
  });

  it('tells every fault of a document with its place, and writes nothing', async () => {
    const folder = temporaryFolder();
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'openapi: 2.0\npaths:\n  x: { get: 5 }\n  /y: { $ref: "other.yaml#/y" }\n');
    const { code, stderr } = await runCli(['init', bad, '--out', join(folder, 'out')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/FP_FOREIGN_KIND.*bad\.yaml:1:10/);
    expect(stderr).toMatch(/FP_FOREIGN_VALUE.*bad\.yaml:3/);
    expect(stderr).toMatch(/FP_FOREIGN_REFERENCE.*bad\.yaml:4:15/);
    expect(readdirSync(folder)).toEqual(['bad.yaml']);
  });
});
