/** All signing profiles by name. */
import type { AuthSpec } from '../core/spec.js';
import { hmacLines } from './hmac-lines-profile.js';
import type { SigningProfile } from './profile.js';
import type { ProfileName } from './profile-names.js';
import { bearer } from './standards/bearer.js';
import { github } from './standards/github.js';
import { rfc9421 } from './standards/rfc9421.js';
import { rfc9421Ed25519 } from './standards/rfc9421-ed25519.js';
import { sigv4 } from './standards/sigv4.js';
import { stripe } from './standards/stripe.js';
import { alpaca } from './venues/alpaca.js';
import { binance, binanceEd25519, binanceRsa } from './venues/binance.js';
import { bitfinex } from './venues/bitfinex.js';
import { bitmex } from './venues/bitmex.js';
import { bybit, bybitRsa } from './venues/bybit.js';
import { coinbaseAdvanced } from './venues/coinbase-advanced.js';
import { coinbaseAdvancedEd25519 } from './venues/coinbase-advanced-ed25519.js';
import { coinbaseExchange } from './venues/coinbase-exchange.js';
import { coinbaseInternational } from './venues/coinbase-international.js';
import { deribit } from './venues/deribit.js';
import { gate } from './venues/gate.js';
import { gemini } from './venues/gemini.js';
import { kraken } from './venues/kraken.js';
import { krakenFutures } from './venues/kraken-futures.js';
import { kucoin } from './venues/kucoin.js';
import { okx } from './venues/okx.js';

/** Those with one form; `hmac-lines` takes hash and encoding from the policy. */
const fixed: Readonly<Record<Exclude<ProfileName, 'hmac-lines'>, SigningProfile>> = {
  binance,
  'binance-rsa': binanceRsa,
  'binance-ed25519': binanceEd25519,
  bybit,
  'bybit-rsa': bybitRsa,
  okx,
  kraken,
  'kraken-futures': krakenFutures,
  deribit,
  bitfinex,
  gemini,
  bitmex,
  'coinbase-exchange': coinbaseExchange,
  'coinbase-international': coinbaseInternational,
  'coinbase-advanced': coinbaseAdvanced,
  'coinbase-advanced-ed25519': coinbaseAdvancedEd25519,
  kucoin,
  gate,
  alpaca,
  rfc9421,
  'rfc9421-ed25519': rfc9421Ed25519,
  sigv4,
  stripe,
  github,
  bearer,
};

const plain = hmacLines({ hash: 'sha256', encoding: 'hex' });

/** @param form - of `hmac-lines` alone: HMAC-SHA256 in hex when it is left out. */
export function profileOf(name: ProfileName, form?: Pick<AuthSpec, 'hash' | 'encoding'>): SigningProfile {
  if (name === 'hmac-lines') return form === undefined ? plain : hmacLines(form);
  return fixed[name];
}
