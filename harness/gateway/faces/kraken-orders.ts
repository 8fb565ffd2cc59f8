/** What Kraken answers about orders and balances. */
import { fixedText, productOf, textOf, unitsOf } from '../../venue/exact-decimal.js';
import { marketOf } from '../../venue/markets.js';
import type { FloorFault, FloorOrder } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceParams, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';
import { assetIdOf, fault, marketOfKraken, ok, pairOf, unknownPair } from './kraken-markets.js';
import { isExpired, lotsFor, placeWish } from './wished-order.js';

const ASSET_DIGITS = 10;
const DIGITS = 8;
const QUERY_MAX = 50;
const BATCH_MAX = 15;
const FLAGS_MAX = 20;
const statusOf = { open: 'open', filled: 'closed', cancelled: 'canceled' } as const;
const immediate: ReadonlySet<string> = new Set(['IOC', 'FOK']);
const unknownOrder = fault('EOrder:Unknown order');

export function balances({ account: name }: Admission, api: VenueApi): FaceAnswer {
  const held = api.floor.balances(name).map(({ asset, free, locked }) => [asset, sum(free, locked)] as const);
  return ok(Object.fromEntries(held.map(([asset, total]) => [assetIdOf(asset), total])));
}

export function extendedBalances({ account: name }: Admission, api: VenueApi): FaceAnswer {
  const held = api.floor.balances(name).map(({ asset, free, locked }) => {
    return [assetIdOf(asset), { balance: sum(free, locked), hold_trade: fixedText(locked, ASSET_DIGITS) }] as const;
  });
  return ok(Object.fromEntries(held));
}

export function addOrder({ params }: FaceRequest, admission: Admission, api: VenueApi): FaceAnswer {
  const placed = place(params, textField(params, 'pair'), admission, api);
  return typeof placed === 'string' ? fault(placed) : ok(placedText(placed));
}

/** Each order of a batch has its own answer; the pair is one for all. */
export function addOrders(request: FaceRequest, admission: Admission, api: VenueApi): FaceAnswer {
  const orders = batchOf(request);
  if (orders === null) return fault('EGeneral:Invalid arguments:orders');
  const pair = textField(request.params, 'pair');
  if (marketOfKraken(pair) === undefined) return unknownPair;
  const answers = orders.map((order) => {
    const placed = place(order, pair, admission, api);
    if (typeof placed === 'string') return { error: placed };
    const { txid, descr } = placedText(placed);
    return { txid: txid[0], descr };
  });
  return ok({ orders: answers });
}

/** What a batch costs is worked out before anybody looks whether it can be read. */
export function batchElements(request: FaceRequest): number {
  return batchOf(request)?.length ?? 1;
}

export function cancelOrder({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  if (textField(params, 'txid') === '' && textField(params, 'cl_ord_id') === '') {
    return fault('EGeneral:Invalid arguments:txid');
  }
  const cancelled = api.floor.cancel(name, orderIdOf({ params }, name, api), api.clock.nowUs());
  return typeof cancelled === 'string' ? unknownOrder : ok({ count: 1 });
}

export function cancelAll({ account: name }: Admission, api: VenueApi): FaceAnswer {
  const open = api.floor.open(name);
  for (const { order } of open) api.floor.cancel(name, order.orderId, api.clock.nowUs());
  return ok({ count: open.length });
}

/** New price and quantity for an order, which keeps its id and its age. */
export function amendOrder({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const before = api.floor.find(name, orderIdOf({ params }, name, api));
  if (before === undefined || before.state !== 'open') return unknownOrder;
  const change = {
    price: textField(params, 'limit_price') || before.order.price,
    quantity: textField(params, 'order_qty') || before.order.quantity,
  };
  const amended = api.floor.amend(name, before.order.orderId, change, api.clock.nowUs());
  if (typeof amended === 'string') return fault(wordsOf(amended));
  return ok({ amend_id: amended.order.orderId.replace(/^O/, 'T') });
}

export function openOrders({ account: name }: Admission, api: VenueApi): FaceAnswer {
  return ok({ open: listed(api.floor.open(name)) });
}

export function closedOrders({ account: name }: Admission, api: VenueApi): FaceAnswer {
  const closed = api.floor.closed(name);
  return ok({ closed: listed([...closed].reverse()), count: closed.length });
}

/** By ids between commas; those that are nobody's, or somebody else's, are left out. */
export function queryOrders({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const ids = textField(params, 'txid').split(',', QUERY_MAX + 1);
  if (ids.length > QUERY_MAX || ids[0] === '') return fault('EGeneral:Invalid arguments:txid');
  return ok(listed(ids.map((id) => api.floor.find(name, id)).filter((order) => order !== undefined)));
}

/** The order's id by `txid` or the caller's own name for it; '' when there is none. */
export function orderIdOf({ params }: Pick<FaceRequest, 'params'>, name: string, api: VenueApi): string {
  const id = textField(params, 'txid');
  return id === '' ? (api.floor.named(name, textField(params, 'cl_ord_id'))?.order.orderId ?? '') : id;
}

function batchOf({ params }: FaceRequest): readonly FaceParams[] | null {
  const { orders } = params;
  if (!Array.isArray(orders) || orders.length < 2 || orders.length > BATCH_MAX) return null;
  return orders.every((order) => typeof order === 'object' && order !== null) ? orders : null;
}

/** @returns the venue's words when it was not placed. */
function place(params: FaceParams, pair: string, admission: Admission, api: VenueApi): FloorOrder | string {
  const market = marketOfKraken(pair);
  if (market === undefined) return 'EQuery:Unknown asset pair';
  const type = textField(params, 'ordertype');
  if (type !== 'limit' && type !== 'market') return 'EGeneral:Invalid arguments:ordertype';
  const clientOrderId = textField(params, 'cl_ord_id');
  const side = textField(params, 'type');
  const volume = textField(params, 'volume');
  const isInQuote = textField(params, 'oflags').split(',', FLAGS_MAX).includes('viqc');
  // "Order volume expressed in quote currency. This option is supported only for buy market orders."
  if (isInQuote && (type !== 'market' || side !== 'buy')) return 'EGeneral:Invalid arguments:oflags';
  const placed = placeWish(api, admission, {
    symbol: market.symbol,
    side,
    type,
    quantity: isInQuote ? lotsFor(market, volume) : volume,
    ...(type === 'limit' && { price: textField(params, 'price') }),
    ...(clientOrderId !== '' && { clientOrderId }),
    isImmediate: immediate.has(textField(params, 'timeinforce').toUpperCase()),
  });
  if (typeof placed === 'string') return placed === 'bad-order' ? misreadOf(params) : wordsOf(placed);
  return placed;
}

/** Which part of an order could not be read. */
function misreadOf(params: FaceParams): string {
  const side = textField(params, 'type');
  if (side !== 'buy' && side !== 'sell') return 'EGeneral:Invalid arguments:type';
  const isNumber = (name: string): boolean => /^(?=.*[1-9])\d+(\.\d+)?$/.test(textField(params, name));
  if (!isNumber('volume')) return 'EGeneral:Invalid arguments:volume';
  return isNumber('price') ? 'EGeneral:Invalid arguments' : 'EGeneral:Invalid arguments:price';
}

function wordsOf(reason: FloorFault): string {
  switch (reason) {
    case 'unknown-symbol':
      return 'EQuery:Unknown asset pair';
    case 'off-tick':
      return 'EOrder:Invalid price:Invalid price argument';
    case 'off-lot':
      return 'EGeneral:Invalid arguments:volume';
    case 'too-many-open-orders':
      return 'EOrder:Orders limit exceeded';
    case 'insufficient-balance':
      return 'EOrder:Insufficient funds';
    case 'duplicate-name':
      return 'EGeneral:Invalid arguments:cl_ord_id';
    case 'order-not-yours':
      return 'EOrder:Unknown order';
    case 'bad-order':
      return 'EGeneral:Invalid arguments';
  }
}

function placedText({ order }: FloorOrder): {
  readonly txid: readonly string[];
  readonly descr: { readonly order: string };
} {
  return { txid: [order.orderId], descr: { order: describe({ order }) } };
}

/** `buy 0.2500 XBTUSDT @ limit 60000.50` */
function describe({ order }: Pick<FloorOrder, 'order'>): string {
  const { side, type, price, quantity } = order;
  return `${side} ${fixedText(quantity, DIGITS)} ${pairName(order.symbol)} @ ${type === 'limit' ? `limit ${price}` : 'market'}`;
}

function pairName(symbol: string): string {
  const market = marketOf(symbol);
  return market === undefined ? symbol : pairOf(market);
}

function listed(orders: readonly FloorOrder[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(orders.map((order) => [order.order.orderId, listedText(order)]));
}

function listedText(listing: FloorOrder): unknown {
  const { order, state, changedUs } = listing;
  const isFilled = state === 'filled';
  const zero = fixedText('0', DIGITS);
  const cost = textOf(productOf(unitsOf(order.price), unitsOf(order.quantity)));
  return {
    refid: null,
    userref: null,
    ...(order.clientOrderId !== '' && { cl_ord_id: order.clientOrderId }),
    status: statusOf[state],
    opentm: order.placedUs / 1_000_000,
    starttm: 0,
    expiretm: 0,
    ...(state !== 'open' && {
      closetm: changedUs / 1_000_000,
      reason: isCancelledLater(listing) ? 'User requested' : null,
    }),
    descr: {
      pair: pairName(order.symbol),
      type: order.side,
      ordertype: order.type,
      price: order.type === 'limit' ? order.price : '0',
      price2: '0',
      leverage: 'none',
      order: describe(listing),
      close: '',
    },
    vol: fixedText(order.quantity, DIGITS),
    vol_exec: isFilled ? fixedText(order.quantity, DIGITS) : zero,
    cost: isFilled ? fixedText(cost, DIGITS) : zero,
    fee: zero,
    price: isFilled ? order.price : zero,
    stopprice: zero,
    limitprice: zero,
    misc: '',
    oflags: 'fciq',
  };
}

function isCancelledLater(closed: FloorOrder): boolean {
  return closed.state === 'cancelled' && !isExpired(closed);
}

function sum(free: string, locked: string): string {
  return fixedText(textOf(unitsOf(free) + unitsOf(locked)), ASSET_DIGITS);
}
