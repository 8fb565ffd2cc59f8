import { describe, expect, it } from 'vitest';
import { setStage, throttled } from '../stage.js';

describe('name probing', () => {
  it('asks in pairs for a name that exists and one that does not, with one wrong password', () => {
    const stage = setStage('name-probing', { params: { ips: 1, victims: 'customers' } });
    const accounts = new Set(Array.from(stage.world.registered, ({ account }) => account));
    const names = new Set<string>();
    const passwords: string[] = [];
    for (let pair = 0; pair < 101; pair += 1) {
      const [known, unknown] = [stage.arrive(), stage.arrive()];
      const [right, wrong] = [known, unknown].map(({ body }) => JSON.parse(body ?? '{}'));
      expect(accounts.has(right.username)).toBe(true);
      expect(accounts.has(wrong.username)).toBe(false);
      expect(right.password).toBe(wrong.password);
      expect(stage.world.accountName(known.accountIndex)).toBe(right.username);
      expect(stage.world.accountName(unknown.accountIndex)).toBe(wrong.username);
      expect(right.password).not.toBe(stage.world.identity(known.accountIndex).password);
      names.add(wrong.username);
      passwords.push(wrong.password);
    }
    expect(names.size).toBe(101);
    // A hundred guesses, and then the first again.
    expect(new Set(passwords).size).toBe(100);
    expect(passwords[100]).toBe(passwords[0]);
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('name-probing', { params: { victims: 'customers' } });
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
