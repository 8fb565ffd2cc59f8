import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { loadScenario } from '../../../../harness/scenario/scenario.js';
import { profileNames } from '../../../../harness/signing/profile-names.js';
import { profileOf } from '../../../../harness/signing/profiles.js';
import { textReader } from '../../../support/scenario-files.js';
import { playVirtually } from '../../../support/virtual-play.js';
import { isNativeLeftOut } from '../../../twin/engines.js';

const playable = profileNames.filter((name) => profileOf(name).keyKind !== 'rsa');

function scenario(profile: string): ReturnType<typeof loadScenario> {
  const policy = `version: 1
name: signed
auth: { profile: ${profile}, signed: [account, order.place] }
limits: [{ name: wide, match: "*", by: global, family: token-bucket, capacity: 1000000, refill: 1000 per 1s }]
`;
  const file = `version: 1
name: forgers
claim: Whatever is spoiled after it was signed is refused.
maps: ["API2:2023"]
policy: policy.yaml
virtual: { delay: 1ms }
phases: [{ name: all, for: 10s }]
actors:
  - { name: traders, label: legit, population: 3, behaviour: retail-trader, arrivals: { process: constant, rate: 5/s } }
  - { name: forgers, label: abuse, population: 3, behaviour: signature-forgery, arrivals: { process: constant, rate: 20/s } }
expect: [forgers.admitted <= 0]
`;
  return loadScenario(textReader({ 'scenario.yaml': file, 'policy.yaml': policy }), 'scenario.yaml');
}

describe('a venue of virtual time', () => {
  it.each(playable)('refuses every request of %s that was spoiled after it was signed, and no other', (profile) => {
    const plan = scenario(profile);
    const { rows, hash } = playVirtually(plan);
    const outcomes = (actor: number) =>
      new Set(rows.filter((row) => row.actor === actor).map(({ outcome }) => outcome));
    expect(rows.filter(({ actor }) => actor === 1).length).toBeGreaterThanOrEqual(200);
    expect(outcomes(0)).toEqual(new Set([Outcome.admitted]));
    expect(outcomes(1)).toEqual(new Set([Outcome.refused]));
    if (!isNativeLeftOut) expect(playVirtually(plan, { engine: 'native' }).hash).toBe(hash);
  });
});
