/** Coinbase Exchange: `timestamp || METHOD || path?query || body`, see `coinbase-hmac.ts`. */
import { coinbaseHmac } from './coinbase-hmac.js';

export const coinbaseExchange = coinbaseHmac({
  name: 'coinbase-exchange',
  title: 'Coinbase Exchange',
  source: 'docs.cdp.coinbase.com/exchange/rest-api/authentication; ccxt 4.5.84, coinbaseexchange.js, sign()',
  signsQuery: true,
  // "Decimal values are allowed. Your timestamp must be within 30 seconds of the API service time": the same page.
  decimals: true,
  windowUs: 30_000_000,
  weaknesses: [
    'Nothing stands between path, query and body: `/orders?a=1` with the body `2` signs like `/orders?a=12` without one.',
    'There is no nonce: a request can be sent again until its window is over.',
    'The passphrase goes out in clear in every request: whoever has seen one request has it.',
  ],
});
