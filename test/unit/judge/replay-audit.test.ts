import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { NONE } from '../../../harness/judge/observation.js';
import { ReplayAudit } from '../../../harness/judge/replay-audit.js';
import { type Observed, observed } from '../../support/observation-builder.js';

const CUSTOMER = 0;
const REPLAYER = 1;

function audit(rows: readonly Partial<Observed>[]) {
  const replays = new ReplayAudit((actor) => actor === REPLAYER);
  return { replays, found: rows.map((row) => replays.add(observed({ signature: 7, sentUs: 1000, ...row }))) };
}

describe('ReplayAudit', () => {
  it('lays every acceptance beyond the first to whoever sent it, however late it comes', () => {
    const late = { actor: REPLAYER, sentUs: 3_600_000_000 };
    expect(audit([{}, { actor: REPLAYER }, late]).found).toEqual([
      null,
      { actors: [REPLAYER], isCertain: true },
      { actors: [REPLAYER], isCertain: true },
    ]);
  });

  it('counts how often a signature was accepted', () => {
    const { replays } = audit([{}, {}, {}, { signature: 40_000 }, { signature: 40_000 }, { signature: 8 }]);
    expect([...replays.timesAccepted]).toEqual([
      [7, 3],
      [40_000, 2],
    ]);
  });

  it('lays a replay that overtook its original to the replaying actor too', () => {
    expect(audit([{ actor: REPLAYER }, { actor: CUSTOMER }]).found[1]).toEqual({
      actors: [CUSTOMER, REPLAYER],
      isCertain: true,
    });
  });

  it('takes a replay that was refused, was never written or carries no signature for none', () => {
    const refused = { actor: REPLAYER, outcome: Outcome.refused };
    const unwritten = { actor: REPLAYER, outcome: Outcome.unsent, sentUs: 0 };
    expect(audit([{}, refused, unwritten]).found).toEqual([null, null, null]);
    expect(audit([{ signature: NONE }, { signature: NONE }]).found).toEqual([null, null]);
  });

  it('takes one that was not answered for a perhaps, on either side', () => {
    const lost = { outcome: Outcome.timeout };
    expect(audit([{}, { actor: REPLAYER, ...lost }]).found[1]).toEqual({ actors: [REPLAYER], isCertain: false });
    expect(audit([lost, { actor: REPLAYER }]).found[1]).toEqual({ actors: [REPLAYER], isCertain: false });
  });

  it('remembers a bit a signature', () => {
    const rows = Array.from({ length: 100_000 }, (_, signature) => ({ signature }));
    expect(audit(rows).replays.bytes).toBe(4 * 4096);
  });

  it('takes a denied replay for none, and one with an unclear answer for perhaps accepted', () => {
    expect(audit([{}, { actor: REPLAYER, outcome: Outcome.denied }]).found[1]).toBeNull();
    expect(audit([{}, { actor: REPLAYER, outcome: Outcome.unclear }]).found[1]).toEqual({
      actors: [REPLAYER],
      isCertain: false,
    });
  });
});
