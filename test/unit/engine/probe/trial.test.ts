import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { openPolicy, probedPolicy, probePlan } from '../../../../harness/engine/probe/probe-plan.js';
import { countTrial, outcomeOf } from '../../../../harness/engine/probe/trial.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../../harness/scenario/policy.js';
import { observed, sourceOf } from '../../../support/observation-builder.js';
import { textReader } from '../../../support/scenario-files.js';

const phases = [{ name: 'probe', startUs: 1_000_000, endUs: 2_500_000 }];

/** `count` requests that are due in the measured part, answered after `lateMs`. */
const rows = (count: number, lateMs: number, outcome: Outcome = Outcome.admitted) =>
  Array.from({ length: count }, (_, index) => {
    const intendedUs = 1_000_000 + index;
    return observed({ intendedUs, outcome, concludedUs: intendedUs + lateMs * 1000 });
  });

describe('what is counted of a trial', () => {
  it('is what was due in the measured part alone', () => {
    const early = observed({ intendedUs: 999_999, answeredUs: 9_000_000 });
    const late = observed({ intendedUs: 2_500_000, answeredUs: 9_000_000 });
    expect(countTrial({ phases }, sourceOf([early, ...rows(10, 2), late]))).toEqual({
      asked: 10,
      answered: 10,
      throttled: 0,
      p99Ms: 2,
    });
  });

  it('goes from when a request was due, not from when it was sent', () => {
    const held = observed({ intendedUs: 1_000_000, sentUs: 1_900_000, answeredUs: 1_901_000 });
    expect(countTrial({ phases }, sourceOf([held])).p99Ms).toBeCloseTo(901, 0);
  });

  it('takes what had no answer for later than everything', () => {
    expect(countTrial({ phases }, sourceOf([...rows(99, 1), ...rows(1, 1, Outcome.timeout)]))).toMatchObject({
      answered: 99,
      p99Ms: 1,
    });
    for (const outcome of [Outcome.timeout, Outcome.reset, Outcome.unsent, Outcome.serverError]) {
      expect(countTrial({ phases }, sourceOf([...rows(98, 1), ...rows(2, 1, outcome)]))).toMatchObject({
        answered: 98,
        p99Ms: null,
      });
    }
  });

  it('knows what a limit refused from what it let pass', () => {
    const said = [Outcome.throttled, Outcome.never, Outcome.banned, Outcome.refused, Outcome.unclear];
    const all = [...rows(5, 1), ...said.flatMap((outcome) => rows(1, 1, outcome))];
    expect(countTrial({ phases }, sourceOf(all))).toMatchObject({ asked: 10, answered: 10, throttled: 3 });
  });
});

describe('what comes of a trial', () => {
  it.each([
    { p99Ms: 50, throttled: 0, isLate: false, outcome: 'held', because: 'the bound itself is in time' },
    { p99Ms: 50.001, throttled: 0, isLate: false, outcome: 'slow', because: 'it is above the bound' },
    { p99Ms: null, throttled: 0, isLate: false, outcome: 'slow', because: 'there was no answer' },
    {
      p99Ms: 1,
      throttled: 0,
      isLate: true,
      outcome: 'generator',
      because: 'the rate was not the one that was asked for',
    },
    { p99Ms: 1, throttled: 10, isLate: false, outcome: 'held', because: 'one in a hundred is let pass' },
    { p99Ms: 1, throttled: 11, isLate: true, outcome: 'limited', because: 'a limit is what is measured' },
  ])('is $outcome when $because', ({ p99Ms, throttled, isLate, outcome }) => {
    const counts = { asked: 1000, answered: 1000, throttled, p99Ms };
    expect(outcomeOf(counts, { p99BoundUs: 50_000, isLate })).toBe(outcome);
  });
});

describe('what a probe plays', () => {
  it('asks for tickers that nobody signs, and allows the generator half of the bound', () => {
    const plan = probePlan({ ratePerSecond: 70, p99BoundUs: 50_000, clientIp: { from: 'socket' } });
    expect(plan.policy.auth).toBeNull();
    expect(plan.generator.ownDelayP99Us).toBe(25_000);
    expect(plan.actors[0]).toMatchObject({ params: { orderShare: 0, accountShare: 0 } });
    expect(plan.phases).toEqual(phases);
  });

  it('lets a gateway look up and charge every limit, and refuse nobody', () => {
    const text = `version: 1
name: strict
auth: { signed: [ticker, account, order.place, order.amend, order.cancel] }
limits:
  - { name: by-ip, match: "*", by: ip, family: token-bucket, capacity: 1, refill: 1 per 1min, kill: true }
`;
    const policy = loadPolicy(textReader({ 'policy.yaml': text }), 'policy.yaml');
    const probed = probedPolicy(policy);
    expect(probed.limits).toEqual([{ ...policy.limits[0], isShadow: true, kills: false }]);
    const ticker = requestClasses.indexOf('ticker');
    expect(policy.auth?.signed[ticker]).toBe(true);
    expect(
      probed.auth?.signed.flatMap((signed, index) => (signed === policy.auth?.signed[index] ? [] : [index])),
    ).toEqual([ticker]);
    expect(probedPolicy(openPolicy)).toEqual(openPolicy);
  });
});
