import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.js';
import { startNginx } from './nginx.js';
import { notPassed, runFile } from './run-file.js';

const install = 'apt-get install nginx-light';
/** What `files/nginx.yaml` declares. */
const granted = { ratePerSecond: 10, burst: 20 };

describe('limit_req of nginx, flooded at thirty times its rate', () => {
  it('is acquitted under the bucket that it is', async (context) => {
    const url = await startNginx(needs(context, 'nginx', install), granted);
    const run = await runFile('steady-flood.yaml', url, { policy: 'nginx.yaml' });
    expect(notPassed(run)).toEqual([]);
    expect(run).toMatchObject({ exitCode: 0, document: { verdict: 'pass', leaks: [] } });
  });

  it.for([
    { policy: 'nginx-smaller.yaml', excessCellsMin: 5, because: 'the true burst is 6 above it' },
    { policy: 'nginx-slower.yaml', excessCellsMin: 5, because: 'the true rate is 2 above it in each of 4 seconds' },
  ])('is convicted of a leak under $policy: $because', async ({ policy, excessCellsMin }, context) => {
    const url = await startNginx(needs(context, 'nginx', install), granted);
    const run = await runFile('steady-flood.yaml', url, { policy });
    expect(notPassed(run)).toEqual(['abuse.leak']);
    expect(run).toMatchObject({ exitCode: 3, document: { verdict: 'fail' } });
    const [leak, ...others] = run.document.leaks;
    expect(others).toEqual([]);
    expect(leak).toMatchObject({ limit: 'by-ip', key: '127.1.0.11' });
    expect(leak?.excessCells).toBeGreaterThanOrEqual(excessCellsMin);
  });

  it('is convicted of wrongful blocks under nginx-larger.yaml, whose burst would have held some of what it blocked', async (context) => {
    const url = await startNginx(needs(context, 'nginx', install), granted);
    const run = await runFile('steady-flood.yaml', url, {
      policy: 'nginx-larger.yaml',
      alsoExpect: 'abuse.wrongfulBlocks <= 0',
    });
    expect(notPassed(run)).toEqual(['abuse.wrongfulBlocks']);
    expect(run).toMatchObject({ exitCode: 3, document: { verdict: 'fail', leaks: [] } });
  });

  it('is accused of no wrongful block under the bucket that it is', async (context) => {
    const url = await startNginx(needs(context, 'nginx', install), granted);
    const run = await runFile('steady-flood.yaml', url, {
      policy: 'nginx.yaml',
      alsoExpect: 'abuse.wrongfulBlocks <= 0',
    });
    const blocks = run.document.expectations.find(({ metric }) => metric === 'abuse.wrongfulBlocks');
    // Of a throttle in the millisecond in which a cell comes back it can't be told; of all others it can.
    expect(blocks?.measured).toBe(0);
    expect(blocks?.pass).not.toBe(false);
  });
});
