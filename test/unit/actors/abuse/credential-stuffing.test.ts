import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../../harness/actors/actor.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, setStage, throttled } from '../stage.js';

function tried(intent: Intent): string {
  return JSON.parse(intent.body ?? '{}').username;
}

describe('credential stuffing', () => {
  const params = { ips: 3, combos: 10, hitRate: 0.2 };

  it('deals the whole list out to its addresses, each pair once, and then starts again', () => {
    const stage = setStage('credential-stuffing', { population: 3, params });
    const shares = [4, 3, 3];
    const rounds = stage.identities.map((identity, place) => {
      const share = shares[place] ?? 0;
      const first = Array.from({ length: share }, () => stage.arrive(identity));
      const second = Array.from({ length: share }, () => stage.arrive(identity));
      expect(second.map(tried)).toEqual(first.map(tried));
      return first;
    });
    const all = rounds.flat();
    expect(new Set(all.map(tried)).size).toBe(10);
    expect(new Set(all.map(({ accountIndex }) => accountIndex)).size).toBe(10);
  });

  it('really logs in at its hit rate, and charges the account that it tries', () => {
    const stage = setStage('credential-stuffing', { population: 3, params });
    const intents = stage.identities.flatMap((identity, place) =>
      Array.from({ length: place === 0 ? 4 : 3 }, () => stage.arrive(identity)),
    );
    const hits = intents.filter(({ body }) => {
      const { username, password } = JSON.parse(body ?? '{}');
      return [...stage.world.registered].some((one) => one.account === username && one.password === password);
    });
    expect(hits).toHaveLength(2);
    for (const intent of intents) {
      expect(intent).toMatchObject({ method: 'POST', path: '/v1/login', signed: false });
      expect(stage.world.accountName(intent.accountIndex)).toBe(tried(intent));
    }
  });

  it('shares a list that is shorter than its addresses are many', () => {
    const stage = setStage('credential-stuffing', { population: 5, params: { ips: 5, combos: 2, hitRate: 0 } });
    const names = stage.identities.map((identity) => tried(stage.arrive(identity)));
    expect(new Set(names).size).toBe(2);
    expect(stage.identities.map((identity) => tried(stage.arrive(identity)))).toEqual(names);
  });

  it('never waits, retries or gives up', () => {
    const stage = setStage('credential-stuffing', { population: 3, params });
    for (const answer of [
      throttled(5),
      answered(Outcome.banned),
      answered(Outcome.timeout),
      answered(Outcome.admitted),
    ]) {
      expect(stage.behaviour.onOutcome(stage.arrive(), answer, 0)).toBeNull();
    }
    expect(stage.arrive()).not.toBeNull();
  });

  it('tries a share of its pairs once more after a while, whatever was answered, and never a third time', () => {
    const stage = setStage('credential-stuffing', { params: { ...params, repeatShare: 0.25, repeatAfterUs: 300_000 } });
    let repeated = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const intent = stage.arrive();
      const answer = [throttled(5), answered(Outcome.admitted, { status: 401 }), answered(Outcome.timeout)][count % 3];
      const again = stage.behaviour.onOutcome(intent, answer ?? throttled(5), 0);
      if (again === null) continue;
      repeated += 1;
      expect(again).toEqual({ intent: { ...intent, kind: IntentKind.retry, attempt: 1 }, afterUs: 300_000 });
      expect(stage.behaviour.onOutcome(again.intent, throttled(5), 0)).toBeNull();
    }
    expect(repeated).toBeGreaterThan(200);
    expect(repeated).toBeLessThan(300);
  });

  it('repeats every pair when it is told so, but none that was never sent or was taken back', () => {
    const stage = setStage('credential-stuffing', { params: { ...params, repeatShare: 1 } });
    for (let count = 0; count < 50; count += 1) {
      expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).not.toBeNull();
      expect(stage.behaviour.onOutcome(stage.arrive(), answered(Outcome.unsent), 0)).toBeNull();
      expect(stage.behaviour.onOutcome(stage.arrive(), answered(Outcome.aborted), 0)).toBeNull();
    }
  });
});
