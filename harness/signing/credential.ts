/** What a key's holder has, made from the one secret text that a world gives out. */
import { createHash } from 'node:crypto';
import { p256KeyFrom } from './p256-key.js';
import type { Credential, SigningProfile } from './profile.js';

/**
 * The credential of a trial account. Bytes of the secret are the UTF-8 of `secret`; a passphrase, and a key pair of
 * elliptic curves, are worked out from it.
 *
 * @throws {RangeError} for a profile whose keys can't be worked out from a text (RSA).
 */
export function credentialFrom(
  profile: Pick<SigningProfile, 'name' | 'keyKind'>,
  { keyId, secret }: { readonly keyId: string; readonly secret: string },
): Credential {
  const bytes = Buffer.from(secret, 'utf8');
  const bare = { keyId, secret: bytes, passphrase: '', privateKey: '', publicKey: '' };
  switch (profile.keyKind) {
    case 'secret':
      return bare;
    case 'secret-and-passphrase':
      return { ...bare, passphrase: createHash('sha256').update(secret).digest('hex').slice(0, 16) };
    case 'token':
      return { ...bare, secret: Buffer.from(`${keyId}.${secret}`, 'utf8') };
    case 'p256':
      return { ...bare, ...p256KeyFrom(secret) };
    default:
      throw new RangeError(`keys of ${profile.name} can't be worked out from a secret yet`);
  }
}

/** The secret as clients of the venue are given it; '' where they are given none. */
export function secretText({ secretForm }: Pick<SigningProfile, 'secretForm'>, { secret }: Credential): string {
  if (secretForm === 'none') return '';
  return Buffer.from(secret).toString(secretForm);
}
