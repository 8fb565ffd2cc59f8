/** The key pair of an operator: what an owner's consent names, and what a run proves that it holds. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FloodproofError } from '../../errors.js';

/** As an owner's consent has it: `ed25519:` and the 32 bytes in base64url without padding. */
export type OperatorId = string;

export interface OperatorKey {
  readonly id: OperatorId;
  /** @returns the signature of the text's UTF-8 bytes, base64url. */
  sign(text: string): string;
}

const PUBLIC_PREFIX = 'ed25519:';
const SECRET_PREFIX = 'floodproof-consent-secret:';
/** 32 bytes in base64url: the last character holds four bits, so that not every one can stand there. */
const BYTES_32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** The key's own text and a line end; anything longer is another file. */
const FILE_BYTES_MAX = 4096;

export const KEY_VARIABLE = 'FLOODPROOF_CONSENT_KEY';
export const KEY_FILE_VARIABLE = 'FLOODPROOF_CONSENT_KEY_FILE';

export function isOperatorId(text: string): boolean {
  return text.startsWith(PUBLIC_PREFIX) && BYTES_32.test(text.slice(PUBLIC_PREFIX.length));
}

/** A new pair. @returns the secret as it is kept, and the id that an owner's consent names. */
export function makeOperatorKey(): { readonly id: OperatorId; readonly secret: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' }) as { x: string; d: string };
  return { id: `${PUBLIC_PREFIX}${x}`, secret: `${SECRET_PREFIX}${d}` };
}

/**
 * The key of whoever runs this, from the environment: its text, or the file that holds it. null = neither is set.
 * @throws {FloodproofError} FP_CONSENT_KEY; no part of the secret is told.
 */
export function readOperatorKey(environment: Readonly<Record<string, string | undefined>>): OperatorKey | null {
  const { [KEY_VARIABLE]: text = '', [KEY_FILE_VARIABLE]: file = '' } = environment;
  if (text !== '' && file !== '') {
    throw new FloodproofError('FP_CONSENT_KEY', `${KEY_VARIABLE} and ${KEY_FILE_VARIABLE} are both set`, {
      hint: 'leave one of them out',
    });
  }
  if (text !== '') return parseOperatorKey(text, KEY_VARIABLE);
  return file === '' ? null : parseOperatorKey(readKeyFile(file), file);
}

function readKeyFile(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    return text.length > FILE_BYTES_MAX ? '' : text;
  } catch (cause) {
    const message = `cannot read ${file}, which ${KEY_FILE_VARIABLE} names: ${(cause as Error).message}`;
    throw new FloodproofError('FP_CONSENT_KEY', message, { cause });
  }
}

/** @param from - where it was found, for the message. @throws {FloodproofError} FP_CONSENT_KEY */
export function parseOperatorKey(text: string, from: string): OperatorKey {
  const secret = text.trim();
  const d = secret.slice(SECRET_PREFIX.length);
  if (!secret.startsWith(SECRET_PREFIX) || !BYTES_32.test(d)) {
    const form = `"${SECRET_PREFIX}" and 43 characters of base64url`;
    throw new FloodproofError('FP_CONSENT_KEY', `${from} holds no key of an operator: it must be ${form}`);
  }
  const privateKey = privateKeyOf(Buffer.from(d, 'base64url'));
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string };
  return {
    id: `${PUBLIC_PREFIX}${x}`,
    sign: (message) => sign(null, Buffer.from(message, 'utf8'), privateKey).toString('base64url'),
  };
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

/** Whether the operator of this id has signed the text. @param id - `isOperatorId` holds. */
export function isSignedBy(id: OperatorId, text: string, signature: string): boolean {
  if (!/^[A-Za-z0-9_-]{86}$/.test(signature)) return false;
  const x = id.slice(PUBLIC_PREFIX.length);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'));
}
