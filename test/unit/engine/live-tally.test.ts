import { expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { virtualPlan } from '../../../harness/bench/virtual/virtual-plan.js';
import { LiveTally } from '../../../harness/engine/live-tally.js';
import { createColumns } from '../../../harness/judge/observation.js';

const plan = virtualPlan({ kind: 'unsigned', identities: 10, requests: 1_000 });

/** Rows of admitted requests, each answered so long after it was intended and sent so long after it was dispatched. */
function tallyOf(batches: readonly (readonly { readonly latencyUs: number; readonly waitUs: number }[])[]): LiveTally {
  const tally = new LiveTally(plan);
  for (const rows of batches) {
    const columns = createColumns(rows.length);
    for (const [row, { latencyUs, waitUs }] of rows.entries()) {
      columns.intendedUs[row] = 1_000;
      columns.dispatchedUs[row] = 1_000;
      columns.sentUs[row] = 1_000 + waitUs;
      columns.answeredUs[row] = 1_000 + latencyUs;
      columns.outcome[row] = Outcome.admitted;
    }
    tally.add(rows.length, columns);
  }
  return tally;
}

test('before the first admission there is no latency, and nothing has waited', () => {
  const tally = tallyOf([]);
  expect([tally.latencyMsP99(0), tally.latencyMsP99(7), tally.targetWaitMsP99]).toEqual([null, null, 0]);
});

test('equal delays count each, also when they come in several stretches and batches', () => {
  const quick = { latencyUs: 1_000, waitUs: 0 };
  const slow = { latencyUs: 500_000, waitUs: 200_000 };
  // Of 200 requests two are slow: the 99th of a hundred is still quick.
  const fair = tallyOf([
    [slow, ...Array(120).fill(quick)],
    [...Array(78).fill(quick), slow],
  ]);
  expect(fair.latencyMsP99(0)).toBeCloseTo(1, 2);
  expect(fair.targetWaitMsP99).toBe(0);
  const poor = tallyOf([
    [slow, ...Array(120).fill(quick)],
    [slow, ...Array(77).fill(quick), slow],
  ]);
  expect(poor.latencyMsP99(0)).toBeGreaterThan(499);
  expect(poor.targetWaitMsP99).toBeGreaterThan(199);
  expect([poor.asked, poor.sent, poor.answered]).toEqual([200, 200, 200]);
});
