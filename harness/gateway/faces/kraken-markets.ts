/** What Kraken answers about its markets, and how it writes names and errors. */
import { bookOf, type Market, markets, QUANTITY_DIGITS, quoteOf, stepOf } from '../../venue/markets.js';
import type { FaceAnswer, FaceRequest } from './face.js';
import { countField, jsonAnswer, textField } from './fields.js';

const ASSET_DIGITS = 10;
const COST_DIGITS = 8;

export const unknownPair = fault('EQuery:Unknown asset pair');

export function ok(result: unknown): FaceAnswer {
  return jsonAnswer({ error: [], result });
}

/** HTTP 200, as the venue does it: what went wrong stands in the body alone. */
export function fault(...texts: readonly string[]): FaceAnswer {
  return jsonAnswer({ error: texts });
}

/** Coins that the venue has by another name, or with an X before it; every other has one name. */
const altnames: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
const prefixed: ReadonlySet<string> = new Set(['BTC', 'ETH', 'XRP', 'DOGE', 'LTC']);

function altnameOf(asset: string): string {
  return altnames[asset] ?? asset;
}

export function assetIdOf(asset: string): string {
  return prefixed.has(asset) ? `X${altnameOf(asset)}` : altnameOf(asset);
}

/** `XBTUSDT`: name and id of a pair alike. */
export function pairOf({ base, quote }: Market): string {
  return altnameOf(base) + altnameOf(quote);
}

function wsnameOf({ base, quote }: Market): string {
  return `${altnameOf(base)}/${altnameOf(quote)}`;
}

const byName = new Map(markets.flatMap((market) => [pairOf(market), wsnameOf(market)].map((name) => [name, market])));

export function marketOfKraken(name: string): Market | undefined {
  return byName.get(name);
}

export function assets(): FaceAnswer {
  const names = ['USDT', ...markets.map(({ base }) => base)];
  return ok(
    Object.fromEntries(
      names.map((name) => [
        assetIdOf(name),
        {
          aclass: 'currency',
          altname: altnameOf(name),
          decimals: ASSET_DIGITS,
          display_decimals: 5,
          status: 'enabled',
        },
      ]),
    ),
  );
}

export function assetPairs(request: FaceRequest): FaceAnswer {
  const asked = askedMarkets(request);
  if (asked === null) return unknownPair;
  return ok(Object.fromEntries(asked.map((market) => [pairOf(market), pairInfo(market)])));
}

export function ticker(request: FaceRequest): FaceAnswer {
  const asked = askedMarkets(request);
  if (asked === null) return unknownPair;
  return ok(Object.fromEntries(asked.map((market) => [pairOf(market), tickerOf(market)])));
}

export function depth({ params }: FaceRequest, nowMs: number): FaceAnswer {
  const market = marketOfKraken(textField(params, 'pair'));
  if (market === undefined) return unknownPair;
  const { bids, asks } = bookOf(market, countField(params, 'count', { min: 1, max: 500, whenMissing: 100 }));
  const seconds = Math.floor(nowMs / 1000);
  const levels = (side: typeof bids): unknown[] => side.map(([price, volume]) => [price, volume, seconds]);
  return ok({ [pairOf(market)]: { asks: levels(asks), bids: levels(bids) } });
}

/** By names between commas, or all; null when one of them is none. */
function askedMarkets({ params }: FaceRequest): readonly Market[] | null {
  const names = textField(params, 'pair');
  if (names === '') return markets;
  const asked = names.split(',', markets.length + 1).map(marketOfKraken);
  const known = asked.filter((market) => market !== undefined);
  return known.length === asked.length ? known : null;
}

function pairInfo(market: Market): unknown {
  return {
    altname: pairOf(market),
    wsname: wsnameOf(market),
    aclass_base: 'currency',
    base: assetIdOf(market.base),
    aclass_quote: 'currency',
    quote: assetIdOf(market.quote),
    lot: 'unit',
    cost_decimals: COST_DIGITS,
    pair_decimals: market.priceDigits,
    lot_decimals: QUANTITY_DIGITS,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0]],
    fees_maker: [[0, 0]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: stepOf(QUANTITY_DIGITS),
    tick_size: stepOf(market.priceDigits),
    status: 'online',
  };
}

/** Nothing is traded here but market orders, which move no price: a day in which nothing happened. */
function tickerOf(market: Market): unknown {
  const { bid, ask, last } = quoteOf(market);
  const none = ['0.00000000', '0.00000000'];
  return {
    a: [ask, '0', '0.500'],
    b: [bid, '0', '0.500'],
    c: [last, '0.00000000'],
    v: none,
    p: [last, last],
    t: [0, 0],
    l: [last, last],
    h: [last, last],
    o: last,
  };
}
