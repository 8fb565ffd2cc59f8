import { describe, expect, it } from 'vitest';
import { kindsOf } from '../../../../harness/actors/abuse/signature-forgery.js';
import { createBehaviour } from '../../../../harness/actors/registry.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { profileNames } from '../../../../harness/signing/profile-names.js';
import { kindTable } from '../../../../harness/signing/tampers/tamper-kinds.js';
import { tamperKinds, tamperTable } from '../../../../harness/signing/tampers/tampers.js';
import { truthOf } from '../../../../harness/signing/tampers/truth-table.js';
import { classOf, OTHERS, setStage, throttled } from '../stage.js';

describe('signature forgery', () => {
  it('spoils each request in another way, all of them in turn, and none that must be accepted', () => {
    const stage = setStage('signature-forgery', { population: 2 });
    for (const identity of stage.identities) {
      const intents = Array.from({ length: 60 }, () => stage.arrive(identity));
      const kinds = intents.map(({ tamper }) => tamper?.kind ?? 'hex-case');
      const refused = tamperKinds.filter((kind) => !tamperTable[kind].mustAccept);
      expect(new Set(kinds)).toEqual(new Set(refused));
      expect(new Set(kinds.slice(0, refused.length)).size).toBe(refused.length);
      expect(intents.every(({ signed }) => signed)).toBe(true);
      expect(new Set(intents.map(({ tamper }) => tamper?.seed)).size).toBe(60);
    }
  });

  it('lets its identities begin at different ways', () => {
    const stage = setStage('signature-forgery', { population: 3 });
    expect(new Set(stage.identities.map((identity) => stage.arrive(identity).tamper?.kind)).size).toBe(3);
  });

  it.each(['mac', 'text'] as const)('spoils the %s alone when it is told so', (spoils) => {
    const stage = setStage('signature-forgery', { params: { spoils } });
    const kinds = new Set(Array.from({ length: 40 }, () => stage.arrive().tamper?.kind));
    expect(kinds).toEqual(new Set(kindsOf(spoils, 'hmac-lines')));
    for (const kind of kindsOf(spoils, 'hmac-lines')) expect(kindTable[kind].spoils).toBe(spoils);
  });

  it('tries ways to spell a query on a look at the account, and all others on an order', () => {
    const stage = setStage('signature-forgery');
    for (const intent of Array.from({ length: 60 }, () => stage.arrive())) {
      const isOfQuery = /^(?:query|percent|trailing)-/.test(intent.tamper?.kind ?? '');
      expect(classOf(intent)).toBe(isOfQuery ? 'account' : 'order.place');
      if (isOfQuery) expect(intent.path).toBe('/v1/account?cursor=p%2F7&fields=open%20orders&limit=50');
      else expect(JSON.parse(intent.body ?? '')).toMatchObject({ type: 'limit', note: 'Zoë' });
    }
  });

  it('names the key of the next of its identities, and nobody where it is alone', () => {
    const stage = setStage('signature-forgery', { population: 2 });
    const [first, second] = stage.identities;
    expect(stage.arrive(first).tamper?.otherKeyId).toBe(second?.keyId);
    expect(stage.arrive(second).tamper?.otherKeyId).toBe(first?.keyId);
    expect(setStage('signature-forgery').arrive().tamper?.otherKeyId).toBe('');
  });

  it.each([
    { signed: ['account'], classes: ['account'] },
    { signed: ['order.place'], classes: ['order.place'] },
    { signed: ['login'], classes: [] },
  ])('forges what the policy wants signed and nothing else: $signed', ({ signed, classes }) => {
    const { plan, world } = setStage('signature-forgery');
    const { auth } = plan.policy;
    const [, actor] = plan.actors;
    if (auth === null || actor === undefined) throw new Error('the stage is empty');
    const policy = { ...plan.policy, auth: { ...auth, signed: requestClasses.map((name) => signed.includes(name)) } };
    const behaviour = createBehaviour(actor, { ...plan, policy }, { seed: 1, world, captured: null });
    const intents = Array.from({ length: 60 }, () => behaviour.onArrival(world.identity(OTHERS), 0));
    expect([...new Set(intents.flatMap((intent) => (intent === null ? [] : [classOf(intent)])))]).toEqual(classes);
    if (classes.length > 0) expect(intents).not.toContain(null);
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('signature-forgery');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });

  it.each(profileNames)(
    'spoils requests of %s in ways that its verifier must refuse, and that it can be spoiled in',
    (name) => {
      for (const kind of kindsOf('all', name)) expect(truthOf(name, kind)).toBe('reject');
      const [macs, texts] = [kindsOf('mac', name), kindsOf('text', name)];
      expect([...macs, ...texts].sort()).toEqual([...kindsOf('all', name)].sort());
      expect(macs.length).toBeGreaterThan(1);
    },
  );
});
