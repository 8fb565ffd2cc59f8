/** What Binance answers about orders and balances. */
import { digitsOf, fixedText, productOf, textOf, unitsOf } from '../../venue/exact-decimal.js';
import { marketOf, markets, QUANTITY_DIGITS } from '../../venue/markets.js';
import type { FloorFault, FloorOrder } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import { badSymbol, binanceSymbol, fault, marketOfBinance } from './binance-markets.js';
import type { FaceAnswer, FaceParams, FaceRequest, VenueApi } from './face.js';
import { countField, jsonAnswer, textField } from './fields.js';
import { isExpired, lotsFor, nowMsOf, placeWish, type Wish } from './wished-order.js';

const DIGITS = 8;
const LIST_MAX = 1000;
const LIST_DEFAULT = 500;
const statusOf = { open: 'NEW', filled: 'FILLED', cancelled: 'CANCELED' } as const;

export function account({ account: name }: Admission, api: VenueApi): FaceAnswer {
  return jsonAnswer({
    makerCommission: 0,
    takerCommission: 0,
    buyerCommission: 0,
    sellerCommission: 0,
    canTrade: true,
    canWithdraw: false,
    canDeposit: false,
    updateTime: nowMsOf(api),
    accountType: 'SPOT',
    balances: api.floor.balances(name).map(({ asset, free, locked }) => ({
      asset,
      free: fixedText(free, DIGITS),
      locked: fixedText(locked, DIGITS),
    })),
    permissions: ['SPOT'],
  });
}

/** What clients ask for with a key when they load markets; whose key it is nobody looks at, so there are no balances. */
export function coins(): FaceAnswer {
  const names = ['USDT', ...markets.map(({ base }) => base)];
  return jsonAnswer(
    names.map((coin) => ({
      coin,
      name: coin,
      depositAllEnable: false,
      withdrawAllEnable: false,
      isLegalMoney: false,
      trading: true,
      free: '0',
      locked: '0',
      networkList: [],
    })),
  );
}

/** @param isTest - `order/test`: everything is looked at, and nothing is placed. */
export function placeOrder(request: FaceRequest, admission: Admission, api: VenueApi, isTest = false): FaceAnswer {
  const { params } = request;
  const wish = readOrder(params);
  if ('status' in wish) return wish;
  if (isTest) return filterFault(wish.entry) ?? jsonAnswer({});
  const placed = placeWish(api, admission, wish.entry);
  if (typeof placed === 'string') return placeFault(placed);
  return jsonAnswer(placedText(placed));
}

export function cancelOrder({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const known = orderOf(params, name, api);
  if ('status' in known) return known;
  const cancelled = known.id === '' ? 'order-not-yours' : api.floor.cancel(name, known.id, api.clock.nowUs());
  if (typeof cancelled === 'string') return fault(400, -2011, 'Unknown order sent.');
  return jsonAnswer(cancelledText(cancelled));
}

export function cancelAll({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const missing = missingOf(params, ['symbol']);
  if (missing !== null) return missing;
  const market = marketOfBinance(textField(params, 'symbol'));
  if (market === undefined) return badSymbol;
  const open = api.floor.open(name, market.symbol);
  if (open.length === 0) return fault(400, -2011, 'Unknown order sent.');
  const cancelled = open.map(({ order }) => api.floor.cancel(name, order.orderId, api.clock.nowUs()));
  return jsonAnswer(cancelled.filter((result) => typeof result !== 'string').map(cancelledText));
}

/** Reduces the quantity of an order; the venue knows no other change of one. */
export function amendOrder({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const missing = missingOf(params, ['symbol', 'newQty']);
  if (missing !== null) return missing;
  const known = orderOf(params, name, api);
  if ('status' in known) return known;
  const before = api.floor.find(name, known.id);
  if (before === undefined || before.state !== 'open') return fault(400, -2038, 'Unknown order sent.');
  const quantity = textField(params, 'newQty');
  if (!decimalForm.test(quantity)) return illegal('newQty', decimalForm);
  if (unitsOf(quantity) >= unitsOf(before.order.quantity)) {
    return fault(400, -2038, 'Order amend (quantity increase) is not supported.');
  }
  const amended = api.floor.amend(name, known.id, { price: before.order.price, quantity }, api.clock.nowUs());
  if (typeof amended === 'string') return placeFault(amended);
  return jsonAnswer({
    transactTime: msOf(amended),
    executionId: 1,
    amendedOrder: { ...fieldsOf(amended), workingTime: Math.floor(amended.order.placedUs / 1000) },
  });
}

export function queryOrder({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const known = orderOf(params, name, api);
  if ('status' in known) return known;
  const order = api.floor.find(name, known.id);
  return order === undefined ? fault(400, -2013, 'Order does not exist.') : jsonAnswer(listedText(order));
}

export function openOrders({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const symbol = textField(params, 'symbol');
  const market = marketOfBinance(symbol);
  if (symbol !== '' && market === undefined) return badSymbol;
  return jsonAnswer(api.floor.open(name, market?.symbol).map(listedText));
}

export function allOrders({ params }: FaceRequest, { account: name }: Admission, api: VenueApi): FaceAnswer {
  const missing = missingOf(params, ['symbol']);
  if (missing !== null) return missing;
  const market = marketOfBinance(textField(params, 'symbol'));
  if (market === undefined) return badSymbol;
  const limit = countField(params, 'limit', { min: 1, max: LIST_MAX, whenMissing: LIST_DEFAULT });
  const all = [...api.floor.closed(name, market.symbol), ...api.floor.open(name, market.symbol)];
  const inOrder = all.sort((a, b) => Number(a.order.orderId) - Number(b.order.orderId));
  return jsonAnswer(inOrder.slice(-limit).map(listedText));
}

/** The order's id by `orderId` or `origClientOrderId`; '' when there is none. */
export function orderIdOf({ params }: FaceRequest, name: string, api: VenueApi): string {
  const id = textField(params, 'orderId');
  return id === '' ? (api.floor.named(name, textField(params, 'origClientOrderId'))?.order.orderId ?? '') : id;
}

function orderOf(params: FaceParams, name: string, api: VenueApi): { readonly id: string } | FaceAnswer {
  const missing = missingOf(params, ['symbol']);
  if (missing !== null) return missing;
  const market = marketOfBinance(textField(params, 'symbol'));
  if (market === undefined) return badSymbol;
  if (textField(params, 'orderId') === '' && textField(params, 'origClientOrderId') === '') {
    const msg = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";
    return fault(400, -1102, msg);
  }
  const found = api.floor.find(name, orderIdOf({ params } as FaceRequest, name, api));
  return { id: found?.order.symbol === market.symbol ? found.order.orderId : '' };
}

const decimalForm = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
/** As far as the house keeps one. */
const orderDecimal = /^(?:0|[1-9]\d{0,11})(?:\.\d{1,8})?$/;
const nameForm = /^[a-zA-Z0-9-_]{1,36}$/;

/** A wish for the floor, or what is wrong with it. */
function readOrder(params: FaceParams): { readonly entry: Wish } | FaceAnswer {
  const missing = missingOf(params, ['symbol', 'side', 'type']);
  if (missing !== null) return missing;
  const market = marketOfBinance(textField(params, 'symbol'));
  if (market === undefined) return badSymbol;
  const side = textField(params, 'side');
  if (side !== 'BUY' && side !== 'SELL') return fault(400, -1117, 'Invalid side.');
  const type = textField(params, 'type');
  if (type !== 'LIMIT' && type !== 'LIMIT_MAKER' && type !== 'MARKET') return fault(400, -1116, 'Invalid orderType.');
  const needed = numbersOf(type, params);
  const further = missingOf(params, type === 'LIMIT' ? ['timeInForce', ...needed] : needed);
  if (further !== null) return further;
  const timeInForce = textField(params, 'timeInForce');
  if (type === 'LIMIT' && !['GTC', 'IOC', 'FOK'].includes(timeInForce))
    return fault(400, -1115, 'Invalid timeInForce.');
  const clientOrderId = textField(params, 'newClientOrderId');
  if (params.newClientOrderId !== undefined && !nameForm.test(clientOrderId)) {
    return illegal('newClientOrderId', nameForm);
  }
  for (const name of needed) {
    if (!decimalForm.test(textField(params, name))) return illegal(name, decimalForm);
  }
  const isInQuote = needed.includes('quoteOrderQty');
  return {
    entry: {
      symbol: market.symbol,
      side: side === 'BUY' ? 'buy' : 'sell',
      type: type === 'MARKET' ? 'market' : 'limit',
      quantity: isInQuote ? lotsFor(market, textField(params, 'quoteOrderQty')) : textField(params, 'quantity'),
      ...(type !== 'MARKET' && { price: textField(params, 'price') }),
      ...(clientOrderId !== '' && { clientOrderId }),
      isImmediate: type === 'LIMIT' && timeInForce !== 'GTC',
    },
  };
}

/** Whether it is an order that the market could have, whoever sends it. */
function filterFault({ symbol, price, quantity }: Wish): FaceAnswer | null {
  const isAmount = (text: string): boolean => orderDecimal.test(text) && /[1-9]/.test(text);
  if (!isAmount(quantity) || (price !== undefined && !isAmount(price))) return placeFault('bad-order');
  if (price !== undefined && digitsOf(price) > (marketOf(symbol)?.priceDigits ?? 0)) return placeFault('off-tick');
  return digitsOf(quantity) > QUANTITY_DIGITS ? placeFault('off-lot') : null;
}

/** A market order is for so much of the base currency, or for so much of the quote currency. */
function numbersOf(type: 'LIMIT' | 'LIMIT_MAKER' | 'MARKET', params: FaceParams): readonly string[] {
  if (type !== 'MARKET') return ['quantity', 'price'];
  const isInQuote = textField(params, 'quantity') === '' && textField(params, 'quoteOrderQty') !== '';
  return [isInQuote ? 'quoteOrderQty' : 'quantity'];
}

export function missingOf(params: FaceParams, names: readonly string[]): FaceAnswer | null {
  const name = names.find((one) => textField(params, one) === '');
  if (name === undefined) return null;
  return fault(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

function illegal(name: string, form: RegExp): FaceAnswer {
  const msg = `Illegal characters found in parameter '${name}'; legal range is '${form.source}'.`;
  return fault(400, -1100, msg);
}

function placeFault(reason: FloorFault): FaceAnswer {
  switch (reason) {
    case 'unknown-symbol':
      return badSymbol;
    case 'bad-order':
      return fault(400, -1013, 'Invalid quantity.');
    case 'off-tick':
      return fault(400, -1013, 'Filter failure: PRICE_FILTER');
    case 'off-lot':
      return fault(400, -1013, 'Filter failure: LOT_SIZE');
    case 'too-many-open-orders':
      return fault(400, -1013, 'Filter failure: EXCHANGE_MAX_NUM_ORDERS');
    case 'insufficient-balance':
      return fault(400, -2010, 'Account has insufficient balance for requested action.');
    case 'duplicate-name':
      return fault(400, -2010, 'Duplicate order sent.');
    case 'order-not-yours':
      return fault(400, -2011, 'Unknown order sent.');
  }
}

function msOf({ changedUs }: FloorOrder): number {
  return Math.floor(changedUs / 1000);
}

/** What every answer about an order has. One that did not rest is told as IOC, whether it was that or FOK. */
function fieldsOf(of: FloorOrder): Readonly<Record<string, unknown>> {
  const { order, state } = of;
  const quantity = fixedText(order.quantity, DIGITS);
  const cost = fixedText(textOf(productOf(unitsOf(order.price), unitsOf(order.quantity))), DIGITS);
  const market = marketOf(order.symbol);
  const zero = fixedText('0', DIGITS);
  return {
    symbol: market === undefined ? order.symbol : binanceSymbol(market),
    orderId: Number(order.orderId),
    orderListId: -1,
    clientOrderId: order.clientOrderId === '' ? `own${order.orderId}` : order.clientOrderId,
    price: order.type === 'market' ? zero : fixedText(order.price, DIGITS),
    origQty: quantity,
    executedQty: state === 'filled' ? quantity : zero,
    origQuoteOrderQty: zero,
    cummulativeQuoteQty: state === 'filled' ? cost : zero,
    status: isExpired(of) ? 'EXPIRED' : statusOf[state],
    timeInForce: isExpired(of) ? 'IOC' : 'GTC',
    type: order.type.toUpperCase(),
    side: order.side.toUpperCase(),
    selfTradePreventionMode: 'NONE',
  };
}

function placedText(placed: FloorOrder): unknown {
  const { order, state } = placed;
  const price = fixedText(order.price, DIGITS);
  const fill = {
    price,
    qty: fixedText(order.quantity, DIGITS),
    commission: fixedText('0', DIGITS),
    commissionAsset: marketOf(order.symbol)?.quote ?? '',
    tradeId: Number(order.orderId),
  };
  const transactTime = msOf(placed);
  return { ...fieldsOf(placed), transactTime, workingTime: transactTime, fills: state === 'filled' ? [fill] : [] };
}

function cancelledText(cancelled: FloorOrder): unknown {
  const fields = fieldsOf(cancelled);
  return { ...fields, origClientOrderId: fields.clientOrderId, transactTime: msOf(cancelled) };
}

function listedText(listed: FloorOrder): unknown {
  const placedMs = Math.floor(listed.order.placedUs / 1000);
  return {
    ...fieldsOf(listed),
    stopPrice: fixedText('0', DIGITS),
    icebergQty: fixedText('0', DIGITS),
    time: placedMs,
    updateTime: msOf(listed),
    isWorking: true,
    workingTime: placedMs,
  };
}
