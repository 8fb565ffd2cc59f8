/** Orders of Bybit: alone, in batches, and in lists. */
import type { Market } from '../../venue/markets.js';
import type { FloorFault, FloorOrder, FloorPlacing } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import {
  type Answering,
  answer,
  badParameter,
  type Fault,
  fault,
  list,
  marketIn,
  marketsAsked,
  unknownSymbol,
} from './bybit-answer.js';
import type { FaceParams, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';
import { accountOf, costOf, isExpired, lotsFor, msText, nowMsOf, placeWish, type Wish } from './wished-order.js';

/** Orders of a batch: "10 orders (spot) can be placed per request" (v5/order/batch-place). */
const BATCH_MAX = 10;
const immediate: ReadonlySet<string> = new Set(['IOC', 'FOK']);
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

/** What makes an order wait for a price: there are no such orders here, and one that rests at once would be another order. */
const conditions = [
  ...['triggerPrice', 'triggerDirection', 'triggerBy', 'stopPrice', 'stopLoss', 'stopLossPrice', 'slLimitPrice'],
  ...['takeProfit', 'takeProfitPrice', 'tpLimitPrice', 'trailingStop', 'trailingAmount', 'trailingPercent'],
];

function isConditional(params: FaceParams): boolean {
  return (
    conditions.some((name) => Object.hasOwn(params, name) && !['', '0'].includes(textField(params, name))) ||
    !['', 'Order'].includes(textField(params, 'orderFilter'))
  );
}

const statusOf = { open: 'New', filled: 'Filled', cancelled: 'Cancelled' } as const;

function wishOf(params: FaceParams, market: Market): Wish | null {
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
    isImmediate: immediate.has(textField(params, 'timeInForce')),
  };
}

function sideOf(side: string): 'buy' | 'sell' | null {
  return side === 'Buy' ? 'buy' : side === 'Sell' ? 'sell' : null;
}

function typeOf(type: string): 'limit' | 'market' | null {
  return type === 'Limit' ? 'limit' : type === 'Market' ? 'market' : null;
}

/** What is done with one order, which stands for itself or in a batch. */
type One = (params: FaceParams, admission: Admission | null, api: VenueApi) => FloorPlacing;

const createOne: One = (params, admission, api) => {
  const market = marketIn(params);
  if (market === undefined) return 'unknown-symbol';
  if (isConditional(params)) return 'bad-order';
  const wish = wishOf(params, market);
  return wish === null ? 'bad-order' : placeWish(api, admission, wish);
};

const amendOne: One = (params, admission, api) => {
  const { order } = found(params, admission, api) ?? {};
  if (order === undefined) return 'order-not-yours';
  if (isConditional(params)) return 'bad-order';
  const [price, quantity] = [textField(params, 'price') || order.price, textField(params, 'qty') || order.quantity];
  return api.floor.amend(order.account, order.orderId, { price, quantity }, api.clock.nowUs());
};

const cancelOne: One = (params, admission, api) => {
  const orderId = found(params, admission, api)?.order.orderId ?? '';
  return api.floor.cancel(accountOf(admission), orderId, api.clock.nowUs());
};

function alone(one: One): Answering {
  return ({ params }, admission, api) => {
    const done = one(params, admission, api);
    return typeof done === 'string' ? fault(api, faultOf[done]) : answer(nowMsOf(api), namesOf(done));
  };
}

/** Each order of a batch has its place in two lists: what it is, and what became of it. The category is one for all. */
function batch(one: One): Answering {
  return ({ params }, admission, api) => {
    const entries = entriesOf(params);
    if (entries === null || entries.length > BATCH_MAX) return fault(api, badParameter);
    const category = textField(params, 'category');
    const done = entries.map((entry) => ({ entry, result: one({ ...entry, category }, admission, api) }));
    const list = done.map(({ entry, result }) => {
      const asked = { orderId: textField(entry, 'orderId'), orderLinkId: textField(entry, 'orderLinkId') };
      const names = typeof result === 'string' ? asked : namesOf(result);
      return { category, symbol: textField(entry, 'symbol'), ...names, createAt: createdOf(result) };
    });
    const told = done.map(({ result }) => (typeof result === 'string' ? faultOf[result] : { code: 0, message: 'OK' }));
    const retExtInfo = { list: told.map(({ code, message }) => ({ code, msg: message })) };
    return answer(nowMsOf(api), { list }, { code: 0, message: 'OK' }, retExtInfo);
  };
}

function createdOf(result: FloorPlacing): string {
  return typeof result === 'string' ? '' : msText(result.order.placedUs);
}

function namesOf({ order }: FloorOrder): { readonly orderId: string; readonly orderLinkId: string } {
  return { orderId: order.orderId, orderLinkId: order.clientOrderId };
}

function entriesOf({ request }: FaceParams): readonly FaceParams[] | null {
  if (!Array.isArray(request) || request.length === 0) return null;
  const isEntry = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && !Array.isArray(entry);
  return request.every(isEntry) ? request : null;
}

/** A batch counts as many as it has orders. One that is too long costs as much as the longest that there may be. */
export function batchElements({ params }: FaceRequest): number {
  return Math.min(BATCH_MAX, entriesOf(params)?.length ?? 1);
}

export const create = alone(createOne);
export const amend = alone(amendOne);
export const cancel = alone(cancelOne);
export const createBatch = batch(createOne);
export const amendBatch = batch(amendOne);
export const cancelBatch = batch(cancelOne);

/** All that are open, or those of one symbol. */
export const cancelAll: Answering = (request, admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return fault(api, unknownSymbol);
  const account = accountOf(admission);
  const isSpot = textField(request.params, 'category') === 'spot';
  const open = isSpot ? api.floor.open(account).filter(isOf(asked)) : [];
  for (const { order } of open) api.floor.cancel(account, order.orderId, api.clock.nowUs());
  return answer(nowMsOf(api), { list: open.map(namesOf), success: '1' });
};

/** By the venue's id, or by the caller's own name for it. */
function found(params: FaceParams, admission: Admission | null, api: VenueApi): FloorOrder | undefined {
  const account = accountOf(admission);
  const orderId = textField(params, 'orderId');
  return orderId === '' ? api.floor.named(account, textField(params, 'orderLinkId')) : api.floor.find(account, orderId);
}

/** Open orders; by its id also one that was closed lately, as at the venue. */
export const realtime: Answering = (request, admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return fault(api, unknownSymbol);
  const isOfOne = textField(request.params, 'orderId') !== '' || textField(request.params, 'orderLinkId') !== '';
  const order = found(request.params, admission, api);
  const orders = isOfOne ? (order === undefined ? [] : [order]) : api.floor.open(accountOf(admission));
  return list(api, request, () => orders.filter(isOf(asked)).toReversed().map(orderRow));
};

export const history: Answering = (request, admission, api) => {
  const asked = marketsAsked(request);
  if (asked === null) return fault(api, unknownSymbol);
  const { params } = request;
  const status = textField(params, 'orderStatus');
  const isAsked = ({ order, state }: FloorOrder): boolean =>
    (status === '' || statusOf[state] === status) &&
    ['', order.orderId].includes(textField(params, 'orderId')) &&
    ['', order.clientOrderId].includes(textField(params, 'orderLinkId'));
  const closed = api.floor.closed(accountOf(admission)).filter(isOf(asked)).filter(isAsked);
  return list(api, request, () => closed.toReversed().map(orderRow));
};

function isOf(asked: readonly Market[]): (order: FloorOrder) => boolean {
  const symbols = new Set(asked.map(({ symbol }) => symbol));
  return ({ order }) => symbols.has(order.symbol);
}

function orderRow(row: FloorOrder): unknown {
  const { order, state, changedUs } = row;
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
    timeInForce: order.type === 'limit' && !isExpired(row) ? 'GTC' : 'IOC',
    cancelType: state === 'cancelled' ? 'CancelByUser' : 'UNKNOWN',
    rejectReason: 'EC_NoError',
    createdTime: msText(order.placedUs),
    updatedTime: msText(changedUs),
    isLeverage: '0',
    reduceOnly: false,
    closeOnTrigger: false,
  };
}

export function idAsked({ params }: FaceRequest, account: string, api: VenueApi): string {
  const orderId = textField(params, 'orderId');
  return orderId === '' ? (api.floor.named(account, textField(params, 'orderLinkId'))?.order.orderId ?? '') : orderId;
}
