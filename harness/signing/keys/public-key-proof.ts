/** Public-key signatures as venues take them: over a text in UTF-8, written in base64. */
import { type SignatureAlgorithm, signatureBy, verifies } from './signature-algorithms.js';

/** Both give one signature for one text and key, so that runs repeat. */
export type ProofScheme = Extract<SignatureAlgorithm, 'ed25519' | 'rsa-v1_5-sha256'>;

/**
 * @param privateKey - PKCS #8 PEM.
 * @throws {RangeError} for a key of another kind; what Node throws for a text that is no key.
 */
export function proofOf(scheme: ProofScheme, text: string, privateKey: string): string {
  return signatureBy(scheme, text, privateKey).toString('base64');
}

/**
 * Whether the signature is right; false too for another kind of key and for a second spelling of the base64.
 *
 * @param publicKey - SubjectPublicKeyInfo PEM.
 */
export function isProof(scheme: ProofScheme, text: string, signature: string, publicKey: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.toString('base64') === signature && verifies(scheme, text, bytes, publicKey);
}
