/** What a signature is made with that is to be wrong: of the same form as the right one, and nobody's. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Holder } from './holders.js';

/** The same key with a secret, a token and a private key that are not its own. */
export function withOtherSecret(holder: Holder): Holder {
  const digest = createHash('sha256').update(`not ${holder.secret}`).digest();
  return {
    ...holder,
    secret: digest.toString('base64'),
    token: digest.toString('hex'),
    privateKey: otherPrivateKey(holder.privateKey),
  };
}

/** One for each kind of key: making one of RSA takes a while, and nobody holds any of them. */
const made = new Map<string, string>();

/** @returns PKCS #8 PEM of another key of the same kind; the text itself where it is no key, which signs nothing either. */
export function otherPrivateKey(pem: string): string {
  if (pem === '') return '';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    return pem;
  }
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const kind = `${key.asymmetricKeyType} ${namedCurve} ${modulusLength}`;
  const kept = made.get(kind);
  if (kept !== undefined) return kept;
  const other = generated(key.asymmetricKeyType, namedCurve, modulusLength);
  if (other === null) return pem;
  const text = other.export({ format: 'pem', type: 'pkcs8' }) as string;
  made.set(kind, text);
  return text;
}

/** null = a kind of key that no profile signs with. */
function generated(type: string | undefined, namedCurve: string, modulusLength: number): KeyObject | null {
  switch (type) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve }).privateKey;
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength }).privateKey;
    default:
      return null;
  }
}
