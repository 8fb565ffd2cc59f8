/** Coinbase Advanced Trade with ECDSA keys: tokens signed with ES256 (RFC 7518 section 3.4), see `coinbase-token.ts`. */
import { verify } from 'node:crypto';
import { coinbaseToken } from './coinbase-token.js';
import { privateKeyOf, publicKeyOf } from './key-objects.js';
import { p256Scalar, p256Sign } from './p256-key.js';
import type { Credential, OwnProfile } from './profile.js';

const scalars = new WeakMap<Credential, bigint>();

function scalarOf(credential: Credential): bigint {
  const kept = scalars.get(credential);
  if (kept !== undefined) return kept;
  const made = p256Scalar(privateKeyOf(credential.privateKey));
  scalars.set(credential, made);
  return made;
}

export const coinbaseAdvanced: OwnProfile = {
  ...coinbaseToken({
    algorithm: 'ES256',
    issuers: ['coinbase-cloud', 'cdp'],
    audiences: ['retail_rest_api_proxy', 'cdp_service'],
    target: 'uri',
    sign: (credential, text) => p256Sign(scalarOf(credential), text),
    verify: (credential, text, signature) => {
      const key = publicKeyOf(credential.publicKey);
      // r and s as they are: DER, which starts with the byte 0x30, has another length and is malformed.
      return (
        key?.asymmetricKeyType === 'ec' &&
        verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature)
      );
    },
  }),
  name: 'coinbase-advanced',
  title: 'Coinbase Advanced Trade (ES256)',
  source:
    'docs.cdp.coinbase.com/get-started/authentication/jwt-authentication; ccxt 4.5.84, coinbase.js, createAuthToken()',
  keyKind: 'p256',
};
