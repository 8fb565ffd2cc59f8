/** Signs and verifies with any profile, by Node's own HMAC: what a gate does, told plainly. */
import { createHmac } from 'node:crypto';
import type {
  Claim,
  Credential,
  HmacProfile,
  Sign,
  SigningProfile,
  Stamp,
  Unsigned,
} from '../../harness/signing/profile.js';
import type { SignedWire } from '../../harness/signing/signed-wire.js';

/** MAC of a text in the profile's hash, encoding and text form. */
export function macOf({ hash, encoding, text: form }: HmacProfile, secret: Uint8Array, text: string): string {
  return createHmac(hash, secret).update(Buffer.from(text, form)).digest(encoding);
}

export function signWith(profile: SigningProfile, request: Unsigned, stamp: Stamp, credential: Credential): SignedWire {
  if (profile.kind === 'own') return profile.sign(request, stamp, credential);
  const sign: Sign = (_keyId, text) => macOf(profile, credential.secret, text);
  return profile.sign(request, stamp, credential, sign);
}

/** Whether the claim is right: its MAC where the profile has one, and whatever else it must prove. */
export function isRight(profile: SigningProfile, claim: Claim, credential: Credential): boolean {
  if (claim.keyId !== credential.keyId) return false;
  if (claim.proves !== null && !claim.proves(credential)) return false;
  if (profile.kind === 'own') return claim.proves !== null;
  const right = macOf(profile, credential.secret, claim.message);
  return right === (profile.encoding === 'hex' ? claim.signature.toLowerCase() : claim.signature);
}
