import { describe, expect, it } from 'vitest';
import { CheckProgressLine } from '../../../harness/cli/check-progress.js';

const state = { invariant: 'isolation', invariantsDone: 8, invariants: 15, runs: 12, operations: 3_456 };

function lineAt(times: readonly bigint[], redraws = true) {
  const written: string[] = [];
  let index = 0;
  const line = new CheckProgressLine({ write: (text) => written.push(text), columns: 60 }, redraws, () => {
    return times[index++] ?? 0n;
  });
  return { line, written };
}

describe('the progress of a check', () => {
  it('is one line that fits, drawn again at most ten times a second, and taken away at the end', () => {
    const { line, written } = lineAt([0n, 99_999_999n, 100_000_000n]);
    for (let times = 0; times < 3; times++) line.update('a limiter with a name that is long', state);
    line.clear();
    line.clear();
    expect(written).toEqual([
      '\r\u001b[K9/15 isolation: 12 histories, 3,456 calls  a limiter with ~',
      '\r\u001b[K9/15 isolation: 12 histories, 3,456 calls  a limiter with ~',
      '\r\u001b[K',
    ]);
  });

  it('is not written where nothing can be drawn again', () => {
    const { line, written } = lineAt([0n], false);
    line.update('x', state);
    line.clear();
    expect(written).toEqual([]);
  });
});
