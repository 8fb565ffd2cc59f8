/**
 * Bybit v5, spot, a unified account. Written from bybit-exchange/docs (v5) and from what ccxt reads of it.
 *
 * Nearly everything is answered with status 200 and a `retCode`; only an address that sends too much hears 403, in plain text,
 * and an unsigned request 401.
 */
import { bookOf, type Market, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import {
  type Answering,
  answer,
  badParameter,
  fault,
  idOf,
  list,
  marketIn,
  marketsAsked,
  unknownSymbol,
} from './bybit-answer.js';
import * as orders from './bybit-orders.js';
import type { Face, FaceAnswer, FaceLimits, FaceRefusal, FaceRoute } from './face.js';
import { textField } from './fields.js';
import { accountOf, nowMsOf, totalOf } from './wished-order.js';

const BOOK_LEVELS_DEFAULT = 1;

function instrument(market: Market): unknown {
  return {
    symbol: idOf(market),
    baseCoin: market.base,
    quoteCoin: market.quote,
    innovation: '0',
    status: 'Trading',
    marginTrading: 'none',
    lotSizeFilter: {
      basePrecision: stepOf(QUANTITY_DIGITS),
      quotePrecision: stepOf(market.priceDigits + QUANTITY_DIGITS),
      minOrderQty: stepOf(QUANTITY_DIGITS),
      maxOrderQty: String(market.endowment),
      minOrderAmt: '0',
      maxOrderAmt: '1000000000',
    },
    priceFilter: { tickSize: stepOf(market.priceDigits) },
  };
}

function ticker(market: Market): unknown {
  const { bid, ask, last } = quoteOf(market);
  const [bids, asks] = [bookOf(market, 1).bids, bookOf(market, 1).asks];
  return {
    symbol: idOf(market),
    bid1Price: bid,
    bid1Size: bids[0]?.[1] ?? '0',
    ask1Price: ask,
    ask1Size: asks[0]?.[1] ?? '0',
    lastPrice: last,
    prevPrice24h: last,
    price24hPcnt: '0',
    highPrice24h: last,
    lowPrice24h: last,
    turnover24h: '0',
    volume24h: '0',
    usdIndexPrice: last,
  };
}

const book: Answering = ({ params }, _admission, api) => {
  const market = marketIn(params);
  const levels = Number(textField(params, 'limit') || BOOK_LEVELS_DEFAULT);
  if (market === undefined || !Number.isSafeInteger(levels) || levels < 1) return fault(api, badParameter);
  const { bids, asks } = bookOf(market, levels);
  const nowMs = nowMsOf(api);
  return answer(nowMs, { s: idOf(market), b: bids, a: asks, ts: nowMs, u: 1, seq: 1, cts: nowMs });
};

const balance: Answering = (_request, admission, api) => {
  const coin = api.floor.balances(accountOf(admission)).map((held) => ({
    coin: held.asset,
    equity: totalOf(held),
    walletBalance: totalOf(held),
    free: held.free,
    locked: held.locked,
    borrowAmount: '0',
    accruedInterest: '0',
    totalOrderIM: '0',
    totalPositionIM: '0',
    totalPositionMM: '0',
    unrealisedPnl: '0',
    cumRealisedPnl: '0',
    usdValue: '',
  }));
  return answer(nowMsOf(api), { list: [{ accountType: 'UNIFIED', accountLTV: '0', coin }] });
};

function post(
  name: string,
  requestClass: FaceRoute['requestClass'],
  answering: Answering,
  more: Pick<FaceRoute, 'elements' | 'orderId'> = {},
): FaceRoute {
  return { method: 'POST', path: `/v5/order/${name}`, requestClass, answer: answering, ...more };
}

const routes: readonly FaceRoute[] = [
  {
    method: 'GET',
    path: '/v5/market/time',
    requestClass: 'time',
    answer: (_request, _admission, api) => {
      const nowUs = api.clock.nowUs();
      const nowMs = Math.floor(nowUs / 1_000);
      return answer(nowMs, { timeSecond: String(Math.floor(nowMs / 1_000)), timeNano: `${nowUs}000` });
    },
  },
  // Of maintenance: there is none.
  {
    method: 'GET',
    path: '/v5/system/status',
    requestClass: null,
    answer: (_request, _admission, api) => answer(nowMsOf(api), { list: [] }),
  },
  {
    method: 'GET',
    path: '/v5/market/instruments-info',
    requestClass: 'markets',
    answer: (request, _admission, api) => list(api, request, () => (marketsAsked(request) ?? []).map(instrument)),
  },
  {
    method: 'GET',
    path: '/v5/market/tickers',
    requestClass: 'ticker',
    answer: (request, _admission, api) => {
      const asked = marketsAsked(request);
      return asked === null ? fault(api, unknownSymbol) : list(api, request, () => asked.map(ticker));
    },
  },
  { method: 'GET', path: '/v5/market/orderbook', requestClass: 'book', answer: book },
  {
    method: 'GET',
    path: '/v5/user/query-api',
    requestClass: 'account',
    answer: (_request, admission, api) =>
      answer(nowMsOf(api), { apiKey: admission?.keyId ?? '', readOnly: 0, unified: 0, uta: 1, isMaster: true }),
  },
  {
    method: 'GET',
    path: '/v5/account/info',
    requestClass: 'account',
    answer: (_request, _admission, api) =>
      answer(nowMsOf(api), { unifiedMarginStatus: 6, marginMode: 'REGULAR_MARGIN', spotHedgingStatus: 'OFF' }),
  },
  { method: 'GET', path: '/v5/account/wallet-balance', requestClass: 'account', answer: balance },
  {
    method: 'GET',
    path: '/v5/asset/coin/query-info',
    requestClass: 'account',
    answer: (_request, admission, api) => {
      const rows = api.floor
        .balances(accountOf(admission))
        .map(({ asset }) => ({ coin: asset, name: asset, chains: [] }));
      return answer(nowMsOf(api), { rows });
    },
  },
  post('create', 'order.place', orders.create),
  post('create-batch', 'order.place', orders.createBatch, { elements: orders.batchElements }),
  post('amend', 'order.amend', orders.amend, { orderId: orders.idAsked }),
  post('amend-batch', 'order.amend', orders.amendBatch, { elements: orders.batchElements }),
  post('cancel', 'order.cancel', orders.cancel, { orderId: orders.idAsked }),
  post('cancel-batch', 'order.cancel', orders.cancelBatch, { elements: orders.batchElements }),
  post('cancel-all', 'order.cancel', orders.cancelAll),
  { method: 'GET', path: '/v5/order/realtime', requestClass: 'order.list', answer: orders.realtime },
  { method: 'GET', path: '/v5/order/history', requestClass: 'order.list', answer: orders.history },
];

function refuse({ decision, by, retryAfterMs, nowMs }: FaceRefusal): FaceAnswer {
  const refused = (code: number, message: string): FaceAnswer => answer(nowMs, {}, { code, message });
  switch (decision) {
    case 'throttled':
    case 'never':
    case 'banned':
      // ccxt takes a 403 that is no JSON for RateLimitExceeded.
      if (by.includes('ip')) return { status: 403, body: '403, access too frequent' };
      return {
        ...refused(10006, 'Too many visits. Exceeded the API Rate Limit.'),
        headers: { 'X-Bapi-Limit-Status': '0', 'X-Bapi-Limit-Reset-Timestamp': String(nowMs + retryAfterMs) },
      };
    case 'unknown-key':
      return refused(10003, 'API key is invalid.');
    case 'bad-signature':
      return refused(10004, 'Error sign, please check your signature generation algorithm.');
    case 'stale':
    case 'from-future':
      return refused(10002, 'The request time exceeds the time window range.');
    case 'replayed':
      return refused(10014, 'Invalid duplicate request.');
    case 'replay-full':
      return refused(10016, 'Server error.');
    default:
      return { ...refused(10007, 'User authentication failed.'), status: 401 };
  }
}

/** As the venue's: of the limit that came nearest. */
function limitHeaders({ limit, capacity, remaining, nowMs }: FaceLimits): Readonly<Record<string, string>> {
  if (limit === '') return {};
  return {
    'X-Bapi-Limit': String(capacity),
    'X-Bapi-Limit-Status': String(remaining),
    'X-Bapi-Limit-Reset-Timestamp': String(nowMs),
  };
}

export const bybit: Face = {
  name: 'bybit',
  title: 'Bybit v5 (spot)',
  profile: 'bybit',
  policy: 'bybit.yaml',
  routes,
  refuse,
  limitHeaders,
  unknown: () => ({ status: 404, body: '{"retCode":10017,"retMsg":"Route not found."}' }),
};
