/** All signing profiles by name. */
import type { AuthSpec } from '../core/spec.js';
import { alpaca } from './alpaca.js';
import { bearer } from './bearer.js';
import { binance, binanceEd25519, binanceRsa } from './binance.js';
import { bitfinex } from './bitfinex.js';
import { bitmex } from './bitmex.js';
import { bybit, bybitRsa } from './bybit.js';
import { coinbaseAdvanced } from './coinbase-advanced.js';
import { coinbaseAdvancedEd25519 } from './coinbase-advanced-ed25519.js';
import { coinbaseExchange } from './coinbase-exchange.js';
import { coinbaseInternational } from './coinbase-international.js';
import { deribit } from './deribit.js';
import { gate } from './gate.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { hmacLines } from './hmac-lines-profile.js';
import { kraken } from './kraken.js';
import { krakenFutures } from './kraken-futures.js';
import { kucoin } from './kucoin.js';
import { okx } from './okx.js';
import type { SigningProfile } from './profile.js';
import type { ProfileName } from './profile-names.js';
import { rfc9421 } from './rfc9421.js';
import { rfc9421Ed25519 } from './rfc9421-ed25519.js';
import { sigv4 } from './sigv4.js';
import { stripe } from './stripe.js';

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
