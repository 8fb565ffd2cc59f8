/** Ways to spoil the signature of a request of any profile, and leave alone what it stands for. */
import { type HashName, HmacKey } from '../../core/hmac-key.js';
import type { Credential } from '../profile.js';
import type { SignedWire } from '../signed-wire.js';
import { readSlot, writeSlot } from './slots.js';
import * as at from './tamper-setting.js';

type Spoil = at.SpoilAny;

/** What the bytes of a signature become; of a secret that is sent, its last characters. */
function onBytes(change: (bytes: Buffer, seed: number) => Buffer): Spoil {
  return (wire, { profile }, seed) => {
    const bytes = at.readMac(wire, profile);
    return bytes === null ? null : at.writeMac(wire, profile, { bytes: change(bytes, seed) });
  };
}

const turnedBit = onBytes((bytes, seed) => {
  const bit = seed % Math.max(1, bytes.length * 8);
  return Buffer.from(bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)));
});

/** Of a secret that is sent, a character of its second half is another: the first may name the key. */
export const flipBit: Spoil = (wire, setting, seed) => {
  const { profile } = setting;
  if (at.encodingOf(profile) !== 'text') return turnedBit(wire, setting, seed);
  const text = at.readMacText(wire, profile) ?? '';
  const half = text.length >> 1;
  const index = half + (seed % Math.max(1, text.length - half));
  const other = text[index] === 'a' ? 'b' : 'a';
  return at.writeMacText(wire, profile, text.slice(0, index) + other + text.slice(index + 1));
};

export const truncateTo = (bytes: number): Spoil => onBytes((all) => all.subarray(0, bytes));
export const zeroMac: Spoil = onBytes((bytes) => Buffer.alloc(bytes.length));

/** A part of the signature's text or bytes. @param lengthOf - how much of so much is kept. */
export function truncateBy(lengthOf: (length: number) => number): Spoil {
  const cut = onBytes((bytes) => bytes.subarray(0, lengthOf(bytes.length)));
  return (wire, setting, seed) => {
    const { profile } = setting;
    if (at.encodingOf(profile) !== 'text') return cut(wire, setting, seed);
    const text = at.readMacText(wire, profile) ?? '';
    return at.writeMacText(wire, profile, text.slice(0, lengthOf(text.length)));
  };
}

/** Hex digits in upper case, all or some of them. A signature without letters keeps its one spelling. */
export const otherHexCase: Spoil = (wire, { profile }, seed) => {
  const text = at.readMacText(wire, profile);
  if (text === null || at.encodingOf(profile) !== 'hex') return null;
  const letters = [...text.matchAll(/[a-f]/g)].map(({ index }) => index);
  const first = letters[seed % Math.max(1, letters.length)];
  const raised = Array.from(text, (digit, index) => {
    return index === first || ((seed >>> (index % 31)) & 1) === 1 ? digit.toUpperCase() : digit;
  });
  return at.writeMacText(wire, profile, raised.join(''));
};

/** Base64 instead of hex, base64url instead of base64, and the other way. */
export const otherAlphabet: Spoil = (wire, { profile }) => {
  const bytes = at.readMac(wire, profile);
  if (bytes === null) return null;
  const encoding = at.encodingOf(profile);
  if (encoding === 'hex') return at.writeMacText(wire, profile, bytes.toString('base64'));
  const other = encoding === 'base64' ? 'base64url' : 'base64';
  const text = bytes.toString(other);
  return at.writeMacText(wire, profile, text === bytes.toString(encoding as 'base64') ? bytes.toString('hex') : text);
};

export const unpadded: Spoil = (wire, { profile }) => {
  const text = at.readMacText(wire, profile);
  if (text === null || at.encodingOf(profile) !== 'base64' || !text.endsWith('=')) return null;
  return at.writeMacText(wire, profile, text.replace(/=+$/, ''));
};

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The lowest of the bits that mean nothing is set: lenient decoders read the same bytes. */
export const idleBits: Spoil = (wire, { profile }) => {
  const text = at.readMacText(wire, profile);
  const bytes = at.readMac(wire, profile);
  if (text === null || bytes === null || at.encodingOf(profile) === 'hex' || bytes.length % 3 === 0) return null;
  const found = /^(.*)(.)(=*)$/.exec(text) as RegExpExecArray;
  const [, head = '', last = '', padding = ''] = found;
  const value = base64Alphabet.indexOf(last.replace('-', '+').replace('_', '/')) | 1;
  const raised = base64Alphabet.charAt(value);
  const sign = at.encodingOf(profile) === 'base64url' ? raised.replace('+', '-').replace('/', '_') : raised;
  return at.writeMacText(wire, profile, head + sign + padding);
};

export const padded: Spoil = (wire, { profile }) => {
  const text = at.readMacText(wire, profile);
  if (text === null || at.encodingOf(profile) !== 'base64url') return null;
  return at.writeMacText(wire, profile, text + '='.repeat((4 - (text.length % 4)) % 4));
};

/** A right MAC by the next hash. */
export const otherHash: Spoil = (_wire, setting) => {
  const { profile, own } = setting;
  if (profile.kind !== 'hmac') return null;
  const next: Readonly<Record<HashName, HashName>> = { sha256: 'sha512', sha384: 'sha256', sha512: 'sha256' };
  const key = new HmacKey(own.secret, next[profile.hash], profile.text);
  return at.made(setting, { mac: (text) => key.mac(text, profile.encoding) });
};

/** Everything as it was, but signed with the key of another. Nobody else being there, or no key, one bit is flipped. */
export const otherKey: Spoil = (wire, setting, seed) => {
  const { profile, own, other, sign } = setting;
  if (profile.keyKind === 'token') return flipBit(wire, setting, seed);
  if (other === null || other.keyId === own.keyId) return flipBit(wire, setting, seed);
  const credential: Credential = { ...other, keyId: own.keyId, passphrase: own.passphrase };
  return at.made(setting, { credential, mac: (text) => sign(other.keyId, text) });
};

/** The key's id alone is another's. */
export const keyOfAnother: Spoil = (wire, { profile, own, other }) => {
  const slot = profile.slots.keyId;
  const text = slot === undefined ? null : readSlot(wire, slot);
  if (slot === undefined || text === null) return null;
  return writeSlot(
    wire,
    slot,
    text.replace(own.keyId, () => other?.keyId ?? `${own.keyId}-2`),
  );
};

/** No signature at all. A token says that none is called for. */
export const algorithmNone: Spoil = (wire, { profile }) => {
  const slot = profile.slots.signature;
  if (slot === undefined) return null;
  if (slot.place === 'token') return withTokenHeader(wire, slot.header, 'none', () => '');
  if (slot.place === 'query') return { ...wire, path: wire.path.replace(/[&?]signature=[^&]*$/, '') };
  const name = slot.place === 'header-part' || slot.place === 'payload' ? slot.header : slot.name;
  const { [name]: _gone, ...headers } = wire.headers;
  return { ...wire, headers };
};

/** A token with an HMAC whose secret is the public key, which everybody knows. */
export const publicKeyAsSecret: Spoil = (wire, { profile, own }) => {
  const slot = profile.slots.signature;
  if (slot?.place !== 'token') return null;
  const key = new HmacKey(Buffer.from(own.publicKey, 'utf8'), 'sha256');
  const mac = (input: string): string => Buffer.from(key.mac(input, 'base64'), 'base64').toString('base64url');
  return withTokenHeader(wire, slot.header, 'HS256', mac);
};

function withTokenHeader(wire: SignedWire, header: string, alg: string, sign: (input: string) => string): SignedWire {
  const [scheme = '', token = ''] = (wire.headers[header] ?? '').split(' ');
  const [head = '', claims = ''] = token.split('.');
  const json = Buffer.from(head, 'base64url').toString('utf8');
  const changed = json.replace(/"alg":"[^"]*"/, `"alg":"${alg}"`);
  const input = `${Buffer.from(changed, 'utf8').toString('base64url')}.${claims}`;
  return { ...wire, headers: { ...wire.headers, [header]: `${scheme} ${input}.${sign(input)}` } };
}

/** Signed with what everybody knows: the key's id, or nothing. */
export function knownSecret(secretOf: (keyId: string) => string): Spoil {
  return (_wire, setting) => {
    const { profile, own } = setting;
    const secret = Buffer.from(secretOf(own.keyId), 'utf8');
    if (profile.kind === 'hmac') return at.made(setting, { mac: at.macUnder(profile, secret) });
    return profile.keyKind === 'secret' ? at.made(setting, { credential: { ...own, secret } }) : null;
  };
}

export const otherPassphrase: Spoil = (_wire, setting, seed) => {
  const { profile, own } = setting;
  if (profile.keyKind !== 'secret-and-passphrase') return null;
  return at.made(setting, { credential: { ...own, passphrase: `x${own.passphrase}${seed.toString(36)}` } });
};

/** The header twice, as a server may join it; where the signature is a parameter, that of the key. */
export const doubledHeader: Spoil = (wire, { profile: { slots } }) => {
  const slot = slots.signature?.place === 'query' ? slots.keyId : slots.signature;
  if (slot === undefined) return null;
  const name = 'header' in slot ? slot.header : slot.name;
  const value = wire.headers[name];
  return value === undefined ? null : { ...wire, headers: { ...wire.headers, [name]: `${value}, ${value}` } };
};

/** Group order of P-256: SEC 2, section 2.4.2. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** Group order of Ed25519: RFC 8032, section 5.1. */
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const HALF = 32;

/** Whoever has (r, s) also has (r, n - s), and both are right. */
export const secondEcdsa: Spoil = onKeys('p256', (bytes) => {
  const s = P256_ORDER - BigInt(`0x${bytes.subarray(HALF).toString('hex')}`);
  return Buffer.concat([bytes.subarray(0, HALF), bigEndian(s)]);
});

/** r and s as ASN.1 has them. */
export const derForm: Spoil = onKeys('p256', (bytes) => {
  const whole = [bytes.subarray(0, HALF), bytes.subarray(HALF)].map((number) => {
    const first = number.findIndex((byte) => byte !== 0);
    const short = number.subarray(Math.max(0, first));
    const body = (short[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.alloc(1), short]) : short;
    return Buffer.concat([Buffer.from([0x02, body.length]), body]);
  });
  const body = Buffer.concat(whole);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
});

/** s and the group order together: the same scalar, in a spelling that RFC 8032 (5.1.7) wants refused. */
export const otherS: Spoil = onKeys('ed25519', (bytes) => {
  const s = BigInt(`0x${Buffer.from(bytes.subarray(HALF)).reverse().toString('hex')}`) + ED25519_ORDER;
  return Buffer.concat([bytes.subarray(0, HALF), bigEndian(s).reverse()]);
});

function onKeys(kind: 'p256' | 'ed25519', change: (bytes: Buffer) => Buffer): Spoil {
  const spoil = onBytes(change);
  return (wire, setting, seed) => (setting.profile.keyKind === kind ? spoil(wire, setting, seed) : null);
}

function bigEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * HALF, '0'), 'hex');
}
