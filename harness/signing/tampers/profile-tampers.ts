/** Spoils a signed request of any profile, in any of the ways of `tamper-kinds.ts`. */

import type { SignedWire } from '../signed-wire.js';
import * as mac from './mac-spoils.js';
import * as line from './path-spoils.js';
import * as stamp from './stamp-spoils.js';
import type { Tamper, TamperKind } from './tamper-kinds.js';
import type { SpoilAny, TamperSetting } from './tamper-setting.js';

/** 2^53 - 1, 2^64 - 1, 2^64. */
const NONCE_2_53 = 2n ** 53n - 1n;
const NONCE_2_64 = 2n ** 64n;

const spoils: Readonly<Record<TamperKind, SpoilAny>> = {
  'bit-flip': mac.flipBit,
  'truncated-0': mac.truncateTo(0),
  'truncated-1': mac.truncateTo(1),
  'truncated-16': mac.truncateTo(16),
  'truncated-31': mac.truncateTo(31),
  'truncated-half': mac.truncateBy((length) => length >> 1),
  'truncated-last': mac.truncateBy((length) => length - 1),
  'hex-case': mac.otherHexCase,
  'other-alphabet': mac.otherAlphabet,
  'base64-unpadded': mac.unpadded,
  'base64-idle-bits': mac.idleBits,
  'padded-base64url': mac.padded,
  'other-hash': mac.otherHash,
  'other-key': mac.otherKey,
  'key-of-another': mac.keyOfAnother,
  'alg-none': mac.algorithmNone,
  'alg-hs256': mac.publicKeyAsSecret,
  'key-as-secret': mac.knownSecret((keyId) => keyId),
  'empty-secret': mac.knownSecret(() => ''),
  'zero-mac': mac.zeroMac,
  'other-passphrase': mac.otherPassphrase,
  'doubled-header': mac.doubledHeader,
  'second-ecdsa': mac.secondEcdsa,
  'der-form': mac.derForm,
  'other-s': mac.otherS,
  'body-byte': line.onBodies.byte,
  'body-whitespace': line.onBodies.whitespace,
  'body-key-order': line.onBodies.keyOrder,
  'body-duplicate-key': line.onBodies.duplicateKey,
  'body-escape': line.onBodies.escape,
  'body-removed': line.bodyRemoved,
  'body-added': line.bodyAdded,
  'query-duplicate': line.onQueries.duplicate,
  'query-order': line.onQueries.order,
  'query-added': line.onQueries.added,
  'post-query': line.onQueries.added,
  'query-plus': line.onQueries.plus,
  'percent-case': line.onQueries.percentCase,
  'percent-unreserved': line.onQueries.unreserved,
  'escaped-ampersand': line.onQueries.ampersand,
  'trailing-question-mark': line.onQueries.trailing,
  'bare-question-mark': line.bareMark,
  'boundary-shift': line.shiftBoundary,
  'query-to-body': line.queryToBody,
  'digit-shift': stamp.digitShift,
  'unicode-form': line.onBodies.unicodeForm,
  'later-stamp': stamp.laterStamp,
  'stamp-seconds': stamp.otherUnit('s'),
  'stamp-millis': stamp.otherUnit('ms'),
  'stamp-micros': stamp.otherUnit('us'),
  'wider-window': stamp.widerWindow,
  'other-nonce': stamp.otherNonce,
  'huge-nonce': stamp.hugeNonce,
  'method-changed': line.methodChanged,
  'path-changed': line.pathChanged,
  'path-prefix': line.pathPrefix,
  'host-changed': line.otherHost((host) => `other.${host}`),
  'host-case': line.otherHost((host) => host.toUpperCase()),
  'extra-header': line.extraHeader,
  'header-case': line.headerCase,
  'stale-signed': stamp.staleSigned,
  'future-signed': stamp.futureSigned,
  'far-future-signed': stamp.farFutureSigned,
  'wider-window-signed': stamp.widerWindowSigned,
  'exp-further': stamp.expFurther,
  'nonce-2-53': stamp.risingNonce(NONCE_2_53),
  'nonce-2-64-less-1': stamp.risingNonce(NONCE_2_64 - 1n),
  'nonce-2-64': stamp.risingNonce(NONCE_2_64),
  replay: (wire) => wire,
  'replay-respelled': mac.otherHexCase,
  'reused-nonce': stamp.reusedNonce,
  'lower-nonce': stamp.lowerNonce,
};

/**
 * The request as it goes over the wire after it was spoiled, null where the kind does nothing for this profile or this
 * request.
 *
 * @param wire - signed rightly, by what `setting` says.
 */
export function spoiledBy(wire: SignedWire, { kind, seed }: Tamper, setting: TamperSetting): SignedWire | null {
  return spoils[kind](wire, setting, seed);
}
