/**
 * Ways to spoil the signature of a request and leave alone what it stands for. The encoding and the hash of the policy are
 * told by the signature itself: hex and base64 of the three hashes have six different lengths but for one pair, which the
 * alphabet tells apart.
 */
import { type HashName, HmacKey } from '../../core/hmac-key.js';
import { type Sign, signingHeaders } from '../hmac-lines.js';
import { headerOf, type SignedWire, signatureOf, signedText, withHeaders, withSignature } from '../signed-wire.js';

interface Mac {
  readonly encoding: 'hex' | 'base64';
  readonly bytes: Buffer;
}

function readMac(wire: SignedWire): Mac {
  const text = signatureOf(wire);
  // 64 characters of base64 (SHA-384) that all happen to be hex digits: less likely than a right guess of the signature.
  const encoding = /^[0-9a-fA-F]*$/.test(text) ? 'hex' : 'base64';
  return { encoding, bytes: Buffer.from(text, encoding) };
}

function withMac(wire: SignedWire, bytes: Buffer, encoding: Mac['encoding']): SignedWire {
  return withSignature(wire, bytes.toString(encoding));
}

export function flipBit(wire: SignedWire, seed: number): SignedWire {
  const { bytes, encoding } = readMac(wire);
  const bit = seed % Math.max(1, bytes.length * 8);
  const flipped = Buffer.from(bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)));
  return withMac(wire, flipped, encoding);
}

/** Keeps the first bytes alone; a verifier that compares no more than it was given would be content. */
export function truncate(byteLength: number): (wire: SignedWire) => SignedWire {
  return (wire) => {
    const { bytes, encoding } = readMac(wire);
    return withMac(wire, bytes.subarray(0, byteLength), encoding);
  };
}

/**
 * Hex digits in upper case, all or some of them by `seed`: another spelling of the same bytes. Base64 has no second one, and
 * a signature without letters has none either: then a header is added that no signature covers.
 */
export function otherHexCase(wire: SignedWire, seed: number): SignedWire {
  const text = signatureOf(wire);
  const { encoding } = readMac(wire);
  const letters = [...text.matchAll(/[a-f]/g)].map(({ index }) => index);
  if (encoding !== 'hex' || letters.length === 0) return addHeader(wire, seed);
  const first = letters[seed % letters.length] ?? 0;
  const isRaised = (index: number): boolean => index === first || ((seed >>> (index % 31)) & 1) === 1;
  const raised = Array.from(text, (digit, index) => (isRaised(index) ? digit.toUpperCase() : digit)).join('');
  return withSignature(wire, raised);
}

/** A header that the profile does not cover. */
export function addHeader(wire: SignedWire, seed: number): SignedWire {
  return withHeaders(wire, { 'x-request-id': seed.toString(36) });
}

/** The same bytes in an encoding that the policy does not speak: base64 instead of hex, base64url or hex instead of base64. */
export function otherAlphabet(wire: SignedWire): SignedWire {
  const { bytes, encoding } = readMac(wire);
  if (encoding === 'hex') return withSignature(wire, bytes.toString('base64'));
  const urlSafe = bytes.toString('base64url');
  return withSignature(wire, urlSafe === signatureOf(wire) ? bytes.toString('hex') : urlSafe);
}

/**
 * A signature as long as that of another hash: the right one with more behind it, or cut. A verifier that lets the caller
 * name the hash, or compares only what it expects, would be content.
 */
export function otherHash(wire: SignedWire, sign: Sign): SignedWire {
  const { bytes, encoding } = readMac(wire);
  const keyId = headerOf(wire.headers, signingHeaders.keyId);
  const more = Buffer.from(sign(keyId, signatureOf(wire)), encoding);
  const byteLength = bytes.length === 64 ? 32 : 64;
  return withMac(wire, Buffer.concat([bytes, more]).subarray(0, byteLength), encoding);
}

/** The signature of somebody else. Nobody else being named, one bit is flipped. */
export function otherKey(wire: SignedWire, otherKeyId: string, sign: Sign, seed: number): SignedWire {
  if (otherKeyId === '' || otherKeyId === headerOf(wire.headers, signingHeaders.keyId)) return flipBit(wire, seed);
  return withSignature(wire, sign(otherKeyId, signedText(wire)));
}

/** No signature at all, and the claim that none is called for. */
export function algorithmNone(wire: SignedWire): SignedWire {
  const { [signingHeaders.signature]: _gone, ...headers } = wire.headers;
  return { ...wire, headers: { ...headers, 'x-algorithm': 'none' } };
}

/** An HMAC under something that everybody knows: the key's id, as where a public key is taken for a shared secret, or ''. */
export function knownSecret(secretOf: (keyId: string) => string): (wire: SignedWire) => SignedWire {
  return (wire) => {
    const { bytes, encoding } = readMac(wire);
    const secret = Buffer.from(secretOf(headerOf(wire.headers, signingHeaders.keyId)));
    return withSignature(wire, new HmacKey(secret, hashOf(bytes.length)).mac(signedText(wire), encoding));
  };
}

/** All bits 0: what a comparison with a buffer that was never filled would accept. */
export function zeroMac(wire: SignedWire): SignedWire {
  const { bytes, encoding } = readMac(wire);
  return withMac(wire, Buffer.alloc(bytes.length), encoding);
}

function hashOf(byteLength: number): HashName {
  if (byteLength === 64) return 'sha512';
  return byteLength === 48 ? 'sha384' : 'sha256';
}
