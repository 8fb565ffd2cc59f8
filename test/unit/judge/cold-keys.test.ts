/** The judge beside the core's own tables: a key that finds no slot is no reason to blame anybody. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { createGate } from '../../../harness/core/gate.js';
import { Answer, Decision } from '../../../harness/core/spec.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import { aPlan, aPolicy, aTokenBucket } from '../../support/plan-builder.js';

/** A policy of one bucket with one cell for each address. */
function policyOf(maxKeys: number) {
  return aPolicy([aTokenBucket({ by: ['ip'], capacity: 1, refillCells: 1, maxKeys })], { auth: null });
}

/** What the gate says to the first request of each of so many addresses. */
function firstRequests(maxKeys: number, secret: number, keys: number) {
  const policy = policyOf(maxKeys);
  const gate = createGate(compilePolicy(policy, 0), [secret, 7]);
  const rows = Array.from({ length: keys }, (_, ip) => {
    const decision = gate.limit(1000 + ip, 3, `address-${ip}`, '', '');
    const outcome = decision === Decision.admitted ? Outcome.admitted : Outcome.throttled;
    const isCold = gate.answer[Answer.cold] === 1;
    return { isCold, row: observed({ ip, outcome, limit: 0, sentUs: 1000 + ip, concludedUs: 1000 + ip }) };
  });
  return { policy, rows };
}

function findingsOf({ policy, rows }: ReturnType<typeof firstRequests>) {
  return runOracles(aPlan({ policy }), sourceOf(rows.map(({ row }) => row))).blocks.map(({ shared }) => shared);
}

describe('a table that is as full as it may be', () => {
  it('has no slot for more keys than that, so its throttles are unsure', () => {
    for (let secret = 0; secret < 3; secret++) {
      const run = firstRequests(1000, secret, 1300);
      expect(run.rows.filter(({ isCold }) => isCold).length).toBeGreaterThan(1);
      expect(new Set(findingsOf(run))).toEqual(new Set(['unsure']));
    }
  });

  it('had a slot for every key when it is small enough to be searched in full', () => {
    for (let secret = 0; secret < 100; secret++) {
      expect(firstRequests(103, secret, 103).rows.filter(({ isCold }) => isCold)).toEqual([]);
    }
  });
});

describe('a throttle with a fresh counter', () => {
  const wrongedAmong = (keys: number, maxKeys: number) => {
    const run = firstRequests(maxKeys, 1, keys);
    const wronged = observed({ ip: 0, outcome: Outcome.throttled, limit: 0, sentUs: 3_000_000 });
    return runOracles(aPlan({ policy: run.policy }), sourceOf([...run.rows.map(({ row }) => row), wronged])).blocks.at(
      -1,
    )?.shared;
  };

  it('is wrongful as long as every key surely has a counter of its own', () => {
    expect([wrongedAmong(103, 103), wrongedAmong(104, 103)]).toEqual(['wrongful', 'unsure']);
    expect([wrongedAmong(26, 104), wrongedAmong(27, 104)]).toEqual(['wrongful', 'unsure']);
    expect([wrongedAmong(250, 1000), wrongedAmong(251, 1000)]).toEqual(['wrongful', 'unsure']);
  });
});
