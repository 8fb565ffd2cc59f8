/**
 * Spoils a request after it was signed. Requests of `hmac-lines` have a way of their own, of this file: none of it may be
 * accepted by a right verifier of that profile, except what changes nothing that the signature covers (see `mustAccept`).
 * Of other profiles `profile-tampers.ts` spoils, and `truth-table.ts` says what must come of it.
 */

import type { Sign } from '../hmac-lines.js';
import type { SignedWire } from '../signed-wire.js';
import * as body from './body-tampers.js';
import * as mac from './mac-tampers.js';
import * as path from './path-tampers.js';
import { spoiledBy } from './profile-tampers.js';
import * as stamp from './stamp-tampers.js';
import { kindTable, type Tamper, type TamperKind } from './tamper-kinds.js';
import type { TamperSetting } from './tamper-setting.js';

/** What is spoiled: the MAC itself, or what it covers; `nothing`: a control that a verifier must let through. */
export const tamperTable = {
  'bit-flip': { spoils: 'mac', mustAccept: false },
  'truncated-0': { spoils: 'mac', mustAccept: false },
  'truncated-1': { spoils: 'mac', mustAccept: false },
  'truncated-16': { spoils: 'mac', mustAccept: false },
  'truncated-31': { spoils: 'mac', mustAccept: false },
  'hex-case': { spoils: 'mac', mustAccept: true },
  'other-alphabet': { spoils: 'mac', mustAccept: false },
  'other-hash': { spoils: 'mac', mustAccept: false },
  'other-key': { spoils: 'mac', mustAccept: false },
  'alg-none': { spoils: 'mac', mustAccept: false },
  'key-as-secret': { spoils: 'mac', mustAccept: false },
  'empty-secret': { spoils: 'mac', mustAccept: false },
  'zero-mac': { spoils: 'mac', mustAccept: false },
  'body-byte': { spoils: 'text', mustAccept: false },
  'body-whitespace': { spoils: 'text', mustAccept: false },
  'body-key-order': { spoils: 'text', mustAccept: false },
  'body-duplicate-key': { spoils: 'text', mustAccept: false },
  'body-escape': { spoils: 'text', mustAccept: false },
  'query-duplicate': { spoils: 'text', mustAccept: false },
  'query-order': { spoils: 'text', mustAccept: false },
  'query-added': { spoils: 'text', mustAccept: false },
  'query-plus': { spoils: 'text', mustAccept: false },
  'percent-case': { spoils: 'text', mustAccept: false },
  'percent-unreserved': { spoils: 'text', mustAccept: false },
  'trailing-question-mark': { spoils: 'text', mustAccept: false },
  'boundary-shift': { spoils: 'text', mustAccept: false },
  'unicode-form': { spoils: 'text', mustAccept: false },
  'later-stamp': { spoils: 'text', mustAccept: false },
  'stamp-seconds': { spoils: 'text', mustAccept: false },
  'stamp-micros': { spoils: 'text', mustAccept: false },
  'wider-window': { spoils: 'text', mustAccept: false },
  'other-nonce': { spoils: 'text', mustAccept: false },
  'huge-nonce': { spoils: 'text', mustAccept: false },
  'extra-header': { spoils: 'nothing', mustAccept: true },
} as const satisfies Record<string, { readonly spoils: 'mac' | 'text' | 'nothing'; readonly mustAccept: boolean }>;

export type LinesKind = keyof typeof tamperTable;
/** Those of `hmac-lines`. */
export const tamperKinds = Object.keys(tamperTable) as readonly LinesKind[];

type Spoil = (wire: SignedWire, tamper: Tamper, sign: Sign) => SignedWire;

const bySeed =
  (change: (wire: SignedWire, seed: number, sign: Sign) => SignedWire): Spoil =>
  (wire, { seed }, sign) =>
    change(wire, seed, sign);

const spoils: Readonly<Record<LinesKind, Spoil>> = {
  'bit-flip': bySeed(mac.flipBit),
  'truncated-0': mac.truncate(0),
  'truncated-1': mac.truncate(1),
  'truncated-16': mac.truncate(16),
  'truncated-31': mac.truncate(31),
  'hex-case': bySeed(mac.otherHexCase),
  'other-alphabet': mac.otherAlphabet,
  'other-hash': (wire, _tamper, sign) => mac.otherHash(wire, sign),
  'other-key': (wire, { otherKeyId, seed }, sign) => mac.otherKey(wire, otherKeyId, sign, seed),
  'alg-none': mac.algorithmNone,
  'key-as-secret': mac.knownSecret((keyId) => keyId),
  'empty-secret': mac.knownSecret(() => ''),
  'zero-mac': mac.zeroMac,
  'body-byte': bySeed(body.otherByte),
  'body-whitespace': bySeed(body.whitespace),
  'body-key-order': bySeed(body.keyOrder),
  'body-duplicate-key': bySeed(body.duplicateKey),
  'body-escape': bySeed(body.jsonEscape),
  'query-duplicate': bySeed(path.duplicateParameter),
  'query-order': bySeed(path.parameterOrder),
  'query-added': bySeed(path.addParameter),
  'query-plus': bySeed(path.otherBlank),
  'percent-case': bySeed(path.percentCase),
  'percent-unreserved': bySeed(path.escapeUnreserved),
  'trailing-question-mark': path.trailingMark,
  'boundary-shift': bySeed(path.shiftBoundary),
  'unicode-form': bySeed(body.unicodeForm),
  'later-stamp': bySeed(stamp.laterStamp),
  'stamp-seconds': bySeed(stamp.otherUnit('s')),
  'stamp-micros': bySeed(stamp.otherUnit('us')),
  'wider-window': bySeed(stamp.widerWindow),
  'other-nonce': bySeed(stamp.otherNonce),
  'huge-nonce': bySeed(stamp.hugeNonce),
  'extra-header': bySeed(mac.addHeader),
};

function isLinesKind(kind: TamperKind): kind is LinesKind {
  return kind in tamperTable;
}

/** Whether a right verifier takes what is spoiled so, whatever the profile. */
export function isHarmless(kind: TamperKind): boolean {
  return isLinesKind(kind) ? tamperTable[kind].mustAccept : kindTable[kind].spoils === 'nothing';
}

/**
 * The request as it goes over the wire after it was spoiled. One of `hmac-lines` always differs from what was given: a kind that
 * finds nothing to change (no query, no body, nobody else's key) makes the most similar change instead: the functions say
 * which. One of another profile stays as it was where the kind does nothing for it.
 *
 * @param wire - signed rightly.
 * @param signing - for `hmac-lines` as it was signed; it must know the key of `wire` and `tamper.otherKeyId`. For others
 * what it was signed with.
 * @throws {RangeError} for a kind that `hmac-lines` has not.
 */
export function applyTamper(wire: SignedWire, tamper: Tamper, signing: Sign | TamperSetting): SignedWire {
  if (typeof signing !== 'function') return spoiledBy(wire, tamper, signing) ?? wire;
  if (!isLinesKind(tamper.kind)) throw new RangeError(`hmac-lines is not spoiled by ${tamper.kind}`);
  return spoils[tamper.kind](wire, tamper, signing);
}

export type { SignedWire } from '../signed-wire.js';
export type { Tamper, TamperKind } from './tamper-kinds.js';
