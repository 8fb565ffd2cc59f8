/** Coinbase Advanced Trade with Ed25519 keys: tokens signed with EdDSA (RFC 8037), see `coinbase-token.ts`. */
import { sign, verify } from 'node:crypto';
import { coinbaseToken } from './coinbase-token.js';
import { privateKeyOf, publicKeyOf } from './key-objects.js';
import type { OwnProfile } from './profile.js';

export const coinbaseAdvancedEd25519: OwnProfile = {
  ...coinbaseToken({
    algorithm: 'EdDSA',
    issuers: ['cdp'],
    audiences: ['cdp_service'],
    target: 'uris',
    sign: (credential, text) => sign(null, Buffer.from(text), privateKeyOf(credential.privateKey)),
    verify: (credential, text, signature) => {
      const key = publicKeyOf(credential.publicKey);
      return key?.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, signature);
    },
  }),
  name: 'coinbase-advanced-ed25519',
  title: 'Coinbase Advanced Trade (EdDSA)',
  source:
    'docs.cdp.coinbase.com/get-started/authentication/jwt-authentication; ccxt 4.5.84, coinbase.js, createAuthToken()',
  keyKind: 'ed25519',
};
