/** What Deribit answers about orders and balances. */
import { marketOf } from '../../venue/markets.js';
import type { FloorFault, FloorOrder } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import { instrumentIn, instrumentOf, isResult } from './deribit-markets.js';
import { done, failed, invalidParam, type RpcResult } from './deribit-rpc.js';
import type { FaceParams, VenueApi } from './face.js';
import { countField, textField } from './fields.js';
import { isExpired, placeWish } from './wished-order.js';

const immediate: ReadonlySet<string> = new Set(['immediate_or_cancel', 'fill_or_kill']);
const statusOf = { open: 'open', filled: 'filled', cancelled: 'cancelled' } as const;

export function summaries({ account: name }: Admission, api: VenueApi): RpcResult {
  return done({ id: 1, username: name, type: 'main', summaries: summariesOf(name, api) });
}

export function summary(params: FaceParams, { account: name }: Admission, api: VenueApi): RpcResult {
  const currency = textField(params, 'currency');
  const found = summariesOf(name, api).find((one) => one.currency === currency);
  return found === undefined ? invalidParam('currency', 'unknown currency') : done(found);
}

export function place(side: 'buy' | 'sell', params: FaceParams, admission: Admission, api: VenueApi): RpcResult {
  const market = instrumentIn(params);
  if (isResult(market)) return market;
  const type = textField(params, 'type') || 'limit';
  if (type !== 'limit' && type !== 'market') return invalidParam('type', 'limit and market orders only');
  const label = textField(params, 'label');
  const placed = placeWish(
    api,
    admission,
    {
      symbol: market.symbol,
      side,
      type,
      quantity: textField(params, 'amount'),
      ...(type === 'limit' && { price: textField(params, 'price') }),
      ...(label !== '' && { clientOrderId: label }),
      isImmediate: immediate.has(textField(params, 'time_in_force')),
    },
    false,
  );
  if (typeof placed === 'string') return placed === 'bad-order' ? misread(params, type) : faultOf(placed);
  return done({ order: orderText(placed), trades: tradesOf(placed) });
}

export function edit(params: FaceParams, { account: name }: Admission, api: VenueApi): RpcResult {
  const before = api.floor.find(name, orderIdOf(params));
  if (before === undefined) return failed(10_004, 'order_not_found');
  if (before.state !== 'open') return failed(10_010, 'already_closed');
  const change = {
    price: textField(params, 'price') || before.order.price,
    quantity: textField(params, 'amount') || before.order.quantity,
  };
  const amended = api.floor.amend(name, before.order.orderId, change, api.clock.nowUs());
  if (typeof amended === 'string') return amended === 'bad-order' ? misread(params, 'limit') : faultOf(amended);
  return done({ order: orderText(amended), trades: [] });
}

export function cancel(params: FaceParams, { account: name }: Admission, api: VenueApi): RpcResult {
  const before = api.floor.find(name, orderIdOf(params));
  if (before === undefined) return failed(10_004, 'order_not_found');
  const cancelled = api.floor.cancel(name, before.order.orderId, api.clock.nowUs());
  return typeof cancelled === 'string' ? failed(10_010, 'already_closed') : done(orderText(cancelled));
}

/** @returns how many. */
export function cancelAll({ account: name }: Admission, api: VenueApi, symbol?: string): RpcResult {
  const open = api.floor.open(name, symbol);
  for (const { order } of open) api.floor.cancel(name, order.orderId, api.clock.nowUs());
  return done(open.length);
}

export function cancelAllOf(params: FaceParams, admission: Admission, api: VenueApi): RpcResult {
  const market = instrumentIn(params);
  return isResult(market) ? market : cancelAll(admission, api, market.symbol);
}

export function state(params: FaceParams, { account: name }: Admission, api: VenueApi): RpcResult {
  const order = api.floor.find(name, orderIdOf(params));
  return order === undefined ? failed(10_004, 'order_not_found') : done(orderText(order));
}

/** @param which - open ones, the oldest first, or the last that were closed, the latest first. */
export function list(
  which: 'open' | 'closed',
  params: FaceParams,
  { account: name }: Admission,
  api: VenueApi,
): RpcResult {
  const currency = textField(params, 'currency');
  const found = which === 'open' ? api.floor.open(name) : [...api.floor.closed(name)].reverse();
  const count = countField(params, 'count', { min: 1, max: 1000, whenMissing: which === 'open' ? 1000 : 20 });
  const isAsked = ({ order }: FloorOrder): boolean => {
    const market = marketOf(order.symbol);
    return currency === '' || currency === 'any' || market?.base === currency || market?.quote === currency;
  };
  return done(found.filter(isAsked).slice(0, count).map(orderText));
}

export function listOf(
  which: 'open' | 'closed',
  params: FaceParams,
  { account: name }: Admission,
  api: VenueApi,
): RpcResult {
  const market = instrumentIn(params);
  if (isResult(market)) return market;
  const { symbol } = market;
  const found = which === 'open' ? api.floor.open(name, symbol) : [...api.floor.closed(name, symbol)].reverse();
  const count = countField(params, 'count', { min: 1, max: 1000, whenMissing: which === 'open' ? 1000 : 20 });
  return done(found.slice(0, count).map(orderText));
}

export function orderIdOf(params: FaceParams): string {
  return textField(params, 'order_id');
}

function summariesOf(name: string, api: VenueApi): readonly { readonly currency: string }[] {
  return api.floor.balances(name).map(({ asset, free, locked }) => ({
    currency: asset,
    balance: Number(free) + Number(locked),
    equity: Number(free) + Number(locked),
    available_funds: Number(free),
    available_withdrawal_funds: 0,
    initial_margin: Number(locked),
    // What spot orders hold; there are no positions here.
    maintenance_margin: Number(locked),
    spot_reserve: Number(locked),
    margin_balance: Number(free) + Number(locked),
    margin_model: 'segregated_sm',
  }));
}

/** Which part of an order could not be read. */
function misread(params: FaceParams, type: 'limit' | 'market'): RpcResult {
  const isNumber = (name: string): boolean => /^(?=.*[1-9])\d+(\.\d+)?$/.test(textField(params, name));
  if (!isNumber('amount')) return failed(10_021, 'invalid_amount');
  if (type === 'limit' && !isNumber('price')) return failed(10_023, 'invalid_price');
  return failed(11_029, 'invalid_arguments');
}

function faultOf(reason: FloorFault): RpcResult {
  switch (reason) {
    case 'unknown-symbol':
      return failed(13_020, 'not_found', { param: 'instrument_name' });
    case 'off-tick':
      return failed(10_043, 'price_wrong_tick');
    case 'off-lot':
      return failed(10_021, 'invalid_amount');
    case 'too-many-open-orders':
      return failed(11_030, 'other_reject too_many_open_orders');
    case 'insufficient-balance':
      return failed(10_009, 'not_enough_funds');
    case 'order-not-yours':
      return failed(10_004, 'order_not_found');
    case 'duplicate-name':
    case 'bad-order':
      return failed(11_029, 'invalid_arguments');
  }
}

function orderText(told: FloorOrder): Readonly<Record<string, unknown>> {
  const { order, state: now, changedUs } = told;
  const market = marketOf(order.symbol);
  const isFilled = now === 'filled';
  return {
    order_id: order.orderId,
    instrument_name: market === undefined ? order.symbol : instrumentOf(market),
    direction: order.side,
    order_type: order.type,
    order_state: statusOf[now],
    price: Number(order.price),
    amount: Number(order.quantity),
    filled_amount: isFilled ? Number(order.quantity) : 0,
    average_price: isFilled ? Number(order.price) : 0,
    label: order.clientOrderId,
    time_in_force: isExpired(told) ? 'immediate_or_cancel' : 'good_til_cancelled',
    post_only: false,
    reduce_only: false,
    api: true,
    web: false,
    creation_timestamp: Math.floor(order.placedUs / 1000),
    last_update_timestamp: Math.floor(changedUs / 1000),
  };
}

function tradesOf(placed: FloorOrder): readonly unknown[] {
  const { order, state: now, changedUs } = placed;
  if (now !== 'filled') return [];
  const { order_id, instrument_name, direction, order_type, label } = orderText(placed);
  return [
    {
      trade_id: `T-${order.orderId}`,
      trade_seq: 1,
      order_id,
      instrument_name,
      direction,
      order_type,
      label,
      price: Number(order.price),
      amount: Number(order.quantity),
      fee: 0,
      fee_currency: marketOf(order.symbol)?.quote ?? '',
      liquidity: 'T',
      state: 'filled',
      timestamp: Math.floor(changedUs / 1000),
    },
  ];
}
