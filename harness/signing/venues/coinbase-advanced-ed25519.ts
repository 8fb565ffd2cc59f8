/** Coinbase Advanced Trade with Ed25519 keys: tokens signed with EdDSA (RFC 8037), see `coinbase-token.ts`. */

import { signatureBy, verifies } from '../keys/signature-algorithms.js';
import type { OwnProfile } from '../profile.js';
import { coinbaseToken } from './coinbase-token.js';

export const coinbaseAdvancedEd25519: OwnProfile = {
  ...coinbaseToken({
    algorithm: 'EdDSA',
    issuers: ['cdp'],
    audiences: ['cdp_service'],
    target: 'uris',
    sign: ({ privateKey }, text) => signatureBy('ed25519', text, privateKey),
    verify: ({ publicKey }, text, signature) => verifies('ed25519', text, signature, publicKey),
  }),
  name: 'coinbase-advanced-ed25519',
  title: 'Coinbase Advanced Trade (EdDSA)',
  source:
    'docs.cdp.coinbase.com/get-started/authentication/jwt-authentication; ccxt 4.5.84, coinbase.js, createAuthToken()',
  keyKind: 'ed25519',
};
