/** Orders of OKX: one or a list of them in a request, each with its own `sCode` in the answer. */
import { marketOf } from '../../venue/markets.js';
import { BATCH_ELEMENTS_MAX } from '../../venue/order-form.js';
import type { FloorFault, FloorOrder } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceParams, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';
import {
  type Answering,
  answer,
  badParameter,
  type Fault,
  isSpot,
  marketsAsked,
  unknownInstrument,
} from './okx-answer.js';
import { accountOf, costOf, isExpired, lotsFor, msText, nowMsOf, placeWish, type Wish } from './wished-order.js';

/** As many orders as one batch may hold. */
const BATCH_MAX = 20;

/** Of new orders; those that change or cancel one have their own word for an order that is not there. */
const faultOf: Readonly<Record<FloorFault, Fault>> = {
  'bad-order': badParameter,
  'unknown-symbol': unknownInstrument,
  'off-tick': { code: '51000', message: 'Parameter px error' },
  'off-lot': { code: '51121', message: 'Order count should be the integer multiples of the lot size' },
  'insufficient-balance': { code: '51008', message: 'Order failed. Insufficient balance in account' },
  'duplicate-name': { code: '51016', message: 'Duplicated client order ID' },
  'order-not-yours': { code: '51603', message: 'Order does not exist' },
  'too-many-open-orders': { code: '51174', message: 'The number of pending orders reached the upper limit' },
};
const gone: Fault = { code: '51400', message: 'Cancellation failed as the order does not exist.' };
const notChanged: Fault = { code: '51503', message: 'Order modification failed as the order does not exist.' };

const statusOf = { open: 'live', filled: 'filled', cancelled: 'canceled' } as const;

const immediate: ReadonlySet<string> = new Set(['ioc', 'fok']);
/** Types of an order that has a price. Nothing is matched here, so one that must not take takes nothing. */
const limitTypes: ReadonlySet<string> = new Set(['limit', 'post_only', ...immediate]);

/** @returns null when it is none that the venue knows. */
function wishOf(params: FaceParams): Wish | null {
  const market = marketOf(textField(params, 'instId'));
  const type = textField(params, 'ordType');
  if (market === undefined || (type !== 'market' && !limitTypes.has(type))) return null;
  const side = textField(params, 'side');
  const size = textField(params, 'sz');
  // A market order that buys is for so much of the quote currency, unless it says otherwise.
  const unit = textField(params, 'tgtCcy') || (side === 'buy' ? 'quote_ccy' : 'base_ccy');
  const name = textField(params, 'clOrdId');
  return {
    symbol: market.symbol,
    side,
    type: type === 'market' ? 'market' : 'limit',
    ...(type !== 'market' && { price: textField(params, 'px') }),
    quantity: type === 'market' && unit === 'quote_ccy' ? lotsFor(market, size) : size,
    ...(name !== '' && { clientOrderId: name }),
    isImmediate: immediate.has(type),
  };
}

/** What became of one order: its row, and whether that went well. */
interface Told {
  readonly isDone: boolean;
  readonly row: unknown;
}

function toldOf(params: FaceParams, nowMs: number, result: FloorOrder | Fault): Told {
  const isDone = 'order' in result;
  const row = {
    ordId: isDone ? result.order.orderId : textField(params, 'ordId'),
    clOrdId: isDone ? result.order.clientOrderId : textField(params, 'clOrdId'),
    tag: textField(params, 'tag'),
    ts: String(nowMs),
    sCode: isDone ? '0' : result.code,
    sMsg: isDone ? '' : result.message,
  };
  return { isDone, row };
}

/** '1': nothing was done, '2': some of it was. */
function answerAll(told: readonly Told[]): FaceAnswer {
  const done = told.filter(({ isDone }) => isDone).length;
  const rows = told.map(({ row }) => row);
  if (done === told.length) return answer(rows);
  return answer(rows, done === 0 ? { code: '1', message: 'All operations failed' } : { code: '2', message: '' });
}

export type One = (params: FaceParams, admission: Admission | null, api: VenueApi) => FloorOrder | Fault;

export const placeOne: One = (params, admission, api) => {
  if (marketOf(textField(params, 'instId')) === undefined) return unknownInstrument;
  const wish = wishOf(params);
  const placed = wish === null ? 'bad-order' : placeWish(api, admission, wish);
  return typeof placed === 'string' ? faultOf[placed] : placed;
};

export const cancelOne: One = (params, admission, api) => {
  const orderId = found(params, admission, api)?.order.orderId ?? '';
  const cancelled = api.floor.cancel(accountOf(admission), orderId, api.clock.nowUs());
  return typeof cancelled === 'string' ? gone : cancelled;
};

export const amendOne: One = (params, admission, api) => {
  const order = found(params, admission, api)?.order;
  if (order === undefined) return notChanged;
  const change = {
    price: textField(params, 'newPx') || order.price,
    quantity: textField(params, 'newSz') || order.quantity,
  };
  const amended = api.floor.amend(order.account, order.orderId, change, api.clock.nowUs());
  if (typeof amended !== 'string') return amended;
  return amended === 'order-not-yours' ? notChanged : faultOf[amended];
};

/** By the venue's id, or by the caller's own name for it. */
function found(params: FaceParams, admission: Admission | null, api: VenueApi): FloorOrder | undefined {
  const account = accountOf(admission);
  const orderId = textField(params, 'ordId');
  return orderId === '' ? api.floor.named(account, textField(params, 'clOrdId')) : api.floor.find(account, orderId);
}

/** An order, or a list of them where the venue takes one. */
export function each(one: One): Answering {
  return (request, admission, api) => {
    const entries = request.list ?? [request.params];
    if (entries.length > BATCH_MAX) {
      return answer([], { code: '51111', message: `Maximum ${BATCH_MAX} orders can be placed in bulk` });
    }
    if (entries.length === 0) return answer([], { code: '50000', message: 'Body can not be empty' });
    const nowMs = nowMsOf(api);
    return answerAll(
      entries.map((entry) => {
        const params = isRecord(entry) ? entry : {};
        return toldOf(params, nowMs, one(params, admission, api));
      }),
    );
  };
}

function isRecord(value: unknown): value is FaceParams {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list that is too long costs as much as the longest that there may be, and is refused. */
export function elementsOf({ list }: FaceRequest): number {
  return Math.min(BATCH_ELEMENTS_MAX, list?.length ?? 1);
}

export const pending: Answering = (request, admission, api) => orders(request, api.floor.open(accountOf(admission)));
export const history: Answering = (request, admission, api) => orders(request, api.floor.closed(accountOf(admission)));

function orders(request: FaceRequest, all: readonly FloorOrder[]): FaceAnswer {
  const asked = marketsAsked(request);
  if (asked === null) return answer([], unknownInstrument);
  const symbols = new Set(asked.map(({ symbol }) => symbol));
  const state = textField(request.params, 'state');
  const isAsked = (one: FloorOrder): boolean =>
    symbols.has(one.order.symbol) && ['', statusOf[one.state]].includes(state);
  const shown = isSpot(request) ? all.filter(isAsked) : [];
  return answer(shown.toReversed().map(orderRow));
}

function orderRow(row: FloorOrder): unknown {
  const { order, state, changedUs } = row;
  const isFilled = state === 'filled';
  return {
    instType: 'SPOT',
    instId: order.symbol,
    ordId: order.orderId,
    clOrdId: order.clientOrderId,
    tag: '',
    side: order.side,
    ordType: isExpired(row) ? 'ioc' : order.type,
    tdMode: 'cash',
    tgtCcy: order.type === 'market' ? 'base_ccy' : '',
    px: order.type === 'limit' ? order.price : '',
    sz: order.quantity,
    state: statusOf[state],
    accFillSz: isFilled ? order.quantity : '0',
    avgPx: isFilled ? order.price : '',
    fillPx: isFilled ? order.price : '',
    fillSz: isFilled ? order.quantity : '0',
    fillNotionalUsd: isFilled ? costOf(order) : '',
    fee: '0',
    feeCcy: order.symbol.split('-')[1] ?? '',
    cTime: msText(order.placedUs),
    uTime: msText(changedUs),
  };
}

/** The order that a request is about, by either of its names. */
export function idAsked({ params }: FaceRequest, account: string, api: VenueApi): string {
  const orderId = textField(params, 'ordId');
  return orderId === '' ? (api.floor.named(account, textField(params, 'clOrdId'))?.order.orderId ?? '') : orderId;
}

/** One order, open or closed lately. */
export const oneOrder: Answering = ({ params }, admission, api) => {
  const order = found(params, admission, api);
  return order === undefined ? answer([], faultOf['order-not-yours']) : answer([orderRow(order)]);
};
