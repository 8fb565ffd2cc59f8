/**
 * The ways to spoil a signed request, of all profiles together: what each spoils, and which request it is tried on.
 * `truth-table.ts` says of each profile what its verifier must make of them.
 */

/**
 * What is spoiled: the signature itself (`mac`), what it stands for (`text`), method, path or host (`route`), the
 * time or number that is signed, rightly signed anew (`time`), a request that was accepted before (`again`), `nothing`: a control.
 */
export type Spoilt = 'mac' | 'text' | 'route' | 'time' | 'again' | 'nothing';

/**
 * What a kind is tried on: an `order`, POST with a JSON body; a `reading`, GET with a query that has escapes and a blank;
 * a `cancel`, DELETE of a path that ends with a digit; a `plain` order without any query.
 */
export type TriedOn = 'order' | 'reading' | 'cancel' | 'plain';

interface KindRow {
  readonly spoils: Spoilt;
  readonly on: TriedOn;
  /** What it does, in a few words. */
  readonly what: string;
}

export const kindTable = {
  'bit-flip': { spoils: 'mac', on: 'order', what: 'one bit of the signature' },
  'truncated-0': { spoils: 'mac', on: 'order', what: 'an empty signature' },
  'truncated-1': { spoils: 'mac', on: 'order', what: 'its first byte alone' },
  'truncated-16': { spoils: 'mac', on: 'order', what: 'its first 16 bytes' },
  'truncated-31': { spoils: 'mac', on: 'order', what: 'its first 31 bytes' },
  'truncated-half': { spoils: 'mac', on: 'order', what: 'its first half' },
  'truncated-last': { spoils: 'mac', on: 'order', what: 'all but its last byte' },
  'hex-case': { spoils: 'mac', on: 'order', what: 'hex digits in upper case' },
  'other-alphabet': { spoils: 'mac', on: 'order', what: 'the same bytes in another encoding' },
  'base64-unpadded': { spoils: 'mac', on: 'order', what: 'base64 without its padding' },
  'base64-idle-bits': { spoils: 'mac', on: 'order', what: 'base64 with bits set that mean nothing' },
  'padded-base64url': { spoils: 'mac', on: 'order', what: 'base64url with padding' },
  'other-hash': { spoils: 'mac', on: 'order', what: 'a MAC as long as that of another hash' },
  'other-key': { spoils: 'mac', on: 'order', what: "signed with another's key" },
  'key-of-another': { spoils: 'mac', on: 'order', what: "another's key id above the own signature" },
  'alg-none': { spoils: 'mac', on: 'order', what: 'no signature, and the algorithm `none`' },
  'alg-hs256': { spoils: 'mac', on: 'order', what: 'a token with an HMAC under the public key' },
  'key-as-secret': { spoils: 'mac', on: 'order', what: 'the key id taken for the secret' },
  'empty-secret': { spoils: 'mac', on: 'order', what: 'an empty secret' },
  'zero-mac': { spoils: 'mac', on: 'order', what: 'a signature of zeros' },
  'other-passphrase': { spoils: 'mac', on: 'order', what: 'a wrong passphrase beside a right MAC' },
  'doubled-header': { spoils: 'mac', on: 'order', what: 'the header of signature or key twice, joined by a comma' },
  'second-ecdsa': { spoils: 'mac', on: 'order', what: 'the second right ECDSA signature, (r, n - s)' },
  'der-form': { spoils: 'mac', on: 'order', what: 'ECDSA in DER instead of r and s' },
  'other-s': { spoils: 'mac', on: 'order', what: 'Ed25519 with the group order added to s' },
  'body-byte': { spoils: 'text', on: 'order', what: 'a digit or letter of the body' },
  'body-whitespace': { spoils: 'text', on: 'order', what: 'white space in the body' },
  'body-key-order': { spoils: 'text', on: 'order', what: 'members of the body in another order' },
  'body-duplicate-key': { spoils: 'text', on: 'order', what: 'a member of the body twice' },
  'body-escape': { spoils: 'text', on: 'order', what: 'a letter of the body as an escape' },
  'body-removed': { spoils: 'text', on: 'order', what: 'no body' },
  'body-added': { spoils: 'text', on: 'reading', what: 'a body where none was' },
  'query-duplicate': { spoils: 'text', on: 'reading', what: 'a parameter twice' },
  'query-order': { spoils: 'text', on: 'reading', what: 'parameters in another order' },
  'query-added': { spoils: 'text', on: 'reading', what: 'one more parameter' },
  'post-query': { spoils: 'text', on: 'order', what: 'one more parameter of a POST' },
  'query-plus': { spoils: 'text', on: 'reading', what: 'a blank as `+`' },
  'percent-case': { spoils: 'text', on: 'reading', what: 'escapes in the other case' },
  'percent-unreserved': { spoils: 'text', on: 'reading', what: 'a letter of the query as an escape' },
  'escaped-ampersand': { spoils: 'text', on: 'reading', what: '`&` between parameters as `%26`' },
  'trailing-question-mark': { spoils: 'text', on: 'reading', what: 'an empty parameter at the end' },
  'bare-question-mark': { spoils: 'text', on: 'plain', what: 'an empty query' },
  'boundary-shift': { spoils: 'text', on: 'order', what: "the body's head moved to the query" },
  'query-to-body': { spoils: 'text', on: 'reading', what: 'the last parameter moved to the body' },
  'digit-shift': { spoils: 'text', on: 'cancel', what: "the path's last digit moved to the stamp" },
  'unicode-form': { spoils: 'text', on: 'order', what: 'letters in another Unicode form' },
  'later-stamp': { spoils: 'text', on: 'order', what: 'a later time, not signed anew' },
  'stamp-seconds': { spoils: 'text', on: 'order', what: 'seconds for milliseconds, signed anew' },
  'stamp-millis': { spoils: 'text', on: 'order', what: 'milliseconds for seconds, signed anew' },
  'stamp-micros': { spoils: 'text', on: 'order', what: 'microseconds, signed anew' },
  'wider-window': { spoils: 'text', on: 'order', what: 'a longer window, not signed anew' },
  'other-nonce': { spoils: 'text', on: 'order', what: 'another nonce, not signed anew' },
  'huge-nonce': { spoils: 'text', on: 'order', what: 'a nonce that is too long, signed anew' },
  'method-changed': { spoils: 'route', on: 'order', what: 'PUT for POST' },
  'path-changed': { spoils: 'route', on: 'order', what: 'another path' },
  'path-prefix': { spoils: 'route', on: 'order', what: '`/derivatives` before the path' },
  'host-changed': { spoils: 'route', on: 'order', what: 'another host' },
  'host-case': { spoils: 'route', on: 'order', what: 'the host in upper case' },
  'extra-header': { spoils: 'nothing', on: 'order', what: 'a header that nobody signs' },
  'header-case': { spoils: 'nothing', on: 'order', what: 'header names in upper case' },
  'stale-signed': { spoils: 'time', on: 'order', what: 'too old, signed anew' },
  'future-signed': { spoils: 'time', on: 'order', what: 'too far ahead, signed anew' },
  'far-future-signed': { spoils: 'time', on: 'order', what: 'ten years ahead, signed anew' },
  'wider-window-signed': { spoils: 'time', on: 'order', what: 'asks for a minute, signed anew' },
  'exp-further': { spoils: 'time', on: 'order', what: 'a token that lives for a day, signed anew' },
  'nonce-2-53': { spoils: 'time', on: 'order', what: 'the nonce 2^53 - 1, signed anew' },
  'nonce-2-64-less-1': { spoils: 'time', on: 'order', what: 'the nonce 2^64 - 1, signed anew' },
  'nonce-2-64': { spoils: 'time', on: 'order', what: 'the nonce 2^64, signed anew' },
  replay: { spoils: 'again', on: 'order', what: 'the same request again' },
  'replay-respelled': { spoils: 'again', on: 'order', what: 'the same again, hex digits in upper case' },
  'reused-nonce': { spoils: 'again', on: 'order', what: 'another request under the same nonce' },
  'lower-nonce': { spoils: 'again', on: 'order', what: 'another request under a lower nonce' },
} as const satisfies Record<string, KindRow>;

export type TamperKind = keyof typeof kindTable;
export const allTamperKinds = Object.keys(kindTable) as readonly TamperKind[];

/** A way to spoil a signed request. */
export interface Tamper {
  readonly kind: TamperKind;
  /** Fixes what of it is up to chance; a whole number, 0 to 2^53 - 1. */
  readonly seed: number;
  /** For `other-key`: the key that signs instead; '' else. */
  readonly otherKeyId: string;
}
