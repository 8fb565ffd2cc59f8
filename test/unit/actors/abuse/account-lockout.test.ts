import { describe, expect, it } from 'vitest';
import { setStage, throttled } from '../stage.js';

describe('an account lockout', () => {
  it('sends all its wrong passwords to one account before it goes on to the next', () => {
    const stage = setStage('account-lockout', { params: { ips: 1, tries: 3, victims: 'customers' } });
    const intents = Array.from({ length: 12 }, () => stage.arrive());
    expect(intents.map(({ accountIndex }) => accountIndex)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0]);
    for (const intent of intents) {
      const { username, password } = JSON.parse(intent.body ?? '{}');
      const victim = stage.world.identity(intent.accountIndex);
      expect(username).toBe(victim.account);
      expect(password).not.toBe(victim.password);
    }
    const passwords = intents.map(({ body }) => JSON.parse(body ?? '{}').password);
    expect(new Set(passwords.slice(0, 3)).size).toBe(3);
    expect(passwords.slice(3, 6)).toEqual(passwords.slice(0, 3));
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('account-lockout', { params: { victims: 'customers' } });
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
