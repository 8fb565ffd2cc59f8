/** The markets that a venue with a face has: those that actors trade. Prices never move, and nothing is matched. */

export interface Market {
  /** As the house writes it, `BTC-USDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Digits behind the point of a price; a tick is one of the last. */
  readonly priceDigits: number;
  /** The last price, in ticks. */
  readonly lastTicks: number;
  /** Whole units of `base` that each account has before its first order: worth about a billion of `quote`. */
  readonly endowment: number;
}

export interface Quote {
  readonly bid: string;
  readonly ask: string;
  readonly last: string;
}

/** Price and quantity. */
export type BookLevel = readonly [string, string];

/** Digits behind the point of a quantity; a lot is one of the last. */
export const QUANTITY_DIGITS = 4;
/** What each account has of the one currency that everything is priced in, before its first order. */
export const QUOTE_ENDOWMENT = 1_000_000_000;
/** Levels on each side of a book. */
const BOOK_LEVELS = 100;

/** About the prices that actors trade at, see `order-maker.ts`. */
export const markets: readonly Market[] = [
  market('BTC', 65_000, 2),
  market('ETH', 3_200, 2),
  market('SOL', 150, 3),
  market('XRP', 0.6, 4),
  market('BNB', 590, 2),
  market('DOGE', 0.16, 4),
  market('ADA', 0.45, 4),
  market('AVAX', 35, 3),
  market('LINK', 14, 3),
  market('DOT', 7, 4),
  market('LTC', 80, 2),
  market('NEAR', 5.5, 4),
];

const bySymbol = new Map(markets.map((one) => [one.symbol, one]));

/** @param symbol - as the house writes it. */
export function marketOf(symbol: string): Market | undefined {
  return bySymbol.get(symbol);
}

export function quoteOf({ lastTicks, priceDigits }: Market): Quote {
  const text = (ticks: number): string => (ticks / 10 ** priceDigits).toFixed(priceDigits);
  return { bid: text(lastTicks - 1), ask: text(lastTicks + 1), last: text(lastTicks) };
}

/** Best first; each level is a tick further off, and larger. @param levels - at most `BOOK_LEVELS`. */
export function bookOf(
  { lastTicks, priceDigits }: Market,
  levels: number,
): { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] } {
  const side = (direction: 1 | -1): BookLevel[] =>
    Array.from({ length: Math.max(1, Math.min(levels, BOOK_LEVELS)) }, (_, place) => [
      ((lastTicks + direction * (place + 1)) / 10 ** priceDigits).toFixed(priceDigits),
      ((place + 1) / 2).toFixed(QUANTITY_DIGITS),
    ]);
  return { bids: side(-1), asks: side(1) };
}

/** `0.01` of two digits. */
export function stepOf(digits: number): string {
  return (1 / 10 ** digits).toFixed(digits);
}

function market(base: string, price: number, priceDigits: number): Market {
  return {
    symbol: `${base}-USDT`,
    base,
    quote: 'USDT',
    priceDigits,
    lastTicks: Math.round(price * 10 ** priceDigits),
    endowment: Math.round(QUOTE_ENDOWMENT / price),
  };
}
