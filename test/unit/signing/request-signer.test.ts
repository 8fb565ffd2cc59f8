import { describe, expect, it } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { type Claim, isMalformed, type Stamp } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { RequestSigner } from '../../../harness/signing/request-signer.js';
import { RisingNumbers } from '../../../harness/signing/rising-numbers.js';

const request = {
  method: 'POST',
  path: '/v1/orders',
  body: '{"a":1}',
  host: 'h.invalid',
  contentType: 'application/json',
};
const stamp: Stamp = { nowUs: 1_700_000_000_000_000, nonce: 'n1', rising: 1_700_000_000_000_000, windowMs: 5_000 };
const ann = { keyId: 'ann', secret: 'of ann' };

function readOf(name: ProfileName, wire: ReturnType<RequestSigner['signed']>): Claim {
  const { method, path, headers, body } = wire;
  const claim = profileOf(name).read({ method, path, headers: { host: 'h.invalid', ...headers }, body: body ?? '' });
  if (isMalformed(claim)) throw new Error(claim.malformed);
  return claim;
}

describe('a signer of requests', () => {
  it('signs under the key of whoever asks', () => {
    const asked: string[] = [];
    const signer = new RequestSigner(profileOf('binance'), (keyId) => {
      asked.push(keyId);
      return 'ab'.repeat(32);
    });
    for (const keyId of ['ann', 'bob', 'ann']) signer.signed(request, stamp, { ...ann, keyId });
    expect(asked).toEqual(['ann', 'bob', 'ann']);
  });

  it('forges a MAC as it is told, and asks nobody', () => {
    const signer = new RequestSigner(profileOf('binance'), () => {
      throw new Error('nobody signs');
    });
    const claim = readOf('binance', signer.forged(request, stamp, { keyId: 'ann', signature: 'cd'.repeat(32) }));
    expect(claim).toMatchObject({ keyId: 'ann', signature: 'cd'.repeat(32) });
  });

  it('forges a proof that is right in form and of nobody', () => {
    const profile = profileOf('binance-ed25519');
    const signer = new RequestSigner(profile, () => '');
    const right = readOf('binance-ed25519', signer.signed(request, stamp, ann));
    const forged = readOf('binance-ed25519', signer.forged(request, stamp, { keyId: 'ann', signature: 'cd' }));
    expect(right.proves?.(credentialFrom(profile, ann))).toBe(true);
    expect(forged.proves?.(credentialFrom(profile, ann))).toBe(false);
    expect(forged.keyId).toBe('ann');
  });
});

describe('numbers that rise', () => {
  it('are what the clock shows, or one more than the last of the key where it stands still or goes back', () => {
    const numbers = new RisingNumbers();
    expect([5, 5, 3, 9, 7].map((clockUs) => numbers.next('ann', clockUs))).toEqual([5, 6, 7, 9, 10]);
    expect(numbers.next('bob', 3)).toBe(3);
    expect(numbers.next('carl', 0)).toBe(0);
    expect(numbers.next('carl', 0)).toBe(1);
  });
});
