/**
 * Signs as a caller does, apart from all code that may be under test: with Node's own HMAC, and with spoilt variants of
 * what it gives.
 */
import { createHmac } from 'node:crypto';
import type { Claims } from './claims.js';
import type { UnsignedRequest, VerifyRequest } from './contract.js';

/** Somebody who holds a key. */
export interface Holder {
  readonly keyId: string;
  readonly secret: string;
  readonly account: string;
  readonly scopes: readonly string[];
}

export function macOf(hash: string, secret: string, text: string): Buffer {
  return createHmac(hash, secret).update(text, 'utf8').digest();
}

/** As the contract wants signatures written; hex in lower case. */
export function encode(claims: Pick<Claims, 'encoding'>, mac: Uint8Array): string {
  return Buffer.from(mac).toString(claims.encoding === 'base64' ? 'base64' : 'hex');
}

export function rightMac(claims: Claims, secret: string, request: UnsignedRequest): Buffer {
  return macOf(claims.hash, secret, claims.text(request));
}

export function sign(claims: Claims, secret: string, request: UnsignedRequest): VerifyRequest {
  return { ...request, signature: encode(claims, rightMac(claims, secret, request)) };
}

/** The same request with one bit of its signature turned over. */
export function forge(claims: Claims, secret: string, request: UnsignedRequest, bit = 0): VerifyRequest {
  const mac = rightMac(claims, secret, request);
  const at = Math.floor(bit / 8) % mac.length;
  mac[at] = (mac[at] as number) ^ (1 << (bit % 8));
  return { ...request, signature: encode(claims, mac) };
}

/** A spelling of something, with words for it. */
export interface Spelling {
  readonly what: string;
  readonly signature: string;
}

/** Texts that stand for other bytes than the right ones, or for fewer or more of them. */
export function wrongSignatures(claims: Claims, secret: string, request: UnsignedRequest): Spelling[] {
  const mac = rightMac(claims, secret, request);
  const right = encode(claims, mac);
  const cut = [0, 1, 16, mac.length - 1].map((length) => ({
    what: `the first ${length} bytes of it alone`,
    signature: encode(claims, mac.subarray(0, length)),
  }));
  const spellings: Spelling[] = [
    ...cut,
    { what: 'all but its last character', signature: right.slice(0, -1) },
    { what: 'a byte more than it', signature: encode(claims, Buffer.concat([mac, Buffer.of(0)])) },
    { what: 'it twice over', signature: encode(claims, Buffer.concat([mac, mac])) },
    { what: 'as many zeros', signature: encode(claims, Buffer.alloc(mac.length)) },
    { what: 'its bytes from the last to the first', signature: encode(claims, Buffer.from(mac).reverse()) },
    { what: 'its first character moved to another alphabet', signature: moved(right, 0x100) + right.slice(1) },
    { what: 'its first character with the eighth bit set', signature: moved(right, 0x80) + right.slice(1) },
    { what: 'its first character replaced by one of no alphabet', signature: `!${right.slice(1)}` },
  ];
  if (claims.encoding === 'base64') {
    spellings.push({ what: 'it in lower case', signature: right.toLowerCase() });
    spellings.push({ what: 'it in upper case', signature: right.toUpperCase() });
  }
  if (claims.encoding === 'hex-lower') spellings.push({ what: 'it in upper case', signature: right.toUpperCase() });
  return spellings.filter(({ signature }) => signature !== right);
}

function moved(text: string, by: number): string {
  return String.fromCharCode(text.charCodeAt(0) + by);
}

/** Other texts from which a careless decoder makes the right bytes. */
export function respellings(claims: Claims, right: string): Spelling[] {
  const [own, other] = claims.encoding === 'base64' ? (['base64', 'hex'] as const) : (['hex', 'base64'] as const);
  const spellings: Spelling[] = [
    { what: `it in ${other}`, signature: Buffer.from(right, own).toString(other) },
    { what: 'it with a blank behind it', signature: `${right} ` },
    { what: 'it with a blank before it', signature: ` ${right}` },
    { what: 'it with a line break behind it', signature: `${right}\n` },
    { what: 'it with rubbish behind it', signature: `${right}!!` },
    { what: 'it with a NUL behind it', signature: `${right}\0` },
  ];
  if (claims.encoding === 'base64') {
    spellings.push({ what: 'it without its padding', signature: right.replace(/=+$/, '') });
    spellings.push({
      what: 'it in the alphabet for addresses',
      signature: right.replace(/\+/g, '-').replace(/\//g, '_'),
    });
    spellings.push({ what: 'it with other unused last bits', signature: withOtherLastBits(right) });
  } else {
    spellings.push({ what: 'it with 0x before it', signature: `0x${right}` });
  }
  return spellings.filter(({ signature }) => signature !== right);
}

/** Hex of either case is one claim of the contract, so it is no second spelling but the same signature. */
export function otherCase(claims: Claims, right: string): string {
  return claims.encoding === 'hex' ? right.toUpperCase() : right;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The last character before the padding has unused bits, which are 0; in here the lowest of them is 1. */
function withOtherLastBits(right: string): string {
  const digits = right.replace(/=+$/, '');
  if (digits.length === right.length) return right;
  const value = base64Alphabet.indexOf(digits.slice(-1));
  return `${digits.slice(0, -1)}${base64Alphabet[value + 1] ?? ''}${right.slice(digits.length)}`;
}
