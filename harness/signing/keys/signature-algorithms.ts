/**
 * Public-key signatures by the names that RFC 9421 gives them (section 3.3 and its registry). The name decides what kind of
 * key is taken, never the key what the name means.
 */
import { constants, type KeyObject, sign, verify } from 'node:crypto';
import { privateKeyOf, publicKeyOf } from './key-objects.js';
import { p256Scalar, p256Sign } from './p256-key.js';

export type SignatureAlgorithm = 'ed25519' | 'ecdsa-p256-sha256' | 'rsa-v1_5-sha256' | 'rsa-pss-sha512';

/** As `KeyObject.asymmetricKeyType` has it; an RSA key may also be one that is good for PSS alone. */
const keyTypes: Readonly<Record<SignatureAlgorithm, readonly (string | undefined)[]>> = {
  ed25519: ['ed25519'],
  'ecdsa-p256-sha256': ['ec'],
  'rsa-v1_5-sha256': ['rsa'],
  'rsa-pss-sha512': ['rsa', 'rsa-pss'],
};

/** Section 3.3.1: the salt has 64 bytes. */
const PSS_SALT_BYTES = 64;

/**
 * The signature of a text, the same each time: of those with a salt there is none.
 *
 * @throws {RangeError} for a key of another kind.
 */
export function signatureBy(
  algorithm: Exclude<SignatureAlgorithm, 'rsa-pss-sha512'>,
  text: string,
  privateKey: string,
): Buffer {
  const key = privateKeyOf(privateKey);
  if (!isFor(algorithm, key)) throw new RangeError(`${algorithm} does not take a key of kind ${key.asymmetricKeyType}`);
  switch (algorithm) {
    case 'ed25519':
      return sign(null, Buffer.from(text, 'utf8'), key);
    case 'rsa-v1_5-sha256':
      return sign('sha256', Buffer.from(text, 'utf8'), key);
    case 'ecdsa-p256-sha256':
      return p256Sign(scalarOf(key), text);
  }
}

/** Whether the signature is right; false for a key of another kind, or none. */
export function verifies(
  algorithm: SignatureAlgorithm,
  message: string | Uint8Array,
  signature: Uint8Array,
  publicKey: string,
): boolean {
  const key = publicKeyOf(publicKey);
  if (key === null || !isFor(algorithm, key)) return false;
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  switch (algorithm) {
    case 'ed25519':
      return verify(null, bytes, key, signature);
    case 'ecdsa-p256-sha256':
      // r and s as they are, 32 bytes each: section 3.3.4.
      return (
        signature.length === P256_SIGNATURE_BYTES &&
        verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
      );
    case 'rsa-v1_5-sha256':
      return verify('sha256', bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'rsa-pss-sha512': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify('sha512', bytes, { key, padding, saltLength: PSS_SALT_BYTES }, signature);
    }
  }
}

const P256_SIGNATURE_BYTES = 64;

function isFor(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  if (!keyTypes[algorithm].includes(key.asymmetricKeyType)) return false;
  return algorithm !== 'ecdsa-p256-sha256' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

const scalars = new WeakMap<KeyObject, bigint>();

function scalarOf(key: KeyObject): bigint {
  const kept = scalars.get(key);
  if (kept !== undefined) return kept;
  const made = p256Scalar(key);
  scalars.set(key, made);
  return made;
}
