import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importLimits } from '../../../harness/convert/import-limits.js';
import { createGate } from '../../../harness/core/gate.js';
import { Answer, Decision, type Gate } from '../../../harness/core/spec.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { requestClasses } from '../../../harness/scenario/plan-policy.js';
import { readPolicy } from '../../../harness/scenario/policy.js';
import { NginxRule } from './nginx-rule.js';

const originUs = 1_000_000_000;
const ticker = requestClasses.indexOf('ticker');

interface Written {
  readonly rate: string;
  readonly burst: number;
  /** null = nodelay. */
  readonly delay: number | null;
}

/** A maker of fresh gates: what takes long is done once. */
function gatesOf({ rate, burst, delay }: Written): () => Gate {
  const parts = [burst > 0 ? ` burst=${burst}` : '', delay === null ? ' nodelay' : delay > 0 ? ` delay=${delay}` : ''];
  const text = `limit_req_zone $binary_remote_addr zone=z:1m rate=${rate};
    server { location / { limit_req zone=z${parts.join('')}; } }`;
  const policy = importLimits('a.conf', text, { from: null, paths: null, server: null });
  const read = readPolicy('policy.yaml', policy.text);
  if (read.policy === null) throw new Error(JSON.stringify(read.faults));
  const spec = compilePolicy(read.policy, originUs);
  const limits = spec.limits.map((limit) => ({ ...limit, maxKeys: 4 }));
  return () => createGate({ ...spec, limits }, [1, 2]);
}

function milliOf(rate: string): number {
  const count = Number.parseInt(rate, 10);
  return rate.endsWith('r/m') ? Math.floor((count * 1000) / 60) : count * 1000;
}

/** Gaps are whole milliseconds, many of them none, some near the moment at which a request comes back. */
function historyOf(milliPerSecond: number): fc.Arbitrary<number[]> {
  const period = Math.ceil(1_000_000 / milliPerSecond);
  const gap = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: Math.max(0, period - 1), max: period + 1 }),
    fc.integer({ min: 0, max: 4 * period }),
  );
  return fc.array(gap, { minLength: 1, maxLength: 60 });
}

describe("nginx's rule beside the gate of the imported policy", () => {
  it.each<Written>([
    { rate: '1r/s', burst: 0, delay: 0 },
    { rate: '10r/s', burst: 20, delay: null },
    { rate: '7r/s', burst: 3, delay: null },
    { rate: '3r/s', burst: 4, delay: 0 },
    { rate: '3r/s', burst: 6, delay: 2 },
    { rate: '3r/s', burst: 2, delay: 5 },
    { rate: '60r/m', burst: 2, delay: null },
    { rate: '333r/s', burst: 1, delay: null },
  ])('is the same decision for $rate burst=$burst delay=$delay, whatever comes when', (written) => {
    const milliPerSecond = milliOf(written.rate);
    const { burst, delay } = written;
    const undelayed = Math.min(burst, delay ?? burst);
    const makeGate = gatesOf(written);
    fc.assert(
      fc.property(historyOf(milliPerSecond), (gaps) => {
        const nginx = new NginxRule({ milliPerSecond, burst, undelayed });
        const gate = makeGate();
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          const theirs = nginx.ask(nowMs);
          const ours = gate.limit(originUs + nowMs * 1000, ticker, '10.0.0.1', '', '');
          expect(ours === Decision.admitted, `at ${nowMs} ms`).toBe(theirs.isAdmitted);
          // nginx cuts a delay to whole milliseconds.
          if (theirs.isAdmitted) expect(Math.floor((gate.answer[Answer.delayUs] ?? 0) / 1000)).toBe(theirs.delayMs);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('admits nothing that the gate would not, where the drain is cut to thousandths', () => {
    const written: Written = { rate: '7r/m', burst: 3, delay: null };
    const milliPerSecond = milliOf(written.rate);
    expect(milliPerSecond).toBe(116);
    const makeGate = gatesOf(written);
    fc.assert(
      fc.property(historyOf(milliPerSecond), (gaps) => {
        const nginx = new NginxRule({ milliPerSecond, burst: 3, undelayed: 3 });
        const gate = makeGate();
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (!nginx.ask(nowMs).isAdmitted) continue;
          expect(gate.limit(originUs + nowMs * 1000, ticker, '10.0.0.1', '', '')).toBe(Decision.admitted);
        }
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});
