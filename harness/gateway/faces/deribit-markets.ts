/** What Deribit answers about its markets: here its spot pairs, `BTC_USDT`. */
import { bookOf, type Market, markets, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import { done, failed, invalidParam, type RpcResult } from './deribit-rpc.js';
import type { FaceParams } from './face.js';
import { countField, textField } from './fields.js';

const OPENED_MS = 1_600_000_000_000;
/** The year 3000, as the venue has it for what does not expire. */
const NEVER_MS = 32_503_708_800_000;

export function instrumentOf({ base, quote }: Market): string {
  return `${base}_${quote}`;
}

const byName = new Map(markets.map((market) => [instrumentOf(market), market]));

/** @returns an error when `instrument_name` is missing or names none. */
export function instrumentIn(params: FaceParams): Market | RpcResult {
  const name = textField(params, 'instrument_name');
  if (name === '') return invalidParam('instrument_name', 'is required');
  return byName.get(name) ?? failed(13_020, 'not_found', { param: 'instrument_name' });
}

export function isResult(found: Market | RpcResult): found is RpcResult {
  return 'result' in found || 'error' in found;
}

export function currencies(): RpcResult {
  const names = ['USDT', ...markets.map(({ base }) => base)];
  return done(
    names.map((currency) => ({
      currency,
      currency_long: currency,
      coin_type: 'OTHER',
      decimals: 8,
      fee_precision: 8,
      min_confirmations: 1,
      withdrawal_fee: 0,
      in_cross_collateral_pool: false,
    })),
  );
}

/** By `currency` (any) and `kind`. */
export function instruments(params: FaceParams): RpcResult {
  const currency = textField(params, 'currency');
  const kind = textField(params, 'kind');
  if (kind !== '' && kind !== 'spot') return done([]);
  const isAsked = ({ base, quote }: Market): boolean => ['', 'any', base, quote].includes(currency);
  return done(markets.filter(isAsked).map(instrumentInfo));
}

export function ticker(params: FaceParams, nowMs: number): RpcResult {
  const market = instrumentIn(params);
  return isResult(market) ? market : done(tickerOf(market, nowMs));
}

/** Of every market with this `currency` as base or quote. */
export function summaries(params: FaceParams, nowMs: number): RpcResult {
  const currency = textField(params, 'currency');
  if (currency === '') return invalidParam('currency', 'is required');
  const kind = textField(params, 'kind');
  const asked = markets.filter(({ base, quote }) => base === currency || quote === currency);
  return done(kind === '' || kind === 'spot' ? asked.map((market) => summaryOf(market, nowMs)) : []);
}

export function orderBook(params: FaceParams, nowMs: number): RpcResult {
  const market = instrumentIn(params);
  if (isResult(market)) return market;
  const { bids, asks } = bookOf(market, countField(params, 'depth', { min: 1, max: 10_000, whenMissing: 5 }));
  const levels = (side: typeof bids): number[][] => side.map(([price, amount]) => [Number(price), Number(amount)]);
  return done({ ...tickerOf(market, nowMs), change_id: 1, bids: levels(bids), asks: levels(asks) });
}

function summaryOf(market: Market, nowMs: number): unknown {
  const { bid, ask, last } = quoteOf(market);
  const price = Number(last);
  return {
    instrument_name: instrumentOf(market),
    base_currency: market.base,
    quote_currency: market.quote,
    creation_timestamp: nowMs,
    last: price,
    mark_price: price,
    mid_price: price,
    bid_price: Number(bid),
    ask_price: Number(ask),
    high: price,
    low: price,
    price_change: 0,
    volume: 0,
    volume_usd: 0,
    volume_notional: 0,
  };
}

function instrumentInfo(market: Market, place: number): unknown {
  return {
    instrument_id: place + 1,
    instrument_name: instrumentOf(market),
    kind: 'spot',
    instrument_type: 'linear',
    base_currency: market.base,
    counter_currency: market.quote,
    quote_currency: market.quote,
    price_index: `${market.base}_${market.quote}`.toLowerCase(),
    tick_size: Number(stepOf(market.priceDigits)),
    tick_size_steps: [],
    min_trade_amount: Number(stepOf(QUANTITY_DIGITS)),
    contract_size: Number(stepOf(QUANTITY_DIGITS)),
    maker_commission: 0,
    taker_commission: 0,
    is_active: true,
    state: 'open',
    rfq: false,
    creation_timestamp: OPENED_MS,
    expiration_timestamp: NEVER_MS,
  };
}

/** Nothing is traded here but market orders, which move no price: a day in which nothing happened. */
function tickerOf(market: Market, nowMs: number): Readonly<Record<string, unknown>> {
  const { bid, ask, last } = quoteOf(market);
  const price = Number(last);
  return {
    instrument_name: instrumentOf(market),
    timestamp: nowMs,
    state: 'open',
    last_price: price,
    mark_price: price,
    index_price: price,
    min_price: 0,
    max_price: price * 10,
    best_bid_price: Number(bid),
    best_bid_amount: 0.5,
    best_ask_price: Number(ask),
    best_ask_amount: 0.5,
    stats: { high: price, low: price, price_change: 0, volume: 0, volume_usd: 0, volume_notional: 0 },
  };
}
