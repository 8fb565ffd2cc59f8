/** Coinbase International Exchange: `timestamp || METHOD || path || body` without the query, see `coinbase-hmac.ts`. */
import { coinbaseHmac } from './coinbase-hmac.js';

export const coinbaseInternational = coinbaseHmac({
  name: 'coinbase-international',
  title: 'Coinbase International Exchange',
  source:
    'docs.cdp.coinbase.com/api-reference/international-exchange-api/rest-api/authentication; ' +
    'ccxt 4.5.84, coinbaseinternational.js, sign()',
  // "Do NOT include the base URL or query parameters when creating the signature": the same page.
  signsQuery: false,
  // "Decimal values are not allowed. Your timestamp should be within 5 seconds of the API service time": the same page.
  decimals: false,
  windowUs: 5_000_000,
  weaknesses: [
    'The query is not signed: whoever holds a request in his hands can change its parameters.',
    'Nothing stands between path and body: `/orders/1` with the body `2` signs like `/orders/12` without one.',
    'There is no nonce: a request can be sent again until its window is over.',
    'The passphrase goes out in clear in every request: whoever has seen one request has it.',
  ],
});
