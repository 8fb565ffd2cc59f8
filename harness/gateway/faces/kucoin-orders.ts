/** Orders of KuCoin's spot account. */
import { marketOf } from '../../venue/markets.js';
import type { FloorFault, FloorOrder } from '../../venue/trading-floor.js';
import type { FaceAnswer, FaceParams, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';
import { type Answering, answer, refused } from './kucoin-answer.js';
import { accountOf, costOf, isExpired, lotsFor, placeWish, type Wish } from './wished-order.js';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 500;
/** Orders of one request. */
const BATCH_MAX = 5;

const immediate: ReadonlySet<string> = new Set(['IOC', 'FOK']);
const notCancelled = refused(400, '400100', 'order_not_exist_or_not_allow_to_cancel');

const faultOf: Readonly<Record<FloorFault, FaceAnswer>> = {
  'bad-order': refused(400, '400100', 'Parameter Error'),
  'unknown-symbol': refused(400, '400100', 'Unsupported trading pair.'),
  'off-tick': refused(400, '400100', 'Price increment invalid.'),
  'off-lot': refused(400, '600100', 'Order size increment invalid.'),
  'insufficient-balance': refused(400, '200004', 'Balance insufficient!'),
  'duplicate-name': refused(400, '400100', 'The clientOid parameter repeats.'),
  'order-not-yours': refused(400, '400100', 'order not exist.'),
  'too-many-open-orders': refused(400, '200003', 'Number of orders breached the limit'),
};

function wishOf(params: FaceParams): Wish | null {
  const market = marketOf(textField(params, 'symbol'));
  const type = textField(params, 'type') || 'limit';
  if (market === undefined || (type !== 'limit' && type !== 'market')) return null;
  const funds = textField(params, 'funds');
  const name = textField(params, 'clientOid');
  // A market order is for so much of the base currency, or for so much of the quote currency.
  const isInQuote = type === 'market' && funds !== '' && textField(params, 'size') === '';
  return {
    symbol: market.symbol,
    side: textField(params, 'side'),
    type,
    ...(type === 'limit' && { price: textField(params, 'price') }),
    quantity: isInQuote ? lotsFor(market, funds) : textField(params, 'size'),
    ...(name !== '' && { clientOrderId: name }),
    isImmediate: immediate.has(textField(params, 'timeInForce')),
  };
}

export const place: Answering = ({ params }, admission, api) => {
  if (marketOf(textField(params, 'symbol')) === undefined) return faultOf['unknown-symbol'];
  const wish = wishOf(params);
  const placed = wish === null ? 'bad-order' : placeWish(api, admission, wish);
  return typeof placed === 'string' ? faultOf[placed] : answer({ orderId: placed.order.orderId });
};

/** Up to five limit orders of one symbol; each has its own end. */
export const placeMany: Answering = ({ params }, admission, api) => {
  const symbol = textField(params, 'symbol');
  const { orderList } = params;
  if (marketOf(symbol) === undefined) return faultOf['unknown-symbol'];
  if (!Array.isArray(orderList) || orderList.length === 0 || orderList.length > BATCH_MAX) return faultOf['bad-order'];
  const rows = orderList.map((entry: unknown) => {
    const wanted = { ...(typeof entry === 'object' ? entry : {}), symbol };
    const wish = wishOf(wanted);
    const placed = wish === null || wish.type !== 'limit' ? 'bad-order' : placeWish(api, admission, wish);
    return typeof placed === 'string' ? failedRow(wanted, placed) : doneRow(placed);
  });
  return answer({ data: rows });
};

function doneRow(placed: FloorOrder): unknown {
  return { ...orderRow(placed), status: 'success', failMsg: null };
}

function failedRow(wanted: FaceParams, why: FloorFault): unknown {
  const { msg } = JSON.parse(faultOf[why].body) as { readonly msg: string };
  const of = (name: string): string => textField(wanted, name);
  const asked = {
    symbol: of('symbol'),
    side: of('side'),
    price: of('price'),
    size: of('size'),
    clientOid: of('clientOid'),
  };
  return { ...asked, id: null, type: 'limit', status: 'fail', failMsg: msg };
}

/** All that are open, or those of one symbol. */
export const cancelAll: Answering = ({ params }, admission, api) => {
  const account = accountOf(admission);
  const symbol = textField(params, 'symbol');
  if (symbol !== '' && marketOf(symbol) === undefined) return faultOf['unknown-symbol'];
  const ids = api.floor.open(account, symbol || undefined).map(({ order }) => order.orderId);
  for (const id of ids) api.floor.cancel(account, id, api.clock.nowUs());
  return answer({ cancelledOrderIds: ids });
};

/** By the venue's id or by the caller's name: a new price, a new size, or both. */
export const amend: Answering = (request, admission, api) => {
  const account = accountOf(admission);
  const { params } = request;
  const order = api.floor.find(account, idAsked(request, account, api))?.order;
  if (order === undefined) return faultOf['order-not-yours'];
  const change = {
    price: textField(params, 'newPrice') || order.price,
    quantity: textField(params, 'newSize') || order.quantity,
  };
  const amended = api.floor.amend(account, order.orderId, change, api.clock.nowUs());
  return typeof amended === 'string'
    ? faultOf[amended]
    : answer({ newOrderId: order.orderId, clientOid: order.clientOrderId });
};

export const cancel: Answering = ({ params }, admission, api) => {
  const orderId = textField(params, 'orderId');
  const cancelled = api.floor.cancel(accountOf(admission), orderId, api.clock.nowUs());
  return typeof cancelled === 'string' ? notCancelled : answer({ cancelledOrderIds: [orderId] });
};

export const cancelNamed: Answering = (request, admission, api) => {
  const account = accountOf(admission);
  const orderId = namedAsked(request, account, api);
  const cancelled = api.floor.cancel(account, orderId, api.clock.nowUs());
  if (typeof cancelled === 'string') return notCancelled;
  return answer({ cancelledOrderId: orderId, clientOid: cancelled.order.clientOrderId });
};

export const oneOrder: Answering = ({ params }, admission, api) =>
  told(api.floor.find(accountOf(admission), textField(params, 'orderId')));

export const oneNamed: Answering = ({ params }, admission, api) =>
  told(api.floor.named(accountOf(admission), textField(params, 'clientOid')));

function told(order: FloorOrder | undefined): FaceAnswer {
  return order === undefined ? faultOf['order-not-yours'] : answer(orderRow(order));
}

/** A page of those that are active, or of those that are done when no `status` says otherwise; the newest first. */
export const list: Answering = ({ params }, admission, api) => {
  const account = accountOf(admission);
  const symbol = textField(params, 'symbol') || undefined;
  const isActive = textField(params, 'status') === 'active';
  const all = isActive ? api.floor.open(account, symbol) : api.floor.closed(account, symbol);
  const size = pageNumber(params, 'pageSize', PAGE_DEFAULT);
  const page = pageNumber(params, 'currentPage', 1);
  if (size === null || page === null || size > PAGE_MAX) return faultOf['bad-order'];
  const items = all
    .toReversed()
    .slice((page - 1) * size, page * size)
    .map(orderRow);
  const totalPage = Math.ceil(all.length / size);
  return answer({ currentPage: page, pageSize: size, totalNum: all.length, totalPage, items });
};

/** Of the accounts for many orders: all that are open on a symbol. */
export const active: Answering = ({ params }, admission, api) =>
  answer(
    api.floor
      .open(accountOf(admission), textField(params, 'symbol') || undefined)
      .toReversed()
      .map(orderRow),
  );

function pageNumber(params: FaceParams, name: string, fallback: number): number | null {
  const text = textField(params, name);
  if (text === '') return fallback;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function orderRow(row: FloorOrder): Readonly<Record<string, unknown>> {
  const { order, state } = row;
  const isFilled = state === 'filled';
  return {
    id: order.orderId,
    clientOid: order.clientOrderId,
    symbol: order.symbol,
    opType: 'DEAL',
    type: order.type,
    side: order.side,
    price: order.type === 'limit' ? order.price : '0',
    size: order.quantity,
    funds: '0',
    dealSize: isFilled ? order.quantity : '0',
    dealFunds: isFilled ? costOf(order) : '0',
    fee: '0',
    feeCurrency: order.symbol.split('-')[1] ?? '',
    stp: '',
    stop: '',
    stopTriggered: false,
    stopPrice: '0',
    timeInForce: isExpired(row) ? 'IOC' : 'GTC',
    postOnly: false,
    hidden: false,
    iceberg: false,
    visibleSize: '0',
    cancelAfter: 0,
    channel: 'API',
    remark: null,
    tags: null,
    isActive: state === 'open',
    cancelExist: state === 'cancelled',
    createdAt: Math.floor(order.placedUs / 1_000),
    tradeType: 'TRADE',
  };
}

/** The order that a request is about, by either of its names. */
export function idAsked(request: FaceRequest, account: string, api: VenueApi): string {
  return textField(request.params, 'orderId') || namedAsked(request, account, api);
}

export function namedAsked({ params }: FaceRequest, account: string, api: VenueApi): string {
  return api.floor.named(account, textField(params, 'clientOid'))?.order.orderId ?? '';
}
