import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../harness/errors.js';
import { listen } from './listening.js';
import { outcomesOf, playAgainst, scenarioOf } from './played.js';

const STALL_MS = 2000;

function customers(ratePerSecond: number): string {
  return (
    '{ name: customers, label: legit, population: 4, behaviour: retail-trader, ' +
    `with: { orderShare: 0%, accountShare: 0%, retries: 0 }, arrivals: { process: constant, rate: ${ratePerSecond}/s } }`
  );
}

/** Answers at once, but for two seconds that begin a second after the first request: what comes then is answered at their end. */
async function startStalling(): Promise<string> {
  let firstMs: number | null = null;
  const server = createServer((_request, response) => {
    firstMs ??= performance.now();
    const intoStallMs = performance.now() - firstMs - 1000;
    const isStalled = intoStallMs >= 0 && intoStallMs < STALL_MS;
    setTimeout(() => response.end('{}'), isStalled ? STALL_MS - intoStallMs : 0);
  });
  return (await listen(server)).url;
}

/** Never answers; tells how many requests have come. */
async function startSilent(): Promise<{ readonly url: string; readonly requests: () => number }> {
  let requests = 0;
  const { url } = await listen(createServer(() => requests++));
  return { url, requests: () => requests };
}

describe('a target that stalls for two seconds', () => {
  const ASKED = 400;
  const stalled = (connectionsPerIp: number) =>
    scenarioOf({
      phases: ['{ name: only, for: 4s }'],
      actors: [customers(100)],
      expect: ['legit.errorRate <= 0%', 'legit.latency.p99 <= 500ms'],
      // Narrower than the stall: were the generator blamed for it, the run would be invalid.
      ownDelayMax: '1s',
      request: `{ connectionsPerIp: ${connectionsPerIp} }`,
    });

  it('is blamed for what waited for its connections, and the generator is not', async () => {
    // 50 requests of each address come in the stall and find four connections, all of them taken.
    const run = await playAgainst(await startStalling(), stalled(4));
    expect(outcomesOf(run.rows)).toEqual({ admitted: ASKED });
    expect(run.generator).toMatchObject({ asked: ASKED, sent: ASKED, faults: [] });
    expect(run.generator.targetWaitMsP99).toBeGreaterThan(STALL_MS / 2);
    expect(run.generator.ownDelayMsP99).toBeLessThan(STALL_MS / 2);
    expect(run.document.verdict).toBe('fail');
    expect(run.exitCode).toBe(ExitCode.failed);
  });

  it('gets all requests in time when there are connections enough, and answers them late', async () => {
    const run = await playAgainst(await startStalling(), stalled(64));
    expect(outcomesOf(run.rows)).toEqual({ admitted: ASKED });
    expect(run.generator.faults).toEqual([]);
    expect(Math.max(...run.rows.map(({ answeredUs, sentUs }) => answeredUs - sentUs))).toBeGreaterThan(1_500_000);
    expect(run.generator.targetWaitMsP99).toBeLessThan(STALL_MS / 2);
    expect(run.document.verdict).toBe('fail');
  });
});

describe('a target that never answers', () => {
  const crowded = (timeout: string) =>
    scenarioOf({ actors: [customers(50)], request: `{ timeout: ${timeout}, connectionsPerIp: 1, openMax: 20 }` });

  it('has what would wait beyond "openMax" counted as unsent, which is its failure', async () => {
    const run = await playAgainst((await startSilent()).url, crowded('2s'));
    expect(outcomesOf(run.rows)).toEqual({ timeout: 20, unsent: 30 });
    expect(run.document).toMatchObject({ verdict: 'fail', actors: { customers: { errors: 50 } } });
    expect(run.generator.faults).toEqual([]);
  });

  it('has nothing held against it that an interrupt took back', async () => {
    const silent = await startSilent();
    const interrupt = new AbortController();
    const played = playAgainst(silent.url, crowded('1min'), { stop: interrupt.signal });
    await expect.poll(silent.requests, { timeout: 10_000 }).toBe(4);
    interrupt.abort();
    const run = await played;
    expect(Object.keys(outcomesOf(run.rows))).toEqual(['aborted']);
    expect(silent.requests()).toBe(4);
    expect(run.document).toMatchObject({ verdict: 'interrupted', actors: { customers: { errors: 0 } } });
    expect(run.exitCode).toBe(ExitCode.interrupted);
  });
});
