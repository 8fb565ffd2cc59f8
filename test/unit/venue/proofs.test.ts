import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { Proofs } from '../../../harness/venue/proofs.js';

const ZEROS = '0'.repeat(64);

function proofsOf(name: ProfileName): Proofs {
  return new Proofs(profileOf(name), { hash: 'sha256', encoding: 'hex' });
}

function aClaim(proves: Claim['proves'], keyId = 'ann'): Claim {
  return { keyId, message: 'text', signature: 'as sent', freshness: { rule: 'none' }, proves, carriedBody: null };
}

const sign = (keyId: string, message: string): string => `${keyId} signs ${message}`;

describe('what a gate is told of a proof', () => {
  it('is the signature as it came, where a MAC is all', () => {
    const proofs = proofsOf('binance');
    expect([...proofs.addKey('ann', 'secret')]).toEqual([...Buffer.from('secret')]);
    expect(proofs.signatureFor(aClaim(null), sign)).toBe('as sent');
    expect(proofs.signatureFor(aClaim(null, 'nobody'), sign)).toBe('as sent');
  });

  it.each([
    ['okx', 'a passphrase'],
    ['rfc9421', 'a digest'],
  ] as const)('is the signature of %s as it came when %s is right, else one of zeros', (name, _beside) => {
    const proofs = proofsOf(name);
    proofs.addKey('ann', 'secret');
    expect(
      proofs.signatureFor(
        aClaim(() => true),
        sign,
      ),
    ).toBe('as sent');
    expect(
      proofs.signatureFor(
        aClaim(() => false),
        sign,
      ),
    ).toBe(ZEROS);
    // The gate knows by itself that it has no such key.
    expect(
      proofs.signatureFor(
        aClaim(() => true, 'nobody'),
        sign,
      ),
    ).toBe('as sent');
  });

  it("is the gate's own MAC where the profile makes none and the proof is right", () => {
    const proofs = proofsOf('bearer');
    proofs.addKey('ann', 'secret');
    expect(
      proofs.signatureFor(
        aClaim(() => true),
        sign,
      ),
    ).toBe('ann signs text');
    expect(
      proofs.signatureFor(
        aClaim(() => false),
        sign,
      ),
    ).toBe(ZEROS);
    expect(proofs.signatureFor(aClaim(null), sign)).toBe(ZEROS);
    expect(
      proofs.signatureFor(
        aClaim(() => true, 'nobody'),
        sign,
      ),
    ).toBe(ZEROS);
    proofs.removeKey('ann');
    expect(
      proofs.signatureFor(
        aClaim(() => true),
        sign,
      ),
    ).toBe(ZEROS);
  });

  it('is worked out for a key that nobody has as for any other', () => {
    const asked: string[] = [];
    const proofs = proofsOf('okx');
    proofs.addKey('ann', 'secret');
    const proves: Claim['proves'] = ({ keyId, passphrase }) => {
      asked.push(`${keyId} ${passphrase.length}`);
      return false;
    };
    proofs.signatureFor(aClaim(proves), sign);
    proofs.signatureFor(aClaim(proves, 'nobody'), sign);
    expect(asked).toEqual(['ann 16', 'no-such-key 16']);
  });

  it('is worked out against a key that somebody has where none can be made up, and counts for nothing', () => {
    const asked: string[] = [];
    const proofs = proofsOf('binance-rsa');
    const proves: Claim['proves'] = ({ keyId }) => {
      asked.push(keyId);
      return true;
    };
    expect(proofs.signatureFor(aClaim(proves, 'nobody'), sign)).toBe(ZEROS);
    expect(asked).toEqual([]);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    proofs.addKey('ann', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    expect(proofs.signatureFor(aClaim(proves, 'nobody'), sign)).toBe(ZEROS);
    expect(asked).toEqual(['ann']);
    expect(proofs.signatureFor(aClaim(proves), sign)).toBe('ann signs text');
  });
});
