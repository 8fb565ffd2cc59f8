import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { everybody } from '../../../../harness/actors/world.js';
import { answered, classOf, OTHERS, setStage, throttled } from '../stage.js';

function tried(intent: Intent): { username: string; password: string } {
  return JSON.parse(intent.body ?? '{}');
}

describe('password spraying', () => {
  it('tries one password on all accounts before it takes the next, and begins anew after the last', () => {
    const stage = setStage('password-spraying', { params: { ips: 1, passwords: 2, victims: 'customers' } });
    const logins = Array.from({ length: 9 }, () => tried(stage.arrive()));
    const victims = Array.from({ length: OTHERS }, (_, index) => stage.world.identity(index).account);
    expect(logins.map(({ username }) => username)).toEqual([...victims, ...victims, ...victims]);
    const [first, second] = [logins[0]?.password, logins[3]?.password];
    expect(second).not.toBe(first);
    expect(logins.map(({ password }) => password)).toEqual([
      first,
      first,
      first,
      second,
      second,
      second,
      first,
      first,
      first,
    ]);
  });

  it('deals the accounts out to its addresses, so that no two work on one', () => {
    const stage = setStage('password-spraying', { population: 2, params: { victims: 'customers' } });
    const [first, second] = stage.identities;
    const of = (identity: typeof first, count: number) =>
      Array.from({ length: count }, () => stage.arrive(identity).accountIndex);
    expect(of(first, 4)).toEqual([0, 2, 0, 2]);
    expect(of(second, 3)).toEqual([1, 1, 1]);
  });

  it('shares the accounts where its addresses are more', () => {
    const stage = setStage('password-spraying', { population: 5, params: { victims: 'customers' } });
    expect(stage.identities.map((identity) => stage.arrive(identity).accountIndex)).toEqual([0, 1, 2, 0, 1]);
  });

  it('charges the account that it tries, has no password that is right, and is stopped by nothing', () => {
    const stage = setStage('password-spraying', { params: { passwords: 1_000, victims: 'customers' } });
    const right = new Set([...everybody(stage.world)].map(({ password }) => password));
    const seen = new Set<string>();
    for (let count = 0; count < 3_000; count += 1) {
      const intent = stage.arrive();
      const { username, password } = tried(intent);
      expect(classOf(intent)).toBe('login');
      expect(intent.signed).toBe(false);
      expect(stage.world.accountName(intent.accountIndex)).toBe(username);
      expect(right.has(password)).toBe(false);
      seen.add(password);
      for (const answer of [throttled(5), answered(Outcome.banned)]) {
        expect(stage.behaviour.onOutcome(intent, answer, 0)).toBeNull();
      }
    }
    expect(seen.size).toBe(1_000);
  });

  it('is refused when those that it attacks have no accounts', () => {
    expect(() => setStage('password-spraying', { params: { victims: 'password-spraying' } })).toThrow(
      'password-spraying attacks accounts of password-spraying, who have none',
    );
  });
});
