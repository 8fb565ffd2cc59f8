/** Coinbase Advanced Trade with ECDSA keys: tokens signed with ES256 (RFC 7518 section 3.4), see `coinbase-token.ts`. */

import { signatureBy, verifies } from '../keys/signature-algorithms.js';
import type { OwnProfile } from '../profile.js';
import { coinbaseToken } from './coinbase-token.js';

export const coinbaseAdvanced: OwnProfile = {
  ...coinbaseToken({
    algorithm: 'ES256',
    issuers: ['coinbase-cloud', 'cdp'],
    audiences: ['retail_rest_api_proxy', 'cdp_service'],
    target: 'uri',
    sign: ({ privateKey }, text) => signatureBy('ecdsa-p256-sha256', text, privateKey),
    // r and s as they are: DER, which starts with the byte 0x30, has another length and is malformed.
    verify: ({ publicKey }, text, signature) => verifies('ecdsa-p256-sha256', text, signature, publicKey),
  }),
  name: 'coinbase-advanced',
  title: 'Coinbase Advanced Trade (ES256)',
  source:
    'docs.cdp.coinbase.com/get-started/authentication/jwt-authentication; ccxt 4.5.84, coinbase.js, createAuthToken()',
  keyKind: 'p256',
};
