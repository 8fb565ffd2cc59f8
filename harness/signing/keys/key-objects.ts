/** Keys that were read out of PEM, kept: reading one takes longer than signing with it. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** At this many keys all are forgotten and read again when they are needed. */
const KEPT_MAX = 4_096;

const privateKeys = new Map<string, KeyObject>();
const publicKeys = new Map<string, KeyObject>();

/** @throws for a text that is no private key. */
export function privateKeyOf(pem: string): KeyObject {
  return kept(privateKeys, pem, createPrivateKey);
}

/** Null for a text that is no public key. */
export function publicKeyOf(pem: string): KeyObject | null {
  try {
    return kept(publicKeys, pem, createPublicKey);
  } catch {
    return null;
  }
}

function kept(keys: Map<string, KeyObject>, pem: string, read: (pem: string) => KeyObject): KeyObject {
  const known = keys.get(pem);
  if (known !== undefined) return known;
  const key = read(pem);
  if (keys.size >= KEPT_MAX) keys.clear();
  keys.set(pem, key);
  return key;
}
