/**
 * What a right verifier of each profile makes of each way to spoil a request: written down from the venue's own rules, one
 * profile after the other, and held against the verifiers by tests. Not worked out from them.
 *
 * `accepts` are the profile's weaknesses by design, controls that change nothing, and what is fresh by its own rules: a
 * verifier that refuses one refuses customers. `without` does nothing for the profile. All else must be refused, where the
 * policy has the profile's own window, lead and replay rule.
 */
import type { ProfileName } from '../profile-names.js';
import { allTamperKinds, type TamperKind } from './tamper-kinds.js';

export type Truth = 'accept' | 'reject' | 'none';

interface ProfileTruth {
  readonly accepts: readonly TamperKind[];
  readonly without: readonly TamperKind[];
}

// What goes together. Each profile's row says which groups, so that a reader can check it against the venue's page.
const controls = ['extra-header', 'header-case'] as const;
const hosts = ['host-changed', 'host-case'] as const;
const routes = ['method-changed', 'path-changed', 'path-prefix'] as const;
const bodies = [
  'body-byte',
  'body-whitespace',
  'body-key-order',
  'body-duplicate-key',
  'body-escape',
  'unicode-form',
  'body-removed',
] as const;
const queries = [
  'query-duplicate',
  'query-order',
  'query-added',
  'query-plus',
  'percent-case',
  'percent-unreserved',
  'escaped-ampersand',
  'trailing-question-mark',
  'bare-question-mark',
  'post-query',
] as const;
const boundaries = ['boundary-shift', 'query-to-body'] as const;
const spelled = ['hex-case', 'replay-respelled'] as const;

const ofBase64 = ['base64-unpadded', 'base64-idle-bits'] as const;
const ofTokens = ['padded-base64url', 'alg-hs256', 'exp-further'] as const;
const ofEcdsa = ['second-ecdsa', 'der-form'] as const;
const ofMacs = ['other-hash', 'key-as-secret', 'empty-secret'] as const;
const ofRising = ['nonce-2-53', 'nonce-2-64-less-1', 'nonce-2-64', 'lower-nonce'] as const;
const ofNonces = [...ofRising, 'other-nonce', 'reused-nonce', 'huge-nonce'] as const;
const ofWindows = ['wider-window', 'wider-window-signed'] as const;
const ofUnits = ['stamp-seconds', 'stamp-millis', 'stamp-micros'] as const;
const ofFreshness = ['stale-signed', 'future-signed', 'far-future-signed'] as const;
const ofTimes = ['later-stamp', ...ofUnits, ...ofFreshness] as const;
/** Of a profile whose signature is a secret: it has no bytes. */
const ofBytes = [
  'truncated-0',
  'truncated-1',
  'truncated-16',
  'truncated-31',
  'other-alphabet',
  'zero-mac',
  ...spelled,
  ...ofBase64,
] as const;

/** Of HMAC in hex, without a passphrase. */
const hexMac = [...ofTokens, ...ofEcdsa, 'other-s', ...ofBase64, 'other-passphrase'] as const;
/** Of HMAC in base64. */
const base64Mac = [...ofTokens, ...ofEcdsa, 'other-s', ...spelled] as const;
/** Of public keys that write base64. */
const publicKey = [...ofTokens, ...ofEcdsa, ...spelled, ...ofMacs, 'other-passphrase'] as const;
const isSeconds = ['stamp-seconds'] as const;
const isMillis = ['stamp-millis'] as const;
/** A time that is written as a date. */
const isDate = ofUnits;

const binanceAccepts = [
  ...controls,
  ...hosts,
  ...routes,
  'query-to-body',
  'stamp-micros',
  'wider-window-signed',
  'replay',
] as const;
const binanceWithout = [...ofNonces, ...isMillis, 'bare-question-mark', 'digit-shift'] as const;
const bybitAccepts = [...controls, ...hosts, ...routes, 'bare-question-mark', 'post-query', 'body-added'] as const;
const bybitWithout = [...ofNonces, ...isMillis, 'digit-shift'] as const;
const coinbaseAccepts = [
  ...controls,
  ...bodies,
  ...queries,
  ...boundaries,
  'body-added',
  'host-case',
  'replay',
] as const;
const coinbaseWithout = [
  'hex-case',
  'replay-respelled',
  'base64-unpadded',
  'other-passphrase',
  ...ofMacs,
  ...isSeconds,
  ...ofNonces,
  'wider-window-signed',
  'digit-shift',
] as const;
const openAccepts = [
  ...controls,
  ...hosts,
  ...routes,
  ...bodies,
  ...queries,
  ...boundaries,
  'body-added',
  'replay',
] as const;
const openWithout = [
  ...ofBytes,
  ...ofTokens,
  ...ofEcdsa,
  'other-s',
  'other-hash',
  'other-passphrase',
  ...ofTimes,
  ...ofNonces,
  ...ofWindows,
  'digit-shift',
] as const;
const signatureAccepts = [
  ...controls,
  'host-case',
  'bare-question-mark',
  'wider-window-signed',
  // The memory is one of signatures: the nonce is there to make them differ.
  'reused-nonce',
] as const;

export const truthTable: Readonly<Record<ProfileName, ProfileTruth>> = {
  'hmac-lines': {
    accepts: [...controls, ...hosts, 'hex-case', 'wider-window-signed', 'reused-nonce'],
    without: [...hexMac, ...ofRising, ...isMillis, 'digit-shift'],
  },
  binance: {
    accepts: [...binanceAccepts, ...spelled],
    without: [...hexMac, ...binanceWithout],
  },
  'binance-rsa': {
    accepts: binanceAccepts,
    without: [...publicKey, ...binanceWithout, 'other-s'],
  },
  'binance-ed25519': {
    accepts: binanceAccepts,
    without: [...publicKey, ...binanceWithout],
  },
  bybit: {
    accepts: [...bybitAccepts, ...spelled, 'wider-window-signed', 'replay'],
    without: [...hexMac, ...bybitWithout],
  },
  'bybit-rsa': {
    accepts: [...bybitAccepts, 'wider-window-signed', 'replay'],
    without: [...publicKey, ...bybitWithout, 'other-s'],
  },
  okx: {
    accepts: [...controls, ...hosts, ...boundaries, 'replay'],
    without: [...base64Mac, ...ofNonces, ...ofWindows, ...isDate, 'digit-shift'],
  },
  kraken: {
    accepts: [
      ...controls,
      ...hosts,
      'method-changed',
      'query-to-body',
      'bare-question-mark',
      'nonce-2-53',
      'nonce-2-64-less-1',
    ],
    without: [...base64Mac, 'other-passphrase', ...ofTimes, ...ofWindows, 'huge-nonce', 'digit-shift'],
  },
  'kraken-futures': {
    accepts: [...controls, ...hosts, 'method-changed', 'path-prefix', ...boundaries, 'bare-question-mark', 'replay'],
    without: [...base64Mac, 'other-passphrase', ...ofTimes, ...ofWindows, ...ofNonces, 'digit-shift'],
  },
  deribit: {
    accepts: [...controls, ...hosts, 'hex-case', 'reused-nonce'],
    without: [...hexMac, ...ofRising, ...ofWindows, ...isMillis, 'digit-shift'],
  },
  bitfinex: {
    accepts: [...controls, ...hosts, 'method-changed', 'hex-case', ...queries, 'nonce-2-53'],
    without: [...hexMac, ...ofTimes, ...ofWindows, 'huge-nonce'],
  },
  gemini: {
    accepts: [...controls, ...hosts, 'method-changed', 'hex-case', 'body-added', 'nonce-2-53', 'nonce-2-64-less-1'],
    without: [
      ...hexMac,
      ...ofTimes,
      ...ofWindows,
      'huge-nonce',
      // Its requests have no body to take away or to cut.
      'body-removed',
      'boundary-shift',
      'digit-shift',
    ],
  },
  bitmex: {
    accepts: [...controls, ...hosts, ...spelled, 'future-signed', 'far-future-signed', 'replay'],
    without: [...hexMac, ...ofNonces, ...ofWindows, ...isSeconds],
  },
  'coinbase-exchange': {
    accepts: [...controls, ...hosts, ...boundaries, 'replay'],
    without: [...base64Mac, ...ofNonces, ...ofWindows, ...isSeconds, 'digit-shift'],
  },
  'coinbase-international': {
    accepts: [...controls, ...hosts, ...queries, 'replay'],
    without: [...base64Mac, ...ofNonces, ...ofWindows, ...isSeconds, 'digit-shift'],
  },
  'coinbase-advanced': {
    accepts: [...coinbaseAccepts, 'second-ecdsa'],
    without: [...coinbaseWithout, 'other-s'],
  },
  'coinbase-advanced-ed25519': {
    accepts: coinbaseAccepts,
    without: [...coinbaseWithout, ...ofEcdsa],
  },
  kucoin: {
    accepts: [
      ...controls,
      ...hosts,
      ...boundaries,
      'percent-case',
      'percent-unreserved',
      'escaped-ampersand',
      'replay',
    ],
    without: [...base64Mac, ...ofNonces, ...ofWindows, ...isMillis, 'digit-shift'],
  },
  gate: {
    accepts: [
      ...controls,
      ...hosts,
      ...spelled,
      'percent-case',
      'percent-unreserved',
      'escaped-ampersand',
      'bare-question-mark',
      'replay',
    ],
    without: [...hexMac, ...ofNonces, ...ofWindows, ...isSeconds, 'digit-shift'],
  },
  alpaca: { accepts: openAccepts, without: openWithout },
  rfc9421: {
    accepts: signatureAccepts,
    without: [...base64Mac, ...ofRising, ...isSeconds, 'other-passphrase', 'digit-shift'],
  },
  'rfc9421-ed25519': {
    accepts: signatureAccepts,
    without: [...publicKey, ...ofRising, ...isSeconds, 'digit-shift'],
  },
  sigv4: {
    accepts: [
      ...controls,
      'query-order',
      'query-plus',
      'percent-case',
      'percent-unreserved',
      'bare-question-mark',
      'replay',
    ],
    without: [...hexMac, 'other-hash', ...ofNonces, ...ofWindows, ...isDate, 'digit-shift'],
  },
  stripe: {
    accepts: [...controls, ...hosts, ...routes, ...queries, ...spelled, 'replay'],
    without: [...hexMac, ...ofNonces, ...ofWindows, ...isSeconds, 'digit-shift'],
  },
  github: {
    accepts: [...controls, ...hosts, ...routes, ...queries, ...spelled, 'replay'],
    without: [...hexMac, ...ofTimes, ...ofNonces, ...ofWindows, 'digit-shift'],
  },
  bearer: {
    accepts: openAccepts,
    // The token is all: no key is named beside it, and none but the whole of it can be another's.
    without: [...openWithout, 'key-of-another', 'key-as-secret', 'empty-secret'],
  },
};

/** What a right verifier makes of a kind: lets it in, keeps it out; `none`: the kind does nothing here. */
export function truthOf(profile: ProfileName, kind: TamperKind): Truth {
  const { accepts, without } = truthTable[profile];
  if (without.includes(kind)) return 'none';
  return accepts.includes(kind) ? 'accept' : 'reject';
}

/** All kinds of one truth, in the order of `kindTable`. */
export function kindsOfTruth(profile: ProfileName, truth: Truth): readonly TamperKind[] {
  return allTamperKinds.filter((kind) => truthOf(profile, kind) === truth);
}
