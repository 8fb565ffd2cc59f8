/** A request of each venue that is well formed, and ways to change it. */
import type { Received } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';

export const FORM = 'application/x-www-form-urlencoded';
export const HEX_64 = 'ab'.repeat(32);
const HEX_96 = 'ab'.repeat(48);
export const BASE64_44 = Buffer.alloc(32, 7).toString('base64');
const BASE64_88 = Buffer.alloc(64, 7).toString('base64');

export const payload = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** A request of each venue that is well formed; signatures are of the right look. */
export const good: Readonly<Partial<Record<ProfileName, Received>>> = {
  binance: {
    method: 'POST',
    path: `/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1790000000000&signature=${HEX_64}`,
    headers: { 'x-mbx-apikey': 'k' },
    body: '',
  },
  'binance-ed25519': {
    method: 'POST',
    path: '/api/v3/order?timestamp=1790000000000&signature=aa%2Bb%3D%3D',
    headers: { 'x-mbx-apikey': 'k' },
    body: '',
  },
  bybit: {
    method: 'GET',
    path: '/v5/order/realtime?category=linear',
    headers: {
      'x-bapi-api-key': 'k',
      'x-bapi-timestamp': '1790000000000',
      'x-bapi-recv-window': '5000',
      'x-bapi-sign': HEX_64,
    },
    body: '',
  },
  'bybit-rsa': {
    method: 'GET',
    path: '/v5/order/realtime?category=linear',
    headers: { 'x-bapi-api-key': 'k', 'x-bapi-timestamp': '1790000000000', 'x-bapi-sign': 'aa+/' },
    body: '',
  },
  okx: {
    method: 'GET',
    path: '/api/v5/account/balance',
    headers: {
      'ok-access-key': 'k',
      'ok-access-timestamp': '2026-09-21T13:33:20.000Z',
      'ok-access-passphrase': 'p',
      'ok-access-sign': BASE64_44,
    },
    body: '',
  },
  kraken: {
    method: 'POST',
    path: '/0/private/AddOrder',
    headers: { 'api-key': 'k', 'api-sign': BASE64_88, 'content-type': FORM },
    body: 'nonce=7&pair=XBTUSD',
  },
  'kraken-futures': {
    method: 'POST',
    path: '/derivatives/api/v3/sendorder?symbol=PI_XBTUSD',
    headers: { apikey: 'k', authent: BASE64_88, nonce: '7' },
    body: '',
  },
  deribit: {
    method: 'GET',
    path: '/api/v2/private/buy?amount=10',
    headers: { authorization: `deri-hmac-sha256 id=k,ts=1790000000000,sig=${HEX_64},nonce=n` },
    body: '',
  },
  bitfinex: {
    method: 'POST',
    path: '/v2/auth/r/wallets',
    headers: { 'bfx-apikey': 'k', 'bfx-nonce': '7', 'bfx-signature': HEX_96 },
    body: '{}',
  },
  gemini: {
    method: 'POST',
    path: '/v1/order/new',
    headers: {
      'x-gemini-apikey': 'k',
      'x-gemini-signature': HEX_96,
      'x-gemini-payload': payload('{"request":"/v1/order/new","nonce":7,"a":1}'),
    },
    body: '',
  },
};

export type Change = Partial<Received> | ((request: Received) => Partial<Received>);

export function changed(name: ProfileName, change: Change): Received {
  const request = good[name] as Received;
  return { ...request, ...(typeof change === 'function' ? change(request) : change) };
}

export const header =
  (name: string, value: string | readonly string[] | undefined): Change =>
  ({ headers }) => ({ headers: { ...headers, [name]: value } });
export const query = (text: string): Change => ({ path: `/api/v3/order?${text}` });
export const authorization = (text: string): Change => header('authorization', text);
export const carried = (text: string): Change => header('x-gemini-payload', payload(text));
export const sig = `signature=${HEX_64}`;
