import { createServer } from 'node:http';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../harness/actors/outcome.js';
import { listen } from './listening.js';
import { outcomesOf, playAgainst, scenarioOf } from './played.js';
import { notPassed, runFile } from './run-file.js';

const LIMIT = 50;
const WINDOW_MS = 2000;

type StandardHeaders = false | 'draft-6' | 'draft-8';

/** A trading API of one answer behind express-rate-limit. */
async function startExpress(standardHeaders: StandardHeaders): Promise<string> {
  const app = express();
  const limiter = rateLimit({
    limit: LIMIT,
    windowMs: WINDOW_MS,
    standardHeaders,
    legacyHeaders: false,
    // The socket's address counts, whatever X-Forwarded-For says: so it is wanted here, and no reason to complain.
    validate: { xForwardedForHeader: false },
  });
  app.use(limiter, (_request, response) => {
    response.json({ orderId: 'order-1' });
  });
  return (await listen(createServer(app))).url;
}

describe('the fixed window of express-rate-limit, met by a burst across its end', () => {
  it.each([false, 'draft-8'] as const)(
    'is acquitted under the window that it is, with standard headers %s',
    async (headers) => {
      const url = await startExpress(headers);
      const run = await runFile('edge-burst.yaml', url, { policy: 'express-fixed-window.yaml' });
      expect(notPassed(run)).toEqual([]);
      expect(run).toMatchObject({ exitCode: 0, document: { verdict: 'pass', leaks: [] } });
      expect(run.document.actors.burster).toMatchObject({ sent: 401, errors: 0 });
      expect(run.document.notes).toContain("spoken to in the house's API: no --adapter");
    },
  );

  it('is convicted of the double burst under "50 in any two seconds", with the interval that proves it', async () => {
    const url = await startExpress('draft-8');
    const run = await runFile('edge-burst.yaml', url, { policy: 'express-sliding-log.yaml' });
    expect(notPassed(run)).toEqual(['abuse.leak']);
    expect(run).toMatchObject({ exitCode: 3, document: { verdict: 'fail' } });
    const [leak, ...others] = run.document.leaks;
    expect(others).toEqual([]);
    expect(leak).toMatchObject({ limit: 'by-ip', key: '127.1.0.11', boundCells: LIMIT });
    const { admittedCells = 0, fromMs = 0, toMs = 0 } = leak ?? {};
    // 99 on a quiet machine: 49 before the window's end, 50 after it.
    expect(admittedCells).toBeGreaterThan(1.5 * LIMIT);
    expect(admittedCells).toBeLessThan(2 * LIMIT);
    expect(toMs - fromMs).toBeLessThan(WINDOW_MS);
    const [evidence] = run.document.expectations.flatMap((expectation) => expectation.evidence);
    expect(evidence).toContain(`between ${fromMs} ms and ${toMs} ms`);
  });
});

describe('a throttle of express-rate-limit', () => {
  // Far shorter than the window.
  const flood = scenarioOf({
    phases: ['{ name: only, for: 500ms }'],
    actors: [
      '{ name: flooder, label: abuse, behaviour: forwarded-rotation, arrivals: { process: constant, rate: 200/s } }',
    ],
    expect: ['abuse.errorRate <= 0%'],
  });

  it.each([
    { headers: 'draft-6', wanted: [1000, 2000] },
    { headers: 'draft-8', wanted: [1000, 2000] },
    { headers: false, wanted: [-1] },
  ] as const)(
    'says when to come back: with standard headers $headers one of $wanted ms',
    async ({ headers, wanted }) => {
      const { rows } = await playAgainst(await startExpress(headers), flood);
      expect(outcomesOf(rows)).toEqual({ admitted: LIMIT, throttled: LIMIT });
      const told = new Set(rows.filter(({ outcome }) => outcome === Outcome.throttled).map((row) => row.retryAfterMs));
      expect([...told].filter((ms) => !wanted.some((one) => one === ms))).toEqual([]);
    },
  );
});
