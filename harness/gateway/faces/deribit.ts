/**
 * Deribit's API v2, after docs.deribit.com ("JSON-RPC", "RPC error codes", "Rate limits"): its spot pairs, and its methods
 * over HTTP as GET with a query, or as POST with JSON-RPC in the body. Requests are signed each by itself
 * (`deri-hmac-sha256`); tokens are for sessions, and a request over HTTP has none, so `public/auth` is not served here.
 *
 * The document says nothing of HTTP statuses. Here an error is 400, but 401 for credentials and 429 for limits.
 */
import type { RequestClass } from '../../scenario/plan.js';
import type { Admission } from '../gatekeeper.js';
import * as market from './deribit-markets.js';
import * as orders from './deribit-orders.js';
import { done, failed, type RpcResult, refusalError, rpcParts, rpcText } from './deribit-rpc.js';
import type { Face, FaceAnswer, FaceParams, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from './face.js';

const FIRST_ORDER_ID = 1_000_000;

/** A method of the venue, however it is called: over HTTP or in a session. */
interface DeribitMethod {
  /** `private/buy` */
  readonly name: string;
  readonly requestClass: RequestClass;
  /** Whether it is about an order, whose age may cost. */
  readonly isAboutOrder?: boolean;
  readonly answer: (params: FaceParams, admission: Admission | null, api: VenueApi) => RpcResult;
}

type Own = (params: FaceParams, admission: Admission, api: VenueApi) => RpcResult;

/** A method whose class is signed always has an admission. */
function own(name: string, requestClass: RequestClass, answer: Own, isAboutOrder = false): DeribitMethod {
  return {
    name: `private/${name}`,
    requestClass,
    isAboutOrder,
    answer: (params, admission, api) =>
      admission === null ? failed(11_094, 'internal_server_error') : answer(params, admission, api),
  };
}

const nowMs = (api: VenueApi): number => Math.floor(api.clock.nowUs() / 1000);

const deribitMethods: readonly DeribitMethod[] = [
  { name: 'public/get_time', requestClass: 'time', answer: (_params, _admission, api) => done(nowMs(api)) },
  { name: 'public/test', requestClass: 'time', answer: () => done({ version: '1.2.26' }) },
  { name: 'public/status', requestClass: 'time', answer: () => done({ locked: 'false', locked_indices: [] }) },
  { name: 'public/get_currencies', requestClass: 'markets', answer: market.currencies },
  { name: 'public/get_instruments', requestClass: 'markets', answer: market.instruments },
  {
    name: 'public/ticker',
    requestClass: 'ticker',
    answer: (params, _admission, api) => market.ticker(params, nowMs(api)),
  },
  {
    name: 'public/get_book_summary_by_currency',
    requestClass: 'ticker',
    answer: (params, _admission, api) => market.summaries(params, nowMs(api)),
  },
  {
    name: 'public/get_order_book',
    requestClass: 'book',
    answer: (params, _admission, api) => market.orderBook(params, nowMs(api)),
  },
  own('get_account_summaries', 'account', (_params, admission, api) => orders.summaries(admission, api)),
  own('get_account_summary', 'account', orders.summary),
  own('get_positions', 'account', () => done([])),
  own('buy', 'order.place', (...asked) => orders.place('buy', ...asked)),
  own('sell', 'order.place', (...asked) => orders.place('sell', ...asked)),
  own('edit', 'order.amend', orders.edit, true),
  own('cancel', 'order.cancel', orders.cancel, true),
  own('cancel_all', 'order.cancel', (_params, admission, api) => orders.cancelAll(admission, api)),
  own('cancel_all_by_instrument', 'order.cancel', orders.cancelAllOf),
  own('get_order_state', 'order.list', orders.state),
  own('get_open_orders', 'order.list', (...asked) => orders.list('open', ...asked)),
  own('get_open_orders_by_currency', 'order.list', (...asked) => orders.list('open', ...asked)),
  own('get_open_orders_by_instrument', 'order.list', (...asked) => orders.listOf('open', ...asked)),
  own('get_order_history_by_currency', 'order.list', (...asked) => orders.list('closed', ...asked)),
  own('get_order_history_by_instrument', 'order.list', (...asked) => orders.listOf('closed', ...asked)),
];

function routesOf(method: DeribitMethod): readonly FaceRoute[] {
  const route = {
    path: `/api/v2/${method.name}`,
    requestClass: method.requestClass,
    answer: (request: FaceRequest, admission: Admission | null, api: VenueApi): FaceAnswer => {
      const { params, id } = rpcParts(request.params);
      const result = method.answer(params, admission, api);
      return { status: 'error' in result ? 400 : 200, body: rpcText(result, id, api.clock.nowUs()) };
    },
    ...(method.isAboutOrder === true && {
      orderId: (request: FaceRequest) => orders.orderIdOf(rpcParts(request.params).params),
    }),
  };
  return [
    { ...route, method: 'GET' },
    { ...route, method: 'POST' },
  ];
}

function refuse(refusal: FaceRefusal): FaceAnswer {
  const error = refusalError(refusal);
  const status = error.code === 10_028 ? 429 : error.code === 13_028 ? 503 : 401;
  return { status, body: rpcText({ error }, rpcParts(refusal.request.params).id, refusal.nowMs * 1000) };
}

export const deribit: Face = {
  name: 'deribit',
  title: 'Deribit (spot pairs)',
  profile: 'deribit',
  policy: 'deribit.yaml',
  routes: deribitMethods.flatMap(routesOf),
  orderId: (count) => `USDT-${FIRST_ORDER_ID + count}`,
  refuse,
  limitHeaders: () => ({}),
  unknown: () => ({
    status: 400,
    body: JSON.stringify({ jsonrpc: '2.0', error: { code: -32_601, message: 'Method not found' }, testnet: false }),
  }),
};
