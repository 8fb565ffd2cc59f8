import { describe, expect, it } from 'vitest';
import { outcomeNames } from '../../../../harness/actors/outcome.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { loadScenario } from '../../../../harness/scenario/scenario.js';
import { profileNames } from '../../../../harness/signing/profile-names.js';
import { profileOf } from '../../../../harness/signing/profiles.js';
import { textReader } from '../../../support/scenario-files.js';
import { type PlayedRow, playVirtually } from '../../../support/virtual-play.js';
import { isNativeLeftOut } from '../../../twin/engines.js';

const playable = profileNames.filter((name) => profileOf(name).keyKind !== 'rsa');

function scenario(profile: string, more = ''): ReturnType<typeof loadScenario> {
  const policy = `version: 1
name: signed
auth: { profile: ${profile}, signed: [account, order.place, order.amend, order.cancel]${more} }
limits: [{ name: wide, match: "*", by: global, family: token-bucket, capacity: 1000000, refill: 1000 per 1s }]
`;
  const file = `version: 1
name: signers
claim: Whoever signs by the profile is let in, and nobody else.
maps: ["API2:2023"]
policy: policy.yaml
virtual: { delay: 1ms }
phases: [{ name: all, for: 3s }]
actors:
  - { name: traders, label: legit, population: 5, behaviour: retail-trader, with: { orderShare: 60%, accountShare: 30%, cancelShare: 50%, thinkTime: 50ms }, arrivals: { process: constant, rate: 20/s } }
  - { name: makers, label: legit, population: 3, behaviour: market-maker, with: { orderLife: 50ms, replacesMax: 2 }, arrivals: { process: constant, rate: 5/s } }
  - { name: guessers, label: abuse, behaviour: key-enumeration, with: { victims: traders, ips: 2 }, arrivals: { process: constant, rate: 5/s } }
  - { name: repeaters, label: abuse, population: 1, behaviour: replay, with: { source: traders, ageMax: 3s }, arrivals: { process: constant, rate: 5/s } }
expect: [guessers.admitted <= 0]
`;
  return loadScenario(textReader({ 'scenario.yaml': file, 'policy.yaml': policy }), 'scenario.yaml');
}

/** Actors by index: traders, makers, guessers, repeaters. */
function outcomes(rows: readonly PlayedRow[], actor: number): readonly string[] {
  const names = rows.filter((row) => row.actor === actor).map(({ outcome }) => outcomeNames[outcome] ?? '');
  return [...new Set(names)].sort();
}

describe('a venue of virtual time', () => {
  it.each(playable)('lets in who signs by %s, and nobody who makes signatures up', (profile) => {
    const plan = scenario(profile);
    const { rows, hash } = playVirtually(plan);
    expect(outcomes(rows, 0)).toEqual(['admitted']);
    expect(outcomes(rows, 1)).toEqual(['admitted']);
    expect(outcomes(rows, 2)).toEqual(['refused']);
    // What is sent again is taken again just where the profile's venue has no rule against it.
    expect(outcomes(rows, 3)).toEqual([plan.policy.auth?.replay === 'allow' ? 'admitted' : 'refused']);
    const classes = new Set(rows.map(({ requestClass }) => requestClasses[requestClass]));
    expect(classes).toEqual(new Set(['ticker', 'account', 'order.place', 'order.amend', 'order.cancel']));
    if (!isNativeLeftOut) expect(playVirtually(plan, { engine: 'native' }).hash).toBe(hash);
  });

  it.each(playable.filter((name) => profileOf(name).coverage.unique))(
    'takes nothing twice that is signed by %s where the policy says so',
    (profile) => {
      const rule = profileOf(profile).freshness === 'nonce' ? '' : ', replay: refuse';
      const { rows } = playVirtually(scenario(profile, rule));
      expect(outcomes(rows, 0)).toEqual(['admitted']);
      expect(outcomes(rows, 3)).toEqual(['refused']);
    },
  );
});
