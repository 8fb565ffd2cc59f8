/** Ed25519 and RSASSA-PKCS1-v1_5 with SHA-256, as venues take them: over UTF-8 text, written in base64. */
import { sign, verify } from 'node:crypto';
import { privateKeyOf, publicKeyOf } from './key-objects.js';

/** Both give one signature for one text and key, so that runs repeat. */
export type ProofScheme = 'ed25519' | 'rsa-sha256';

/** `null`: the hash is part of Ed25519. */
const hashOf = { ed25519: null, 'rsa-sha256': 'sha256' } as const;
/** As `KeyObject.asymmetricKeyType` has it. */
const keyTypeOf = { ed25519: 'ed25519', 'rsa-sha256': 'rsa' } as const;

/**
 * @param privateKey - PKCS #8 PEM.
 * @throws {RangeError} for a key of another kind; what Node throws for a text that is no key.
 */
export function proofOf(scheme: ProofScheme, text: string, privateKey: string): string {
  const key = privateKeyOf(privateKey);
  if (key.asymmetricKeyType !== keyTypeOf[scheme]) {
    throw new RangeError(`${scheme} wants a key of kind ${keyTypeOf[scheme]}, got ${key.asymmetricKeyType}`);
  }
  return sign(hashOf[scheme], Buffer.from(text, 'utf8'), key).toString('base64');
}

/**
 * Whether the signature is right; false too for another kind of key and for a second spelling of the base64.
 *
 * @param publicKey - SubjectPublicKeyInfo PEM.
 */
export function isProof(scheme: ProofScheme, text: string, signature: string, publicKey: string): boolean {
  const key = publicKeyOf(publicKey);
  if (key === null || key.asymmetricKeyType !== keyTypeOf[scheme]) return false;
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.toString('base64') !== signature) return false;
  return verify(hashOf[scheme], Buffer.from(text, 'utf8'), key, bytes);
}
