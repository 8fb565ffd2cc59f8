import { describe, expect, it } from 'vitest';
import { SessionStore } from '../../../harness/gateway/session-store.js';

function storeOf(perAccountMax: number): SessionStore {
  let opened = 0;
  return new SessionStore({ perAccountMax, newToken: () => `token-${++opened}` });
}

describe('the session store', () => {
  it('gives every login a token of its own', () => {
    const store = storeOf(8);
    expect([store.open('ann'), store.open('ann'), store.open('bob')]).toEqual(['token-1', 'token-2', 'token-3']);
    expect(store.size).toBe(3);
  });

  it('stays bounded by the account: many logins of one do not push out another', () => {
    const store = storeOf(2);
    store.open('bob');
    for (let login = 0; login < 50; login++) store.open('ann');
    expect(store.size).toBe(3);
  });
});
