import { describe, expect, it } from 'vitest';
import { NO_INDEX } from '../../../../harness/actors/world.js';
import { classOf, setStage, throttled } from '../stage.js';

describe('unique callers', () => {
  it('ask for the ticker, unsigned, and are nobody by name', () => {
    const stage = setStage('unique-callers', { population: 50 });
    for (const identity of stage.identities) {
      const intent = stage.arrive(identity);
      expect(classOf(intent)).toBe('ticker');
      expect(intent).toMatchObject({ identity, signed: false, accountIndex: NO_INDEX });
      expect(stage.behaviour.onOutcome(intent, throttled(5), 0)).toBeNull();
    }
  });

  it('log in under a name of their own that nobody has, another each time', () => {
    const stage = setStage('unique-callers', { population: 50, params: { path: 'login' } });
    const intents = [...stage.identities, ...stage.identities].map((identity) => stage.arrive(identity));
    const names = intents.map(({ body }) => JSON.parse(body ?? '{}').username);
    expect(new Set(names).size).toBe(100);
    const accounts = new Set(Array.from(stage.world.registered, ({ account }) => account));
    expect(names.some((name) => accounts.has(name))).toBe(false);
    expect(intents.map(({ accountIndex }) => stage.world.accountName(accountIndex))).toEqual(names);
  });
});
