/** What Binance answers about its markets. */
import type { PolicyLimit } from '../../scenario/plan.js';
import { fixedText } from '../../venue/exact-decimal.js';
import { bookOf, type Market, markets, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceRequest } from './face.js';
import { countField, jsonAnswer, textField } from './fields.js';

const DIGITS = 8;
const QUANTITY_MAX = '9000000.00000000';
const OPENED_MS = 1_500_000_000_000;

export const badSymbol = fault(400, -1121, 'Invalid symbol.');

export function fault(status: number, code: number, msg: string): FaceAnswer {
  return jsonAnswer({ code, msg }, status);
}

/** `BTCUSDT` of the house's `BTC-USDT`. */
export function binanceSymbol({ base, quote }: Pick<Market, 'base' | 'quote'>): string {
  return base + quote;
}

const bySymbol = new Map(markets.map((market) => [binanceSymbol(market), market]));

export function marketOfBinance(symbol: string): Market | undefined {
  return bySymbol.get(symbol);
}

export function exchangeInfo(request: FaceRequest, admission: Admission | null, nowMs: number): FaceAnswer {
  const asked = askedMarkets(request);
  if (asked === null) return badSymbol;
  return jsonAnswer({
    timezone: 'UTC',
    serverTime: nowMs,
    rateLimits: (admission?.rules.limits ?? []).flatMap(rateLimitOf),
    exchangeFilters: [],
    symbols: asked.map(symbolInfo),
  });
}

/** Of the other markets of the venue (`/fapi`, `/dapi`), which this one does not have. */
export function noMarkets(nowMs: number): FaceAnswer {
  return jsonAnswer({ timezone: 'UTC', serverTime: nowMs, rateLimits: [], exchangeFilters: [], symbols: [] });
}

export function depth(request: FaceRequest): FaceAnswer {
  const market = marketOfBinance(textField(request.params, 'symbol'));
  if (market === undefined) return badSymbol;
  const { bids, asks } = bookOf(market, depthLimit(request));
  const levels = (side: typeof bids): string[][] => side.map((level) => level.map((text) => fixedText(text, DIGITS)));
  return jsonAnswer({ lastUpdateId: 1, bids: levels(bids), asks: levels(asks) });
}

/** Weights of the venue are 5, 25, 50 and 250 up to 100, 500, 1000 and 5000 levels: so many fives. */
export function depthElements(request: FaceRequest): number {
  const limit = depthLimit(request);
  if (limit <= 100) return 1;
  if (limit <= 500) return 5;
  return limit <= 1000 ? 10 : 50;
}

function depthLimit({ params }: FaceRequest): number {
  return countField(params, 'limit', { min: 1, max: 5000, whenMissing: 100 });
}

/** @param one - what is answered of each market. */
export function tickers(request: FaceRequest, one: (market: Market) => unknown): FaceAnswer {
  const asked = askedMarkets(request);
  if (asked === null) return badSymbol;
  const [first] = asked;
  const isOne = textField(request.params, 'symbol') !== '';
  return jsonAnswer(isOne && first !== undefined ? one(first) : asked.map(one));
}

/** Weights of the venue are 2 for a symbol and up to 20 of them, 40 up to 100 and 80 for all: so many twos. */
export function dayElements({ params }: FaceRequest): number {
  if (textField(params, 'symbol') !== '') return 1;
  const symbols = symbolList(textField(params, 'symbols'));
  if (symbols === null || symbols.length > 100) return 40;
  return symbols.length > 20 ? 20 : 1;
}

/** Weights of the venue are 2 for a symbol and 4 for several or all: so many twos. */
export function priceElements({ params }: FaceRequest): number {
  return textField(params, 'symbol') === '' ? 2 : 1;
}

export function priceOf(market: Market): unknown {
  return { symbol: binanceSymbol(market), price: fixedText(quoteOf(market).last, DIGITS) };
}

export function bookTickerOf(market: Market): unknown {
  const { bid, ask } = quoteOf(market);
  const quantity = fixedText('0.5', DIGITS);
  return {
    symbol: binanceSymbol(market),
    bidPrice: fixedText(bid, DIGITS),
    bidQty: quantity,
    askPrice: fixedText(ask, DIGITS),
    askQty: quantity,
  };
}

/** Nothing is traded here but market orders, which move no price: a day in which nothing happened. */
export function dayOf(market: Market, nowMs: number): unknown {
  const { bid, ask, last } = quoteOf(market);
  const zero = fixedText('0', DIGITS);
  const price = fixedText(last, DIGITS);
  return {
    symbol: binanceSymbol(market),
    priceChange: zero,
    priceChangePercent: '0.000',
    weightedAvgPrice: price,
    prevClosePrice: price,
    lastPrice: price,
    lastQty: zero,
    bidPrice: fixedText(bid, DIGITS),
    bidQty: fixedText('0.5', DIGITS),
    askPrice: fixedText(ask, DIGITS),
    askQty: fixedText('0.5', DIGITS),
    openPrice: price,
    highPrice: price,
    lowPrice: price,
    volume: zero,
    quoteVolume: zero,
    openTime: nowMs - 86_400_000,
    closeTime: nowMs,
    firstId: -1,
    lastId: -1,
    count: 0,
  };
}

/** By `symbol`, or by `symbols` as a JSON array, or all; null when one of them is none. */
function askedMarkets({ params }: FaceRequest): readonly Market[] | null {
  const symbol = textField(params, 'symbol');
  if (symbol !== '') {
    const market = marketOfBinance(symbol);
    return market === undefined ? null : [market];
  }
  if (params.symbols === undefined) return markets;
  const asked = symbolList(textField(params, 'symbols'))?.map(marketOfBinance) ?? [undefined];
  const known = asked.filter((market) => market !== undefined);
  return known.length === asked.length ? known : null;
}

function symbolList(text: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : null;
  } catch {
    return null;
  }
}

function symbolInfo(market: Market): unknown {
  const tick = fixedText(stepOf(market.priceDigits), DIGITS);
  const lot = fixedText(stepOf(QUANTITY_DIGITS), DIGITS);
  return {
    symbol: binanceSymbol(market),
    status: 'TRADING',
    baseAsset: market.base,
    baseAssetPrecision: DIGITS,
    quoteAsset: market.quote,
    quotePrecision: DIGITS,
    quoteAssetPrecision: DIGITS,
    baseCommissionPrecision: DIGITS,
    quoteCommissionPrecision: DIGITS,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'],
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '900000000.00000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty: lot, maxQty: QUANTITY_MAX, stepSize: lot },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'NONE',
    allowedSelfTradePreventionModes: ['NONE'],
    onboardDate: OPENED_MS,
  };
}

const intervals = [
  { interval: 'DAY', letter: 'D', ms: 86_400_000 },
  { interval: 'HOUR', letter: 'H', ms: 3_600_000 },
  { interval: 'MINUTE', letter: 'M', ms: 60_000 },
  { interval: 'SECOND', letter: 'S', ms: 1_000 },
] as const;

/** `10 SECOND` and `10S`: the largest interval of which there is a whole number. */
export function intervalOf(windowMs: number): {
  readonly interval: string;
  readonly letter: string;
  readonly count: number;
} {
  const { interval, letter, ms } = intervals.find((one) => windowMs % one.ms === 0) ?? intervals[3];
  return { interval, letter, count: Math.ceil(windowMs / ms) };
}

/** Limits of calendar windows, as the venue has them; what else a policy has is told nowhere. */
function rateLimitOf(limit: PolicyLimit): readonly unknown[] {
  if (limit.family !== 'fixed-window' && limit.family !== 'fill-counter') return [];
  const { interval, count } = intervalOf(limit.windowUs / 1000);
  return [{ rateLimitType: limitTypeOf(limit), interval, intervalNum: count, limit: limit.capacity }];
}

/** What counts by address counts weights, unless its name says that requests are counted as they come. */
export function limitTypeOf({
  name,
  by,
}: Pick<PolicyLimit, 'name' | 'by'>): 'ORDERS' | 'RAW_REQUESTS' | 'REQUEST_WEIGHT' {
  if (!by.includes('ip')) return 'ORDERS';
  return name.includes('raw') ? 'RAW_REQUESTS' : 'REQUEST_WEIGHT';
}
