import { describe, expect, it } from 'vitest';
import { PasswordStore } from '../../../harness/gateway/password-store.js';

const cost = { scryptN: 16, scryptR: 1, scryptP: 1 };

function storeOf(bounds: { runningMax: number; waitingMax: number } = { runningMax: 2, waitingMax: 8 }): PasswordStore {
  const store = new PasswordStore({ cost, ...bounds });
  store.add('ann', 'correct horse');
  store.add('bob', 'battery staple');
  return store;
}

describe('the password store', () => {
  it('knows a right password at the first login and at every later one', async () => {
    const store = storeOf();
    for (let login = 0; login < 3; login++) expect(await store.check('ann', 'correct horse')).toBe('right');
  });

  it('knows a wrong password before and after the first right login', async () => {
    const store = storeOf();
    expect(await store.check('ann', 'battery staple')).toBe('wrong');
    expect(await store.check('ann', 'correct horse')).toBe('right');
    expect(await store.check('ann', 'battery staple')).toBe('wrong');
    expect(await store.check('ann', '')).toBe('wrong');
  });

  it('keeps nothing of a wrong first login', async () => {
    const store = storeOf();
    expect(await store.check('ann', 'wrong')).toBe('wrong');
    expect(await store.check('ann', 'wrong')).toBe('wrong');
    expect(await store.check('ann', 'correct horse')).toBe('right');
  });

  it('says wrong for a name that does not exist', async () => {
    expect(await storeOf().check('nobody', 'correct horse')).toBe('wrong');
    expect(await storeOf().check('__proto__', '')).toBe('wrong');
  });

  it('turns away what can neither run nor wait, and serves the rest', async () => {
    const store = storeOf({ runningMax: 1, waitingMax: 2 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => store.check('ann', 'correct horse')));
    expect(answers).toEqual(['right', 'right', 'right', 'busy', 'busy']);
    expect(await store.check('bob', 'battery staple')).toBe('right');
  });

  it('hashes at the cost of a strong policy, above the ceiling that scrypt sets by itself', async () => {
    const strong = new PasswordStore({
      cost: { scryptN: 32_768, scryptR: 8, scryptP: 1 },
      runningMax: 1,
      waitingMax: 0,
    });
    strong.add('ann', 'correct horse');
    expect(await strong.check('ann', 'correct horse')).toBe('right');
  });

  it('has ten thousand accounts at once, without hashing any', () => {
    const store = storeOf();
    for (let i = 0; i < 10_000; i++) store.add(`account-${i}`, `password-${i}`);
    return expect(store.check('account-9999', 'password-9999')).resolves.toBe('right');
  });
});
