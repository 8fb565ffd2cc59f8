import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { createBehaviour } from '../../../../harness/actors/registry.js';
import { NO_INDEX } from '../../../../harness/actors/world.js';
import type { BehaviourName } from '../../../../harness/scenario/behaviours.js';
import type { Plan } from '../../../../harness/scenario/plan.js';
import { signatureForm } from '../../../../harness/signing/hmac-lines.js';
import { exampleActor, examplePlan } from '../example-plan.js';
import { OTHERS, setStage, throttled } from '../stage.js';

/** The same stage under a policy that was changed after its people were made. */
function underPolicy(changes: Partial<NonNullable<Plan['policy']['auth']>> | null) {
  const stage = setStage('key-enumeration', { params: { victims: 'customers' } });
  const { plan, world } = stage;
  const auth = changes === null || plan.policy.auth === null ? null : { ...plan.policy.auth, ...changes };
  const [, actor] = plan.actors;
  if (actor === undefined) throw new Error('the stage is empty');
  const behaviour = createBehaviour(
    actor,
    { ...plan, policy: { ...plan.policy, auth } },
    { seed: 1, world, captured: null },
  );
  return { behaviour, identity: world.identity(OTHERS) };
}

describe('key enumeration', () => {
  it('claims keys that nobody has, some of which begin as a real one does', () => {
    const stage = setStage('key-enumeration', { params: { victims: 'customers', nearMissShare: 0.2 } });
    const keys = Array.from({ length: OTHERS }, (_, index) => stage.world.identity(index).keyId);
    const intents = Array.from({ length: 1_000 }, () => stage.arrive());
    const claimed = intents.map(({ claims }) => claims?.keyId ?? '');
    expect(new Set(claimed).size).toBe(1_000);
    expect(claimed.filter((keyId) => keys.includes(keyId))).toEqual([]);
    for (const keyId of claimed) expect(keyId).toHaveLength(keys[0]?.length ?? 0);
    const near = claimed.filter((keyId) => keys.some((key) => key.slice(0, -4) === keyId.slice(0, -4)));
    expect(near.length).toBeGreaterThan(150);
    expect(near.length).toBeLessThan(250);
    expect(new Set(near.map((keyId) => keyId.slice(0, -4))).size).toBe(OTHERS);
    for (const intent of intents) expect(intent).toMatchObject({ signed: true, accountIndex: NO_INDEX });
  });

  it('misses a real key from its fourth last character on', () => {
    const stage = setStage('key-enumeration', { params: { victims: 'customers', nearMissShare: 1 } });
    const keys = Array.from({ length: OTHERS }, (_, index) => stage.world.identity(index).keyId);
    for (let count = 0; count < 5_000; count += 1) {
      const { step, claims } = stage.arrive();
      const [keyId, key] = [claims?.keyId ?? '', keys.find((one) => claims?.keyId.startsWith(one.slice(0, -4)))];
      expect(step).toBe(`near/${count}`);
      expect(keyId).toHaveLength(64);
      expect(keyId.at(-4)).not.toBe(key?.at(-4));
    }
  });

  it.each([
    { hash: 'sha256', encoding: 'hex' },
    { hash: 'sha512', encoding: 'base64' },
    { hash: 'sha384', encoding: 'hex' },
  ] as const)('signs out of thin air in the form of $hash and $encoding', (form) => {
    const { behaviour, identity } = underPolicy(form);
    const signatures = Array.from({ length: 20 }, () => behaviour.onArrival(identity, 0)?.claims?.signature);
    for (const signature of signatures) expect(signature).toMatch(signatureForm(form).pattern);
    expect(new Set(signatures).size).toBe(20);
  });

  it('skips its arrivals where orders are not signed', () => {
    const unsigned = underPolicy({ signed: [] });
    expect(unsigned.behaviour.onArrival(unsigned.identity, 0)).toBeNull();
    const without = underPolicy(null);
    expect(without.behaviour.onArrival(without.identity, 0)).toBeNull();
  });

  it('is not stopped by a throttle, and refused when those that it attacks have no keys', () => {
    const stage = setStage('key-enumeration', { params: { victims: 'customers' } });
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
    // Members log in and sign nothing: they have accounts and no keys.
    const members = exampleActor('login', { name: 'members' });
    const attack = (behaviour: BehaviourName) => () => {
      const actor = exampleActor(behaviour, { params: { victims: 'members' } });
      const plan = examplePlan([members, actor]);
      return createBehaviour(actor, plan, { seed: 1, world: buildWorld(plan, 1), captured: null });
    };
    expect(attack('key-enumeration')).toThrow('key-enumeration attacks keys of members, who have none');
    expect(attack('password-spraying')).not.toThrow();
    const ofNobody = () => setStage('key-enumeration', { params: { victims: 'key-enumeration' } });
    expect(ofNobody).toThrow(expect.objectContaining({ code: 'FP_USAGE' }));
  });
});
