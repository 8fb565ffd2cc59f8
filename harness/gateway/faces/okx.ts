/**
 * OKX v5, spot. Written from what ccxt 4.5.84 sends to it and reads of it (js/src/okx.js), and from the error codes that are
 * listed there and in OKX's documents.
 *
 * A request is answered with a `code`, '0' when all went well; each order of a batch has its own `sCode`. Refusals of the
 * gate come with status 401 or 429.
 */
import { bookOf, type Market, marketOf, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import type { Face, FaceAnswer, FaceRefusal, FaceRequest, FaceRoute } from './face.js';
import { textField } from './fields.js';
import { type Answering, answer, badParameter, isSpot, marketsAsked, unknownInstrument } from './okx-answer.js';
import {
  amendOne,
  cancelOne,
  each,
  elementsOf,
  history,
  idAsked,
  type One,
  oneOrder,
  pending,
  placeOne,
} from './okx-orders.js';
import { accountOf, nowMsOf, totalOf } from './wished-order.js';

function instrument(market: Market): unknown {
  return {
    instType: 'SPOT',
    instId: market.symbol,
    baseCcy: market.base,
    quoteCcy: market.quote,
    settleCcy: '',
    uly: '',
    lever: '',
    lotSz: stepOf(QUANTITY_DIGITS),
    minSz: stepOf(QUANTITY_DIGITS),
    tickSz: stepOf(market.priceDigits),
    maxLmtSz: String(market.endowment),
    state: 'live',
    listTime: '0',
    category: '1',
  };
}

function ticker(market: Market, nowMs: number): unknown {
  const { bid, ask, last } = quoteOf(market);
  const { bids, asks } = bookOf(market, 1);
  return {
    instType: 'SPOT',
    instId: market.symbol,
    last,
    lastSz: '0',
    bidPx: bid,
    bidSz: bids[0]?.[1] ?? '0',
    askPx: ask,
    askSz: asks[0]?.[1] ?? '0',
    open24h: last,
    high24h: last,
    low24h: last,
    volCcy24h: '0',
    vol24h: '0',
    ts: String(nowMs),
  };
}

const tickers: Answering = (request, _admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return answer([], unknownInstrument);
  return answer(isSpot(request) ? asked.map((market) => ticker(market, nowMsOf(api))) : []);
};

const book: Answering = ({ params }, _admission, api) => {
  const market = marketOf(textField(params, 'instId'));
  const levels = Number(textField(params, 'sz') || 1);
  if (market === undefined) return answer([], unknownInstrument);
  if (!Number.isSafeInteger(levels) || levels < 1) return answer([], badParameter);
  const { bids, asks } = bookOf(market, levels);
  const rows = (side: typeof bids): unknown => side.map(([price, size]) => [price, size, '0', '1']);
  return answer([{ asks: rows(asks), bids: rows(bids), ts: String(nowMsOf(api)) }]);
};

const balance: Answering = (_request, admission, api) => {
  const nowMs = String(nowMsOf(api));
  const details = api.floor.balances(accountOf(admission)).map((held) => ({
    ccy: held.asset,
    eq: totalOf(held),
    cashBal: totalOf(held),
    availBal: held.free,
    availEq: held.free,
    frozenBal: held.locked,
    ordFrozen: held.locked,
    uTime: nowMs,
  }));
  return answer([{ details, totalEq: '', uTime: nowMs }]);
};

const currencies: Answering = (_request, admission, api) =>
  answer(
    api.floor.balances(accountOf(admission)).map(({ asset }) => ({
      ccy: asset,
      name: asset,
      chain: `${asset}-Trial`,
      canDep: false,
      canWd: false,
      wdTickSz: '8',
    })),
  );

function get(path: string, requestClass: FaceRoute['requestClass'], answering: Answering): FaceRoute {
  return { method: 'GET', path: `/api/v5/${path}`, requestClass, answer: answering };
}

function post(path: string, requestClass: FaceRoute['requestClass'], one: One): FaceRoute {
  const route = { method: 'POST', path: `/api/v5/${path}`, requestClass, answer: each(one) } as const;
  if (requestClass === 'order.place') return { ...route, elements: elementsOf };
  return { ...route, elements: elementsOf, orderId: idAsked };
}

const routes: readonly FaceRoute[] = [
  get('public/time', 'time', (_request, _admission, api) => answer([{ ts: String(nowMsOf(api)) }])),
  // Of maintenance: there is none.
  get('system/status', null, () => answer([])),
  get('public/instruments', 'markets', (request) => {
    const asked = marketsAsked(request);
    if (asked === null) return answer([], unknownInstrument);
    return answer(isSpot(request) ? asked.map(instrument) : []);
  }),
  get('market/ticker', 'ticker', tickers),
  get('market/tickers', 'ticker', tickers),
  get('market/books', 'book', book),
  get('account/balance', 'account', balance),
  get('account/config', 'account', (_request, admission) =>
    answer([{ uid: accountOf(admission), acctLv: '1', posMode: 'net_mode', perm: 'read_only,trade' }]),
  ),
  get('asset/currencies', 'account', currencies),
  post('trade/order', 'order.place', placeOne),
  post('trade/batch-orders', 'order.place', placeOne),
  post('trade/amend-order', 'order.amend', amendOne),
  post('trade/amend-batch-orders', 'order.amend', amendOne),
  post('trade/cancel-order', 'order.cancel', cancelOne),
  post('trade/cancel-batch-orders', 'order.cancel', cancelOne),
  get('trade/order', 'order.list', oneOrder),
  get('trade/orders-pending', 'order.list', pending),
  get('trade/orders-history', 'order.list', history),
  get('trade/orders-history-archive', 'order.list', history),
];

function refused(status: number, code: string, message: string): FaceAnswer {
  return { ...answer([], { code, message }), status };
}

/** A passphrase that is wrong would be 50105 at the venue; the gate does not tell it from a wrong signature. */
function refuse({ decision, limit, request }: FaceRefusal): FaceAnswer {
  switch (decision) {
    case 'throttled':
    case 'never':
    case 'banned':
      // ccxt takes 50011 for RateLimitExceeded, and 50061 for a plain ExchangeError.
      return limit === 'sub-account'
        ? refused(429, '50061', "You've reached the maximum order rate limit for this account.")
        : refused(
            429,
            '50011',
            'Rate limit reached. Please refer to API documentation and throttle requests accordingly',
          );
    case 'unknown-key':
      return refused(401, '50111', 'Invalid OK-ACCESS-KEY');
    case 'bad-signature':
    case 'replayed':
      return refused(401, '50113', 'Invalid signature');
    case 'stale':
    case 'from-future':
      return refused(401, '50102', 'Timestamp request expired');
    case 'replay-full':
      return refused(503, '50013', 'Systems are busy. Please try again later.');
    default:
      return malformed(request.headers);
  }
}

const needed = [
  ['ok-access-key', '50103'],
  ['ok-access-passphrase', '50104'],
  ['ok-access-sign', '50106'],
  ['ok-access-timestamp', '50107'],
] as const;

/** Names the first header that is not there; if all are, one of them is misspelt, the timestamp most often. */
function malformed(headers: FaceRequest['headers']): FaceAnswer {
  const missing = needed.find(([name]) => headers[name] === undefined || headers[name] === '');
  if (missing === undefined) return refused(401, '50112', 'Invalid OK-ACCESS-TIMESTAMP');
  const [name, code] = missing;
  return refused(401, code, `Request header "${name.toUpperCase()}" can not be empty`);
}

export const okx: Face = {
  name: 'okx',
  title: 'OKX v5 (spot)',
  profile: 'okx',
  policy: 'okx.yaml',
  routes,
  // Digits, as the venue's are.
  orderId: (count) => String(1_000_000_000_000_000n + BigInt(count)),
  refuse,
  // OKX tells of its limits in no header.
  limitHeaders: () => ({}),
  unknown: () => refused(404, '404', 'Not Found'),
};
