/**
 * Binance's spot API, after its REST document and its list of errors (github.com/binance/binance-spot-api-docs, rest-api.md,
 * errors.md, faqs/order_count_decrement.md).
 *
 * A request class has one cost for all requests of it, and the venue's weights differ by path and parameters; so an expensive
 * request counts as several elements of its class, see `weighed`. A limit that counts requests as they come
 * (RAW_REQUESTS) counts those elements too; as every request weighs 1 at least, the limit of weights is met long before.
 */
import type { Admission } from '../gatekeeper.js';
import * as market from './binance-markets.js';
import { fault, intervalOf, limitTypeOf } from './binance-markets.js';
import * as orders from './binance-orders.js';
import { cancelReplace } from './binance-replace.js';
import type { Face, FaceAnswer, FaceLimits, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from './face.js';
import { jsonAnswer, textField } from './fields.js';

const FIRST_ORDER_ID = 1_000_000_000;
const RECV_WINDOW_MS_MAX = 60_000;

type Signed = (request: FaceRequest, admission: Admission, api: VenueApi) => FaceAnswer;

/** A route whose class is signed always has an admission. */
function signed(answer: Signed): FaceRoute['answer'] {
  return (request, admission, api) => (admission === null ? unavailable : answer(request, admission, api));
}

const unavailable = fault(503, -1001, 'Internal error; unable to process your request. Please try again.');
const nowMs = (api: VenueApi): number => Math.floor(api.clock.nowUs() / 1000);

/** Lists are told apart by weight alone: openOrders 6 with a symbol and 80 without, allOrders 20, a single order 4. */
const weighed = {
  openOrders: ({ params }: FaceRequest): number => (textField(params, 'symbol') === '' ? 80 : 6),
  allOrders: (): number => 20,
  order: (): number => 4,
};

const routes: readonly FaceRoute[] = [
  { method: 'GET', path: '/api/v3/ping', requestClass: 'time', answer: () => jsonAnswer({}) },
  {
    method: 'GET',
    path: '/api/v3/time',
    requestClass: 'time',
    answer: (_request, _admission, api) => jsonAnswer({ serverTime: nowMs(api) }),
  },
  {
    method: 'GET',
    path: '/api/v3/exchangeInfo',
    requestClass: 'markets',
    answer: (request, admission, api) => market.exchangeInfo(request, admission, nowMs(api)),
  },
  {
    method: 'GET',
    path: '/api/v3/depth',
    requestClass: 'book',
    elements: market.depthElements,
    answer: (request) => market.depth(request),
  },
  {
    method: 'GET',
    path: '/api/v3/ticker/24hr',
    requestClass: 'ticker',
    elements: market.dayElements,
    answer: (request, _admission, api) => market.tickers(request, (one) => market.dayOf(one, nowMs(api))),
  },
  {
    method: 'GET',
    path: '/api/v3/ticker/price',
    requestClass: 'ticker',
    elements: market.priceElements,
    answer: (request) => market.tickers(request, market.priceOf),
  },
  {
    method: 'GET',
    path: '/api/v3/ticker/bookTicker',
    requestClass: 'ticker',
    elements: market.priceElements,
    answer: (request) => market.tickers(request, market.bookTickerOf),
  },
  {
    method: 'GET',
    path: '/api/v3/account',
    requestClass: 'account',
    answer: signed((_request, admission, api) => orders.account(admission, api)),
  },
  { method: 'POST', path: '/api/v3/order', requestClass: 'order.place', answer: signed(orders.placeOrder) },
  {
    method: 'POST',
    path: '/api/v3/order/test',
    requestClass: 'order.list',
    answer: signed((request, admission, api) => orders.placeOrder(request, admission, api, true)),
  },
  {
    method: 'POST',
    path: '/api/v3/order/cancelReplace',
    requestClass: 'order.place',
    answer: signed(cancelReplace),
  },
  {
    method: 'DELETE',
    path: '/api/v3/order',
    requestClass: 'order.cancel',
    orderId: orders.orderIdOf,
    answer: signed(orders.cancelOrder),
  },
  { method: 'DELETE', path: '/api/v3/openOrders', requestClass: 'order.cancel', answer: signed(orders.cancelAll) },
  {
    method: 'PUT',
    path: '/api/v3/order/amend/keepPriority',
    requestClass: 'order.amend',
    orderId: orders.orderIdOf,
    answer: signed(orders.amendOrder),
  },
  {
    method: 'GET',
    path: '/api/v3/order',
    requestClass: 'order.list',
    elements: weighed.order,
    answer: signed(orders.queryOrder),
  },
  {
    method: 'GET',
    path: '/api/v3/openOrders',
    requestClass: 'order.list',
    elements: weighed.openOrders,
    answer: signed(orders.openOrders),
  },
  {
    method: 'GET',
    path: '/api/v3/allOrders',
    requestClass: 'order.list',
    elements: weighed.allOrders,
    answer: signed(orders.allOrders),
  },
  // What clients load besides: other hosts with limits of their own, which are not played here.
  ...['/fapi/v1/exchangeInfo', '/dapi/v1/exchangeInfo'].map((path) =>
    unasked(path, (api) => market.noMarkets(nowMs(api))),
  ),
  unasked('/sapi/v1/capital/config/getall', orders.coins),
  unasked('/sapi/v1/margin/allPairs', () => jsonAnswer([])),
  unasked('/sapi/v1/margin/allAssets', () => jsonAnswer([])),
  unasked('/sapi/v1/margin/isolated/allPairs', () => jsonAnswer([])),
  unasked('/sapi/v1/system/status', () => jsonAnswer({ status: 0, msg: 'normal' })),
];

function unasked(path: string, answer: (api: VenueApi) => FaceAnswer): FaceRoute {
  return { method: 'GET', path, requestClass: null, answer: (_request, _admission, api) => answer(api) };
}

/** HTTP 429 for both kinds of limit, by the document; a client that goes by the status alone can't tell them apart. */
function refuse(refusal: FaceRefusal): FaceAnswer {
  switch (refusal.decision) {
    case 'throttled':
    case 'never':
      return withRetry(throttled(refusal), refusal.retryAfterMs);
    case 'banned':
      return withRetry(fault(418, -1003, bannedText(refusal)), refusal.retryAfterMs);
    case 'unknown-key':
      return fault(401, -2015, 'Invalid API-key, IP, or permissions for action.');
    case 'bad-signature':
    case 'replayed':
      return fault(400, -1022, 'Signature for this request is not valid.');
    case 'stale':
      return fault(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
    case 'from-future':
      return fault(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    case 'replay-full':
      return fault(
        503,
        -1008,
        'Server is currently overloaded with other requests. Please try again in a few minutes.',
      );
    default:
      return malformed(refusal.request);
  }
}

function throttled({ limit, by, capacity, windowMs }: FaceRefusal): FaceAnswer {
  const { count, interval } = intervalOf(windowMs);
  const span = `${count} ${interval}`;
  if (limitTypeOf({ name: limit, by }) === 'ORDERS') {
    return fault(429, -1015, `Too many new orders; current limit is ${capacity} orders per ${span}.`);
  }
  const msg =
    `Too much request weight used; current limit is ${capacity} request weight per ${span}. ` +
    'Please use WebSocket Streams for live updates to avoid polling the API.';
  return fault(429, -1003, msg);
}

function bannedText({ nowMs: now, retryAfterMs }: FaceRefusal): string {
  return (
    `Way too much request weight used; IP banned until ${now + retryAfterMs}. ` +
    'Please use WebSocket Streams for live updates to avoid bans.'
  );
}

function withRetry(answer: FaceAnswer, retryAfterMs: number): FaceAnswer {
  if (retryAfterMs === 0) return answer;
  return { ...answer, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } };
}

/** What the venue says of a request that is not signed as it should be. */
function malformed({ params, headers }: FaceRequest): FaceAnswer {
  if (typeof headers['x-mbx-apikey'] !== 'string' || headers['x-mbx-apikey'] === '') {
    return fault(401, -2014, 'API-key format invalid.');
  }
  const doubled = Object.values(params).some(Array.isArray);
  if (doubled) return fault(400, -1101, 'Duplicate values for a parameter detected.');
  if (Number(textField(params, 'recvWindow')) > RECV_WINDOW_MS_MAX) {
    return fault(400, -1131, 'recvWindow must be less than 60000.');
  }
  const name = ['timestamp', 'signature'].find((one) => textField(params, one) === '') ?? 'timestamp';
  return fault(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

function limitHeaders({ windows }: FaceLimits): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const { limit, by, windowMs, usedCells } of windows) {
    const type = limitTypeOf({ name: limit, by });
    if (type === 'RAW_REQUESTS') continue;
    const { count, letter } = intervalOf(windowMs);
    const name = type === 'ORDERS' ? 'x-mbx-order-count' : 'x-mbx-used-weight';
    if (type === 'REQUEST_WEIGHT') headers[name] = String(usedCells);
    headers[`${name}-${count}${letter.toLowerCase()}`] = String(usedCells);
  }
  return headers;
}

export const binance: Face = {
  name: 'binance',
  title: 'Binance spot',
  profile: 'binance',
  policy: 'binance-spot.yaml',
  routes,
  orderId: (count) => String(FIRST_ORDER_ID + count),
  refuse,
  limitHeaders,
  unknown: ({ path }) => fault(404, -1000, `Path ${path}, Method not found`),
};
