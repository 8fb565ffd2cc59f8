/**
 * KuCoin, a classic spot account. Written from what ccxt 4.5.84 sends to it and reads of it (js/src/kucoin.js), and from
 * KuCoin's documents: docs-new/rate-limit and docs-new/error-code.
 *
 * A request that went well has the `code` 200000; others have their own, with a status of 4xx.
 */
import { bookOf, type Market, marketOf, markets, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import type { Face, FaceAnswer, FaceLimits, FaceRefusal, FaceRequest, FaceRoute } from './face.js';
import { textField } from './fields.js';
import { type Answering, answer, refused } from './kucoin-answer.js';
import {
  active,
  amend,
  cancel,
  cancelAll,
  cancelNamed,
  idAsked,
  list,
  namedAsked,
  oneNamed,
  oneOrder,
  place,
  placeMany,
} from './kucoin-orders.js';
import { accountOf, nowMsOf, totalOf } from './wished-order.js';

const unknownSymbol = refused(400, '400100', 'Unsupported trading pair.');

function symbolRow(market: Market): unknown {
  return {
    symbol: market.symbol,
    name: market.symbol,
    baseCurrency: market.base,
    quoteCurrency: market.quote,
    feeCurrency: market.quote,
    market: 'USDS',
    baseMinSize: stepOf(QUANTITY_DIGITS),
    quoteMinSize: stepOf(market.priceDigits),
    baseMaxSize: String(market.endowment),
    quoteMaxSize: '1000000000',
    baseIncrement: stepOf(QUANTITY_DIGITS),
    quoteIncrement: stepOf(market.priceDigits),
    priceIncrement: stepOf(market.priceDigits),
    priceLimitRate: '1',
    isMarginEnabled: false,
    enableTrading: true,
  };
}

function currencyRow(currency: string): unknown {
  return {
    currency,
    name: currency,
    fullName: currency,
    precision: 8,
    isMarginEnabled: false,
    isDebitEnabled: false,
    chains: [],
  };
}

function tickerRow(market: Market): Record<string, unknown> {
  const { bid, ask, last } = quoteOf(market);
  return {
    symbol: market.symbol,
    symbolName: market.symbol,
    buy: bid,
    sell: ask,
    changeRate: '0',
    changePrice: '0',
    high: last,
    low: last,
    vol: '0',
    volValue: '0',
    last,
    averagePrice: last,
    takerFeeRate: '0.001',
    makerFeeRate: '0.001',
    takerCoefficient: '1',
    makerCoefficient: '1',
  };
}

const stats: Answering = ({ params }, _admission, api) => {
  const market = marketOf(textField(params, 'symbol'));
  return market === undefined ? unknownSymbol : answer({ time: nowMsOf(api), ...tickerRow(market) });
};

function bookAnswer(levels: number): Answering {
  return ({ params }, _admission, api) => {
    const market = marketOf(textField(params, 'symbol'));
    if (market === undefined) return unknownSymbol;
    const { bids, asks } = bookOf(market, levels);
    return answer({ sequence: '1', time: nowMsOf(api), bids, asks });
  };
}

const accounts: Answering = ({ params }, admission, api) => {
  const type = textField(params, 'type');
  const currency = textField(params, 'currency');
  if (type !== '' && type !== 'trade') return answer([]);
  const rows = api.floor.balances(accountOf(admission)).map((held) => ({
    id: `trade-${held.asset}`,
    currency: held.asset,
    type: 'trade',
    balance: totalOf(held),
    available: held.free,
    holds: held.locked,
  }));
  return answer(currency === '' ? rows : rows.filter((row) => row.currency === currency));
};

function get(path: string, requestClass: FaceRoute['requestClass'], answering: Answering): FaceRoute {
  return { method: 'GET', path: `/api/${path}`, requestClass, answer: answering };
}

const books = { level2_20: 20, level2_100: 100 } as const;

const routes: readonly FaceRoute[] = [
  get('v1/timestamp', 'time', (_request, _admission, api) => answer(nowMsOf(api))),
  get('v1/status', 'time', () => answer({ status: 'open', msg: '' })),
  get('v3/currencies', 'markets', () => answer(['USDT', ...markets.map(({ base }) => base)].map(currencyRow))),
  get('v2/symbols', 'markets', () => answer(markets.map(symbolRow))),
  get('v1/market/allTickers', 'ticker', (_request, _admission, api) =>
    answer({ time: nowMsOf(api), ticker: markets.map(tickerRow) }),
  ),
  get('v1/market/stats', 'ticker', stats),
  ...Object.entries(books).map(([name, levels]) => get(`v1/market/orderbook/${name}`, 'book', bookAnswer(levels))),
  get('v3/market/orderbook/level2', 'book', bookAnswer(books.level2_100)),
  // Futures and margin trading: there is none. Clients ask for the lists when they start.
  get('v1/contracts/active', 'markets', () => answer([])),
  get('v3/margin/symbols', null, (_request, _admission, api) => answer({ timestamp: nowMsOf(api), items: [] })),
  get('v1/isolated/symbols', null, () => answer([])),
  get('ua/v1/account/mode', 'account', () => answer({ selfAccountMode: 'CLASSIC' })),
  get('v1/hf/accounts/opened', 'account', () => answer(false)),
  get('v1/accounts', 'account', accounts),
  { method: 'POST', path: '/api/v1/orders', requestClass: 'order.place', answer: place },
  { method: 'POST', path: '/api/v1/hf/orders', requestClass: 'order.place', answer: place },
  { method: 'POST', path: '/api/v1/hf/orders/alter', requestClass: 'order.amend', orderId: idAsked, answer: amend },
  // Five orders in one weigh 3 at the venue; here as much as two, 4.
  { method: 'POST', path: '/api/v1/orders/multi', requestClass: 'order.place', elements: () => 2, answer: placeMany },
  // To cancel all weighs 20, where a cancel weighs 3: seven of them.
  { method: 'DELETE', path: '/api/v1/orders', requestClass: 'order.cancel', elements: () => 7, answer: cancelAll },
  { method: 'DELETE', path: '/api/v1/orders/:orderId', requestClass: 'order.cancel', orderId: idAsked, answer: cancel },
  {
    method: 'DELETE',
    path: '/api/v1/order/client-order/:clientOid',
    requestClass: 'order.cancel',
    orderId: namedAsked,
    answer: cancelNamed,
  },
  get('v1/orders', 'order.list', list),
  get('v1/orders/:orderId', 'order.list', oneOrder),
  get('v1/order/client-order/:clientOid', 'order.list', oneNamed),
  get('v1/hf/orders/active', 'order.list', active),
];

/** The gate tells no wrong passphrase (400004 at the venue) from a wrong signature. */
function refuse({ decision, retryAfterMs, request }: FaceRefusal): FaceAnswer {
  switch (decision) {
    case 'throttled':
    case 'never':
    case 'banned':
      // What KuCoin documents: "http code:429, error code:429000". ccxt knows no class for that code, and says ExchangeError.
      return {
        ...refused(429, '429000', 'Too many requests in a short period of time, please retry later'),
        ...(retryAfterMs > 0 && { headers: { 'gw-ratelimit-reset': String(retryAfterMs) } }),
      };
    case 'unknown-key':
      return refused(401, '400003', 'KC-API-KEY does not exist.');
    case 'bad-signature':
    case 'replayed':
      return refused(401, '400005', 'Invalid KC-API-SIGN.');
    case 'stale':
    case 'from-future':
      return refused(400, '400002', 'Invalid KC-API-TIMESTAMP.');
    case 'replay-full':
      return refused(503, '500000', 'Internal Server Error');
    default:
      return malformed(request);
  }
}

const needed = ['kc-api-key', 'kc-api-sign', 'kc-api-timestamp', 'kc-api-passphrase'];

function malformed({ headers }: FaceRequest): FaceAnswer {
  const isMissing = needed.some((name) => headers[name] === undefined || headers[name] === '');
  return isMissing
    ? refused(
        401,
        '400001',
        'Any of KC-API-KEY, KC-API-SIGN, KC-API-TIMESTAMP, KC-API-PASSPHRASE is missing in your request header',
      )
    : refused(400, '400002', 'Invalid KC-API-TIMESTAMP.');
}

/** Of the pool that came nearest: what it is, what is left of it, and in how many milliseconds it is full again. */
function limitHeaders({ limit, capacity, remaining, resetMs }: FaceLimits): Readonly<Record<string, string>> {
  if (limit === '') return {};
  return {
    'gw-ratelimit-limit': String(capacity),
    'gw-ratelimit-remaining': String(remaining),
    'gw-ratelimit-reset': String(resetMs),
  };
}

export const kucoin: Face = {
  name: 'kucoin',
  title: 'KuCoin (classic spot)',
  profile: 'kucoin',
  policy: 'kucoin.yaml',
  routes,
  // 24 hexadecimal digits, as the venue's are.
  orderId: (count) => count.toString(16).padStart(24, '0'),
  refuse,
  limitHeaders,
  unknown: () => refused(404, '404000', 'Url Not Found'),
};
