/** Spoiled requests are refused for the reason that their kind is there for, and not because they are garbage. */
import { verify as verifyBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HmacKey } from '../../../harness/core/hmac-key.js';
import { type ProfileName, profileNames } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { spoiledBy } from '../../../harness/signing/tampers/profile-tampers.js';
import { kindTable, type TamperKind } from '../../../harness/signing/tampers/tamper-kinds.js';
import { readMac, received } from '../../../harness/signing/tampers/tamper-setting.js';
import { truthOf } from '../../../harness/signing/tampers/truth-table.js';
import { emptyMemory, type Verified, verify } from '../../../harness/signing/verify.js';
import { type Bench, benchOf, HOST, NOW_US, OTHER_KEY, samples } from '../../support/tamper-samples.js';

function spoiled(name: ProfileName, kind: TamperKind) {
  const bench = benchOf(name, samples[kindTable[kind].on]);
  const wire = spoiledBy(bench.wire, { kind, seed: 3, otherKeyId: OTHER_KEY }, bench.setting);
  if (wire === null) throw new Error(`${kind} does nothing`);
  return { ...bench, wire };
}

function said({ profile, credentialOf, wire }: Bench, as?: string): Verified {
  const keyOf = (keyId: string) => credentialOf(as ?? keyId);
  return verify(profile, received(wire, HOST), keyOf, emptyMemory(), NOW_US);
}

const refusedBy = (kind: TamperKind) => profileNames.filter((name) => truthOf(name, kind) === 'reject');

describe('a request that was signed anew', () => {
  const reasons: readonly (readonly [TamperKind, Verified])[] = [
    ['stale-signed', 'stale'],
    ['future-signed', 'from-future'],
    ['far-future-signed', 'from-future'],
    ['stamp-seconds', 'stale'],
    ['stamp-millis', 'malformed'],
    ['stamp-micros', 'malformed'],
    ['huge-nonce', 'malformed'],
    ['nonce-2-64', 'malformed'],
    ['exp-further', 'malformed'],
  ];
  it.each(reasons)('%s is refused as %s by all that refuse it', (kind, reason) => {
    const names = refusedBy(kind);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([name, said(spoiled(name, kind))]).toEqual([name, reason]);
  });

  it('is a bad signature where it was not signed anew', () => {
    for (const name of refusedBy('other-nonce')) expect(said(spoiled(name, 'other-nonce'))).toBe('bad-signature');
  });
});

describe('a signature', () => {
  const names = profileNames.filter((name) => profileOf(name).kind === 'hmac');
  it.each(names)("of another's key is right under that key, by %s", (name) => {
    const bench = spoiled(name, 'other-key');
    expect(said(bench)).toBe('bad-signature');
    const hasPassphrase = profileOf(name).keyKind === 'secret-and-passphrase';
    if (!hasPassphrase) expect(said(bench, OTHER_KEY)).toBe('admitted');
  });

  it('in DER is right for who takes DER', () => {
    const { profile, wire, setting } = spoiled('coinbase-advanced', 'der-form');
    const [input = '', signature = ''] = split(wire.headers.authorization);
    const { publicKey: key } = setting.own;
    expect(
      verifyBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'der' }, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    expect(readMac(wire, profile)?.[0]).toBe(0x30);
  });

  it.each(['binance-ed25519', 'rfc9421-ed25519', 'coinbase-advanced-ed25519'] as const)(
    'by another s is the same number, by %s',
    (name) => {
      const bytes = [benchOf(name, samples.order), spoiled(name, 'other-s')].map(({ wire, profile }) => {
        const mac = readMac(wire, profile) as Buffer;
        return { r: mac.subarray(0, 32), s: BigInt(`0x${Buffer.from(mac.subarray(32)).reverse().toString('hex')}`) };
      });
      const [right, other] = bytes;
      expect(other?.r).toEqual(right?.r);
      expect((other?.s ?? 0n) - (right?.s ?? 0n)).toBe(2n ** 252n + 27742317777372353535851937790883648493n);
    },
  );

  it('of a token by HS256 is right under the public key', () => {
    const { wire, setting } = spoiled('coinbase-advanced', 'alg-hs256');
    const [input = '', signature = ''] = split(wire.headers.authorization);
    const key = new HmacKey(Buffer.from(setting.own.publicKey), 'sha256');
    expect(Buffer.from(signature, 'base64url').toString('hex')).toBe(key.mac(input, 'hex'));
    expect(Buffer.from(input.split('.')[0] ?? '', 'base64url').toString()).toContain('"alg":"HS256"');
  });
});

function split(field = ''): readonly string[] {
  const token = field.replace('Bearer ', '');
  const at = token.lastIndexOf('.');
  return [token.slice(0, at), token.slice(at + 1)];
}
