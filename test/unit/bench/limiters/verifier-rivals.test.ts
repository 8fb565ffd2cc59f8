import { describe, expect, test } from 'vitest';
import { loadPackages } from '../../../../harness/bench/limiters/limiter-rivals.js';
import { NATIVE, TS } from '../../../../harness/bench/limiters/row.js';
import { forge, secretsOf, signAll } from '../../../../harness/bench/limiters/signed-items.js';
import {
  createHmacVerifier,
  engineVerifier,
  type SignedItem,
  verifierDisagreement,
  verifierPackages,
} from '../../../../harness/bench/limiters/verifier-rivals.js';
import { openEngine } from '../../../../harness/native/engine.js';

const ORIGIN_US = 1_700_000_000_000_000;
const secrets = secretsOf(3);
const items = signAll(7, secrets, ORIGIN_US);
const right = items[0] as SignedItem;

describe('signed items', () => {
  test('are 200 bytes each, and go round the keys', () => {
    expect(items.map(({ message }) => Buffer.byteLength(message))).toEqual(items.map(() => 200));
    expect(items.map(({ keyId }) => keyId)).toEqual([0, 1, 2, 0, 1, 2, 0].map((index) => [...secrets.keys()][index]));
    expect(new Set(items.map(({ message }) => message)).size).toBe(7);
  });

  test('are forged in their last digit alone', () => {
    const forged = forge(right);
    expect(forged.signature).toHaveLength(64);
    expect(forged.signature.slice(0, -1)).toBe(right.signature.slice(0, -1));
    expect(forged.signature).not.toBe(right.signature);
  });
});

describe('the check of verifiers', () => {
  test('finds that the engines and all packages agree', async () => {
    const { rivals, absent } = await loadPackages(verifierPackages);
    expect(absent).toEqual([]);
    expect(rivals).toHaveLength(2);
    const auto = openEngine('auto');
    const ours = [
      engineVerifier(TS, openEngine('ts'), ORIGIN_US),
      ...(auto.engine === 'native' ? [engineVerifier(NATIVE, auto, ORIGIN_US)] : []),
    ];
    for (const rival of [...ours, createHmacVerifier, ...rivals]) {
      const contestant = await rival(secrets);
      for (const item of items) expect(await verifierDisagreement(contestant, item), contestant.name).toBeNull();
      expect(await contestant.decide(forge(right), ORIGIN_US), contestant.name).toBe(false);
    }
  });

  test.each([
    { decide: () => true, finds: 'a wrong first digit is taken', because: 'all is taken' },
    { decide: () => false, finds: 'the right signature is refused', because: 'nothing is' },
    {
      decide: (item: SignedItem) => item.signature === right.signature,
      finds: 'upper-case hex is refused',
      because: 'text is compared, not bytes',
    },
    {
      decide: (item: SignedItem) => item.signature.toLowerCase() === right.signature,
      finds: 'a changed message is taken',
      because: 'the message is not looked at',
    },
    {
      decide: (item: SignedItem) => item.signature.toLowerCase() === right.signature && item.message === right.message,
      finds: 'an unknown key is taken',
      because: 'the key is not looked at',
    },
  ])('finds a planted fault: $because', async ({ decide, finds }) => {
    expect(await verifierDisagreement({ name: 'wrong', form: 'value', decide }, right)).toBe(finds);
  });
});
