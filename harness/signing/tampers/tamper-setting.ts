/** What a request of any profile is spoiled with: how it was made, and keys to make it again. */
import { HmacKey } from '../../core/hmac-key.js';
import { signatureBy } from '../keys/signature-algorithms.js';
import {
  type Credential,
  isMalformed,
  type Received,
  type Sign,
  type SigningProfile,
  type Stamp,
  type Unsigned,
} from '../profile.js';
import type { SignedWire } from '../signed-wire.js';
import { readSlot, writeSlot } from './slots.js';

export interface TamperSetting {
  readonly profile: SigningProfile;
  /** What was signed, when and under which key. */
  readonly request: Unsigned;
  readonly stamp: Stamp;
  readonly own: Credential;
  /** Of somebody else; null where nobody else is. */
  readonly other: Credential | null;
  /** MAC of a text under the secret of a key, as the profile writes it; it must know the key of `own`. */
  readonly sign: Sign;
  /** How long a request is fresh, and how far it may be ahead, by the policy. Whole microseconds. */
  readonly windowUs: number;
  readonly futureUs: number;
}

/** One way to spoil. null: it does nothing for this profile or this request. */
export type SpoilAny = (wire: SignedWire, setting: TamperSetting, seed: number) => SignedWire | null;

/** The request as a server gets it: names of headers have no case. */
export function received({ method, path, headers, body }: SignedWire, host: string): Received {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method, path, headers: { host, ...Object.fromEntries(lower) }, body: body ?? '' };
}

export interface Draft {
  readonly request?: Unsigned;
  readonly stamp?: Stamp;
  readonly credential?: Credential;
  /** MAC of a text; the right one of `own` when it is left out. */
  readonly mac?: (text: string) => string;
}

/** Made again, with changes. */
export function made(setting: TamperSetting, draft: Draft): SignedWire {
  const { profile, own, sign } = setting;
  const { request = setting.request, stamp = setting.stamp, credential = own } = draft;
  if (profile.kind === 'own') return profile.sign(request, stamp, credential);
  const mac = draft.mac ?? ((text) => sign(own.keyId, text));
  return profile.sign(request, stamp, credential, (_keyId, text) => mac(text));
}

/** MAC of the profile's form under any secret. */
export function macUnder(profile: SigningProfile, secret: Uint8Array): (text: string) => string {
  if (profile.kind === 'own') return () => '';
  const { hash, encoding, text: form } = profile;
  const key = new HmacKey(secret, hash, form);
  return (text) => key.mac(text, encoding);
}

/**
 * A changed request under a signature that is right for it. One that the profile can't read keeps its signature: whatever a
 * verifier makes of that, it does not come to compare it. null where nobody can sign it anew.
 */
export function signedAnew(wire: SignedWire, { profile, own, request, sign }: TamperSetting): SignedWire | null {
  const { signature: slot } = profile.slots;
  const claim = profile.read(received(wire, request.host));
  if (isMalformed(claim)) return wire;
  if (slot === undefined) return null;
  if (profile.kind === 'hmac') return writeSlot(wire, slot, sign(own.keyId, claim.message));
  const bytes = proofBytes(profile, claim.message, own);
  return bytes === null ? null : writeMac(wire, profile, { bytes });
}

function proofBytes({ keyKind }: SigningProfile, text: string, { privateKey }: Credential): Buffer | null {
  if (keyKind === 'rsa') return signatureBy('rsa-v1_5-sha256', text, privateKey);
  if (keyKind === 'ed25519') return signatureBy('ed25519', text, privateKey);
  if (keyKind === 'p256') return signatureBy('ecdsa-p256-sha256', text, privateKey);
  return null;
}

/** How a profile writes the bytes of a signature; `text`: it is a secret, no bytes. */
export type MacEncoding = 'hex' | 'base64' | 'base64url' | 'text';

export function encodingOf({ name, kind, slots, ...profile }: SigningProfile): MacEncoding {
  if (kind === 'hmac' && 'encoding' in profile) return profile.encoding;
  if (slots.signature?.place === 'token') return 'base64url';
  if (name === 'sigv4') return 'hex';
  return profile.secretForm === 'none' ? 'base64' : 'text';
}

interface Mac {
  readonly bytes: Buffer;
}

/** What stands before a signature in its slot. */
function prefixOf({ name }: SigningProfile): string {
  if (name === 'github') return 'sha256=';
  return name === 'bearer' ? 'Bearer ' : '';
}

/** The signature as text without what stands around it; null when there is none. */
export function readMacText(wire: SignedWire, profile: SigningProfile): string | null {
  const { signature: slot } = profile.slots;
  const text = slot === undefined ? null : readSlot(wire, slot);
  if (text === null || slot === undefined) return null;
  const plain = slot.place === 'query' ? decodeURIComponent(text) : text;
  return plain.slice(prefixOf(profile).length);
}

export function writeMacText(wire: SignedWire, profile: SigningProfile, text: string): SignedWire | null {
  const { signature: slot } = profile.slots;
  if (slot === undefined) return null;
  const whole = prefixOf(profile) + text;
  return writeSlot(wire, slot, slot.place === 'query' ? encodeURIComponent(whole) : whole);
}

/** null where the signature is no bytes. */
export function readMac(wire: SignedWire, profile: SigningProfile): Buffer | null {
  const encoding = encodingOf(profile);
  const text = readMacText(wire, profile);
  return text === null || encoding === 'text' ? null : Buffer.from(text, encoding);
}

export function writeMac(wire: SignedWire, profile: SigningProfile, { bytes }: Mac): SignedWire | null {
  const encoding = encodingOf(profile);
  return encoding === 'text' ? null : writeMacText(wire, profile, bytes.toString(encoding));
}
