import type { Random } from './actor.js';
import type { OrderWish } from './api.js';
import { BoundedZipf } from './arrivals/zipf.js';

/** A traded pair: the price about which orders are placed, and the most that one is for. In ticks and in lots. */
interface Market {
  readonly symbol: string;
  readonly lowestTicks: number;
  /** Prices from the lowest one on. */
  readonly prices: number;
  readonly priceDigits: number;
  readonly lotsMax: number;
}

/** How far from the market's price an order may stand, as a share of it. */
const PRICE_SPREAD = 0.05;
/** Digits behind the point of a quantity. */
const QUANTITY_DIGITS = 4;

const digits = '0123456789abcdefghijklmnopqrstuvwxyz';
/** All texts of three digits: joining ready ones is ten times as fast as writing a number to the base of 36. */
const triples = Array.from(digits, (a) => Array.from(digits, (b) => Array.from(digits, (c) => a + b + c))).flat(2);
const TRIPLES = triples.length;

/** By rank: the first is the one that a skewed crowd trades most. */
const markets: readonly Market[] = [
  market('BTC-USDT', 65_000, 2, 0.5),
  market('ETH-USDT', 3_200, 2, 8),
  market('SOL-USDT', 150, 3, 150),
  market('XRP-USDT', 0.6, 4, 40_000),
  market('BNB-USDT', 590, 2, 40),
  market('DOGE-USDT', 0.16, 4, 150_000),
  market('ADA-USDT', 0.45, 4, 50_000),
  market('AVAX-USDT', 35, 3, 700),
  market('LINK-USDT', 14, 3, 1_600),
  market('DOT-USDT', 7, 4, 3_500),
  market('LTC-USDT', 80, 2, 300),
  market('NEAR-USDT', 5.5, 4, 4_500),
];

/** The symbols that actors trade, the most traded first. */
export const tradedSymbols: readonly string[] = markets.map(({ symbol }) => symbol);

function market(symbol: string, price: number, priceDigits: number, quantityMax: number): Market {
  const ticks = Math.round(price * 10 ** priceDigits);
  const lowestTicks = Math.ceil(ticks * (1 - PRICE_SPREAD));
  const highestTicks = Math.floor(ticks * (1 + PRICE_SPREAD));
  const lotsMax = quantityMax * 10 ** QUANTITY_DIGITS;
  return { symbol, lowestTicks, prices: highestTicks - lowestTicks + 1, priceDigits, lotsMax };
}

/**
 * Makes up plausible orders: a price within five percent of its market's, a quantity above zero, both uniform. The same
 * stream gives the same order. In whole ticks and lots, which are written as decimals: no float is rounded.
 */
export class OrderMaker {
  /** null = all markets alike. */
  readonly #skew: BoundedZipf | null;

  /** @param symbolZipf - Exponent of the bounded Zipf law over the markets, see `ActorPlan`; 0 = all alike. */
  constructor(symbolZipf = 0) {
    this.#skew = symbolZipf === 0 ? null : new BoundedZipf(markets.length, symbolZipf);
  }

  symbol(random: Random): string {
    return this.#market(random).symbol;
  }

  /** A limit order. */
  order(random: Random): OrderWish {
    const market = this.#market(random);
    return {
      symbol: market.symbol,
      side: random.unit() < 0.5 ? 'buy' : 'sell',
      type: 'limit',
      price: priceText(market, random),
      quantity: quantityText(market, random),
      clientOrderId: orderName(random),
    };
  }

  /** An order that names no price and is filled at once. */
  marketOrder(random: Random): OrderWish {
    return { ...this.order(random), type: 'market', price: '' };
  }

  /** A new price and quantity for an order on `symbol`. */
  change(symbol: string, random: Random): { readonly price: string; readonly quantity: string } {
    const market = markets.find((one) => one.symbol === symbol) ?? (markets[0] as Market);
    return { price: priceText(market, random), quantity: quantityText(market, random) };
  }

  #market(random: Random): Market {
    const place = this.#skew === null ? random.below(markets.length) : this.#skew.draw(random);
    return markets[place] as Market;
  }
}

function priceText({ lowestTicks, prices, priceDigits }: Market, random: Random): string {
  return decimalText(lowestTicks + Math.floor(random.unit() * prices), priceDigits);
}

function quantityText({ lotsMax }: Market, random: Random): string {
  return decimalText(1 + Math.floor(random.unit() * lotsMax), QUANTITY_DIGITS);
}

/** Eighteen characters, 93 random bits: two orders of a run never have the same name in practice. */
function orderName(random: Random): string {
  return nineCharacters(random.unit()) + nineCharacters(random.unit());
}

/** Three triples out of one draw. There are below 2^47 of such texts, so the 53 bits of a draw reach all of them. */
function nineCharacters(unit: number): string {
  const first = unit * TRIPLES;
  const second = (first - Math.floor(first)) * TRIPLES;
  const third = (second - Math.floor(second)) * TRIPLES;
  return (
    (triples[Math.floor(first)] as string) +
    (triples[Math.floor(second)] as string) +
    (triples[Math.floor(third)] as string)
  );
}

const DIGITS_MAX = 4;
const powersOfTen = Array.from({ length: DIGITS_MAX + 1 }, (_, power) => 10 ** power);
/** By the number of digits, all fractions of so many: ready texts are twice as fast as padding each anew. */
const fractions = powersOfTen.map((one) => Array.from({ length: one }, (_, units) => String(one + units).slice(1)));

/** `units` of the last digit: 1203 with two digits is `12.03`. @param digits - 1 to 4. */
export function decimalText(units: number, digits: number): string {
  const one = powersOfTen[digits] as number;
  const whole = Math.floor(units / one);
  return `${whole}.${fractions[digits]?.[units - whole * one]}`;
}
