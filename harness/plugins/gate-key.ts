/** What the app says of a key, as the gate needs it. */
import { createHash, createPublicKey } from 'node:crypto';
import type { Credential, SigningProfile } from '../signing/profile.js';

/** A key of the app's callers. */
export interface GateKey {
  /** 1 to 256 visible ASCII characters. */
  readonly id: string;
  /** Whose it is: 1 to 256 visible ASCII characters, or '' for nobody's. */
  readonly account: string;
  /**
   * Of profiles with a MAC: a text means its UTF-8 bytes; what is handed out in base64 is given as its bytes. Of bearer
   * keys the whole token.
   */
  readonly secret?: string | Uint8Array;
  /** Of profiles that have one. */
  readonly passphrase?: string;
  /** SubjectPublicKeyInfo in PEM, of profiles that sign with a private key: the gate needs no more. */
  readonly publicKey?: string;
}

/** @returns what the key lacks, or has of the wrong form, in words; null = nothing. */
function keyFault(key: unknown, profile: Pick<SigningProfile, 'keyKind' | 'name'>): string | null {
  if (typeof key !== 'object' || key === null) return 'is no { id, account, secret }';
  const { id, account, secret, passphrase, publicKey } = key as Readonly<Record<string, unknown>>;
  if (!isVisible(id, 1)) return 'needs an id of 1 to 256 visible ASCII characters';
  if (!isVisible(account, 0)) return 'needs an account of at most 256 visible ASCII characters, "" for none';
  const isSecret = (typeof secret === 'string' || secret instanceof Uint8Array) && secret.length > 0;
  switch (profile.keyKind) {
    case 'secret':
    case 'token':
      return isSecret ? null : `needs a secret, as keys of ${profile.name} have`;
    case 'secret-and-passphrase':
      if (!isSecret) return `needs a secret, as keys of ${profile.name} have`;
      return typeof passphrase === 'string' ? null : `needs a passphrase, as keys of ${profile.name} have`;
    case 'ed25519':
    case 'p256':
    case 'rsa':
      return isPublicKey(publicKey, profile.keyKind)
        ? null
        : `needs a publicKey in PEM (${profile.keyKind}), as keys of ${profile.name} have`;
  }
}

/** @param key - without a fault. */
export function credentialOf({ id, secret, passphrase = '', publicKey = '' }: GateKey): Credential {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
  // Where nothing is a MAC, it stands for the key in the memory of what was used: all threads must make the same of it.
  const standIn = (): Uint8Array => createHash('sha256').update(publicKey).digest();
  return { keyId: id, secret: bytes ?? standIn(), passphrase, privateKey: '', publicKey };
}

function isVisible(text: unknown, lengthMin: number): boolean {
  return typeof text === 'string' && text.length >= lengthMin && /^[\x21-\x7e]{0,256}$/.test(text);
}

function isPublicKey(text: unknown, kind: 'ed25519' | 'p256' | 'rsa'): boolean {
  // A private key would do as well, and has no business here.
  if (typeof text !== 'string' || !text.includes('-----BEGIN PUBLIC KEY-----')) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(text);
    if (kind !== 'p256') return asymmetricKeyType === kind;
    return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

/** @returns what is wrong with each key, in words. @param profile - null where nothing is signed. */
export function keyListFaults(keys: readonly GateKey[], profile: SigningProfile | null): string[] {
  if (profile === null) return keys.length === 0 ? [] : ['keys: the policy signs nothing, so there can be no keys'];
  const seen = new Set<string>();
  return keys.flatMap((key, at) => {
    const fault = keyFault(key, profile);
    if (fault !== null) return [`key ${at + 1} ${fault}`];
    const isSeen = seen.has(key.id);
    seen.add(key.id);
    return isSeen ? [`key ${at + 1} has the id of an earlier one: ${key.id}`] : [];
  });
}
