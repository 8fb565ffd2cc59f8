/** What a whole run, by an adapter, makes of a target that means it badly. */
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SuiteDocument } from '../../harness/judge/verdict.js';
import { listen } from '../http/listening.js';
import { temporaryFolder } from '../http/temporary-folder.js';
import { everythingBelow, ownFiles } from '../support/own-api/own-files.js';
import { runCli } from '../support/run-cli.js';

const env = {
  OWN_ID_1: 'id-one',
  OWN_SECRET_1: 'Zq81hushhush7Lk',
  OWN_ID_2: 'id-two',
  OWN_SECRET_2: 'Xw92hushhush3Pm',
};

const answers: readonly ((response: ServerResponse) => void)[] = [
  (response) => void response.end('{"__proto__":{"code":0},"code":{"code":0}}'),
  (response) => void response.end('['.repeat(50_000)),
  (response) => void response.end(`{"code":1429,"limit":"\u001b[2J__proto__","waitMs":1e400}`),
  (response) => void response.end('{"code":1429,"limit":"constructor","waitMs":-5}'),
  (response) => void response.end(`{"code":0,"data":{"id":"../../x\\r\\n","session":"a\\r\\nb"}}`),
  (response) => void response.end('x'.repeat((1 << 20) + 1)),
  (response) => void response.writeHead(200, { 'x-evil': '\u009b31m', 'retry-after': '1e9' }).end('\u001b]0;x\u0007'),
  (response) => void response.destroy(),
  (response) => {
    response.writeEarlyHints({ link: '</x>' });
    response.end('{"code":0}');
  },
];

describe('a run against a target that means it badly', () => {
  it('ends with a verdict, blames nobody for what it can’t read, and writes no escapes to the terminal', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      answers[asked++ % answers.length]?.(response);
    });
    const { url } = await listen(server);
    const folder = temporaryFolder();
    const { scenario, adapter } = ownFiles(folder);
    const out = join(folder, 'runs');
    const args = ['run', scenario, '--target', url, '--adapter', adapter, '--out', out, '--json'];
    const { code, stdout, stderr } = await runCli(args, { env, deadlineMs: 60_000 });
    const { scenarios, errors } = JSON.parse(stdout) as SuiteDocument;
    expect(errors).toEqual([]);
    expect(scenarios).toHaveLength(1);
    // Two of these answers say "taken": no leak is made of others. Whether anything held is not for such answers to tell.
    const taken = 2 * Math.ceil(asked / answers.length);
    for (const { admittedCells } of scenarios[0]?.leaks ?? []) expect(admittedCells).toBeLessThanOrEqual(taken);
    expect([3, 5]).toContain(code);
    expect(asked).toBeGreaterThan(answers.length * 4);
    expect(stdout + stderr).not.toMatch(/[^\P{C}\n]/u);
    expect(stderr).not.toContain('internal bug');
    const written = stdout + stderr + everythingBelow(out);
    for (const secret of Object.values(env)) expect(written).not.toContain(secret);
  }, 70_000);
});
