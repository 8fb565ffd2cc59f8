/** What a key's holder has, made from the one secret text that a world gives out. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Credential, SigningProfile } from '../profile.js';
import { p256KeyFrom } from './p256-key.js';

/**
 * The credential of a trial account. Bytes of the secret are the UTF-8 of `secret`; a passphrase is worked out from it,
 * and so are key pairs of elliptic curves.
 *
 * @param secret - any text; of profiles with RSA keys the private key itself, PKCS #8 PEM: an RSA key can't be worked out
 * from a text in any time worth waiting for.
 * @throws {RangeError} for an RSA profile whose secret is no such key.
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
    case 'ed25519':
      return { ...bare, ...pemOf(ed25519From(secret)) };
    case 'rsa':
      return { ...bare, ...pemOf(rsaFrom(profile.name, secret)) };
    case 'token':
      return { ...bare, secret: Buffer.from(`${keyId}.${tokenPart(secret)}`, 'utf8') };
    case 'p256':
      return { ...bare, ...p256KeyFrom(secret) };
  }
}

/** The text where it can stand behind the last dot of a token, else its base64url. */
function tokenPart(secret: string): string {
  return /^[A-Za-z0-9_~+/-]+$/.test(secret) ? secret : Buffer.from(secret, 'utf8').toString('base64url');
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const ED25519_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key whose seed is SHA-256 of the text. */
function ed25519From(secret: string): KeyObject {
  const seed = createHash('sha256').update(secret).digest();
  return createPrivateKey({ key: Buffer.concat([ED25519_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

function rsaFrom(profile: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // No key at all: told below.
  }
  throw new RangeError(`the secret of a key of ${profile} must be an RSA private key in PEM`);
}

function pemOf(key: KeyObject): Pick<Credential, 'privateKey' | 'publicKey'> {
  return {
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicKey: createPublicKey(key).export({ format: 'pem', type: 'spki' }) as string,
  };
}

/** The secret as clients of the venue are given it; '' where they are given none. */
export function secretText({ secretForm }: Pick<SigningProfile, 'secretForm'>, { secret }: Credential): string {
  if (secretForm === 'none') return '';
  return Buffer.from(secret).toString(secretForm);
}
