import { describe, expect, it } from 'vitest';
import type { Received } from '../../../harness/signing/profile.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { claimedKeyId } from '../../../harness/venue/claimed-key.js';

const unread = { malformed: 'nobody can read it' };

function keyOf(name: Parameters<typeof profileOf>[0], asked: Partial<Pick<Received, 'headers' | 'path'>>): string {
  return claimedKeyId(profileOf(name), unread, { headers: {}, path: '/v1/orders', ...asked });
}

describe('whose word is taken', () => {
  it('is the key that the request claims, where it can be read', () => {
    const claim = {
      keyId: 'ann',
      message: '',
      signature: '',
      freshness: { rule: 'none' },
      proves: null,
      carriedBody: null,
    } as const;
    const headers = { 'x-mbx-apikey': 'bob' };
    expect(claimedKeyId(profileOf('binance'), claim, { headers, path: '/' })).toBe('ann');
  });

  it('is the key in its place where nothing else can be read', () => {
    expect(keyOf('binance', { headers: { 'x-mbx-apikey': 'ann' } })).toBe('ann');
    expect(keyOf('binance', { headers: { 'x-mbx-apikey': ['ann', 'bob'] } })).toBe('');
  });

  it('is nobody where the key stands deeper in the request, or nothing is signed', () => {
    expect(keyOf('bearer', { headers: { authorization: 'Bearer' } })).toBe('');
    expect(claimedKeyId(null, unread, { headers: {}, path: '/?key=ann' })).toBe('');
  });
});
