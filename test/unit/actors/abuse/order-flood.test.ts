import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, placed, setStage, throttled } from '../stage.js';

describe('an order flood', () => {
  it('places a fresh signed order at every arrival, with one key', () => {
    const stage = setStage('order-flood');
    const intents = Array.from({ length: 200 }, () => stage.arrive());
    expect(new Set(intents.map(({ body }) => body)).size).toBe(200);
    for (const intent of intents) {
      expect(classOf(intent)).toBe('order.place');
      expect(intent).toMatchObject({ signed: true, wantsBody: false, identity: stage.identities[0] });
    }
    expect(stage.identities[0]?.keyId).not.toBe('');
  });

  it('is not moved by any answer', () => {
    const stage = setStage('order-flood');
    for (const answer of [throttled(9_000), placed('order-1'), answered(Outcome.banned), answered(Outcome.reset)]) {
      expect(stage.behaviour.onOutcome(stage.arrive(), answer, 0)).toBeNull();
    }
  });

  it('floods with as many identities as it has, each with its own key', () => {
    const stage = setStage('order-flood', { population: 4 });
    const intents = stage.identities.map((identity) => stage.arrive(identity));
    expect(intents.map(({ identity }) => identity)).toEqual(stage.identities);
    expect(new Set(intents.map(({ accountIndex }) => accountIndex)).size).toBe(4);
    expect(new Set(stage.identities.map(({ keyId }) => keyId)).size).toBe(4);
  });
});
