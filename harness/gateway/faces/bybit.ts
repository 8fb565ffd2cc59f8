/**
 * Bybit v5, spot, a unified account. Written from bybit-exchange/docs (v5) and from what ccxt reads of it.
 *
 * Nearly everything is answered with status 200 and a `retCode`; only an address that sends too much hears 403, in plain text,
 * and an unsigned request 401.
 */
import { bookOf, type Market, markets, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import type { FloorFault, FloorOrder, FloorPlacing } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import type { Face, FaceAnswer, FaceLimits, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from './face.js';
import { textField } from './fields.js';
import { accountOf, costOf, lotsFor, msText, nowMsOf, placeWish, totalOf, type Wish } from './wished-order.js';

const BOOK_LEVELS_DEFAULT = 1;

type Answering = (request: FaceRequest, admission: Admission | null, api: VenueApi) => FaceAnswer;

interface Fault {
  readonly code: number;
  readonly message: string;
}

const badParameter: Fault = { code: 10001, message: 'Request parameter error' };
const unknownSymbol: Fault = { code: 170121, message: 'Invalid symbol.' };
const unknownOrder: Fault = { code: 170213, message: 'Order does not exist.' };

const faultOf: Readonly<Record<FloorFault, Fault>> = {
  'bad-order': badParameter,
  'unknown-symbol': unknownSymbol,
  'off-tick': { code: 170134, message: 'Order price decimal too long.' },
  'off-lot': { code: 170137, message: 'Order volume decimal too long' },
  'insufficient-balance': { code: 170131, message: 'Balance insufficient' },
  'duplicate-name': { code: 170141, message: 'Duplicate clientOrderId' },
  'order-not-yours': unknownOrder,
  'too-many-open-orders': {
    code: 170810,
    message: 'Cannot exceed maximum of 500 conditional, TP/SL and active orders.',
  },
};

const statusOf = { open: 'New', filled: 'Filled', cancelled: 'Cancelled' } as const;

const byId = new Map(markets.map((market) => [idOf(market), market]));

function idOf({ base, quote }: Market): string {
  return `${base}${quote}`;
}

function answer(nowMs: number, result: unknown, { code, message }: Fault = { code: 0, message: 'OK' }): FaceAnswer {
  return {
    status: 200,
    body: JSON.stringify({ retCode: code, retMsg: message, result, retExtInfo: {}, time: nowMs }),
  };
}

function fault(api: VenueApi, what: Fault): FaceAnswer {
  return answer(nowMsOf(api), {}, what);
}

/** A list of one category; there is nothing in any but `spot`. */
function list(api: VenueApi, { params }: FaceRequest, entries: () => readonly unknown[]): FaceAnswer {
  const category = textField(params, 'category');
  return answer(nowMsOf(api), { category, list: category === 'spot' ? entries() : [], nextPageCursor: '' });
}

/** Of a parameter `symbol`: that market, or all when there is none, or null when it is not known. */
function marketsAsked({ params }: FaceRequest): readonly Market[] | null {
  const symbol = textField(params, 'symbol');
  if (symbol === '') return markets;
  const market = byId.get(symbol);
  return market === undefined ? null : [market];
}

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
  const market = byId.get(textField(params, 'symbol'));
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

function wishOf({ params }: FaceRequest, market: Market): Wish | null {
  const side = sideOf(textField(params, 'side'));
  const type = typeOf(textField(params, 'orderType'));
  if (textField(params, 'category') !== 'spot' || side === null || type === null) return null;
  const quantity = textField(params, 'qty');
  // What a market order is for is counted in the quote coin when it buys, unless it says otherwise.
  const unit = textField(params, 'marketUnit') || (side === 'buy' ? 'quoteCoin' : 'baseCoin');
  const isInQuote = type === 'market' && unit === 'quoteCoin';
  const name = textField(params, 'orderLinkId');
  return {
    symbol: market.symbol,
    side,
    type,
    ...(type === 'limit' && { price: textField(params, 'price') }),
    quantity: isInQuote ? lotsFor(market, quantity) : quantity,
    ...(name !== '' && { clientOrderId: name }),
  };
}

function sideOf(side: string): 'buy' | 'sell' | null {
  return side === 'Buy' ? 'buy' : side === 'Sell' ? 'sell' : null;
}

function typeOf(type: string): 'limit' | 'market' | null {
  return type === 'Limit' ? 'limit' : type === 'Market' ? 'market' : null;
}

const create: Answering = (request, admission, api) => {
  const market = byId.get(textField(request.params, 'symbol'));
  if (market === undefined) return fault(api, unknownSymbol);
  const wish = wishOf(request, market);
  return told(api, wish === null ? 'bad-order' : placeWish(api, admission, wish));
};

const amend: Answering = (request, admission, api) => {
  const { order } = found(request, admission, api) ?? {};
  if (order === undefined) return fault(api, unknownOrder);
  const { params } = request;
  const [price, quantity] = [textField(params, 'price') || order.price, textField(params, 'qty') || order.quantity];
  return told(api, api.floor.amend(order.account, order.orderId, { price, quantity }, api.clock.nowUs()));
};

const cancel: Answering = (request, admission, api) => {
  const account = accountOf(admission);
  const orderId = found(request, admission, api)?.order.orderId ?? '';
  return told(api, api.floor.cancel(account, orderId, api.clock.nowUs()));
};

function told(api: VenueApi, placed: FloorPlacing): FaceAnswer {
  if (typeof placed === 'string') return fault(api, faultOf[placed]);
  const { orderId, clientOrderId } = placed.order;
  return answer(nowMsOf(api), { orderId, orderLinkId: clientOrderId });
}

/** By the venue's id, or by the caller's own name for it. */
function found({ params }: FaceRequest, admission: Admission | null, api: VenueApi): FloorOrder | undefined {
  const account = accountOf(admission);
  const orderId = textField(params, 'orderId');
  return orderId === '' ? api.floor.named(account, textField(params, 'orderLinkId')) : api.floor.find(account, orderId);
}

/** Open orders; by its id also one that was closed lately, as at the venue. */
const realtime: Answering = (request, admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return fault(api, unknownSymbol);
  const isOfOne = textField(request.params, 'orderId') !== '' || textField(request.params, 'orderLinkId') !== '';
  const order = found(request, admission, api);
  const orders = isOfOne ? (order === undefined ? [] : [order]) : api.floor.open(accountOf(admission));
  return list(api, request, () => orders.filter(isOf(asked)).toReversed().map(orderRow));
};

const history: Answering = (request, admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return fault(api, unknownSymbol);
  return list(api, request, () =>
    api.floor.closed(accountOf(admission)).filter(isOf(asked)).toReversed().map(orderRow),
  );
};

function isOf(asked: readonly Market[]): (order: FloorOrder) => boolean {
  const symbols = new Set(asked.map(({ symbol }) => symbol));
  return ({ order }) => symbols.has(order.symbol);
}

function orderRow({ order, state, changedUs }: FloorOrder): unknown {
  const isFilled = state === 'filled';
  return {
    orderId: order.orderId,
    orderLinkId: order.clientOrderId,
    symbol: order.symbol.replace('-', ''),
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    orderType: order.type === 'limit' ? 'Limit' : 'Market',
    orderStatus: statusOf[state],
    price: order.price,
    qty: order.quantity,
    marketUnit: order.type === 'market' ? 'baseCoin' : '',
    avgPrice: isFilled ? order.price : '',
    leavesQty: state === 'open' ? order.quantity : '0',
    leavesValue: state === 'open' ? costOf(order) : '0',
    cumExecQty: isFilled ? order.quantity : '0',
    cumExecValue: isFilled ? costOf(order) : '0',
    cumExecFee: '0',
    timeInForce: order.type === 'limit' ? 'GTC' : 'IOC',
    cancelType: state === 'cancelled' ? 'CancelByUser' : 'UNKNOWN',
    rejectReason: 'EC_NoError',
    createdTime: msText(order.placedUs),
    updatedTime: msText(changedUs),
    isLeverage: '0',
    reduceOnly: false,
    closeOnTrigger: false,
  };
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
  { method: 'POST', path: '/v5/order/create', requestClass: 'order.place', answer: create },
  { method: 'POST', path: '/v5/order/amend', requestClass: 'order.amend', orderId: idAsked, answer: amend },
  { method: 'POST', path: '/v5/order/cancel', requestClass: 'order.cancel', orderId: idAsked, answer: cancel },
  { method: 'GET', path: '/v5/order/realtime', requestClass: 'order.list', answer: realtime },
  { method: 'GET', path: '/v5/order/history', requestClass: 'order.list', answer: history },
];

function idAsked({ params }: FaceRequest, account: string, api: VenueApi): string {
  const orderId = textField(params, 'orderId');
  return orderId === '' ? (api.floor.named(account, textField(params, 'orderLinkId'))?.order.orderId ?? '') : orderId;
}

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
