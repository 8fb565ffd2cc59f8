import type { Random } from './actor.js';
import type { OrderWish } from './api.js';
import { createRandom } from './random.js';
import { SeededFaker } from './seeded-faker.js';

/** Traded pairs with a price about which orders are placed. */
const markets = [
  { symbol: 'BTC-USDT', price: 65_000, priceDigits: 2, quantityMax: 0.5 },
  { symbol: 'ETH-USDT', price: 3_200, priceDigits: 2, quantityMax: 8 },
  { symbol: 'SOL-USDT', price: 150, priceDigits: 3, quantityMax: 150 },
  { symbol: 'XRP-USDT', price: 0.6, priceDigits: 5, quantityMax: 40_000 },
] as const;
type Market = (typeof markets)[number];

/** How far from the market's price an order may stand, as a share of it. */
const PRICE_SPREAD = 0.05;
const QUANTITY_DIGITS = 4;
const QUANTITY_MIN = 0.0001;

/** Makes up plausible limit orders. The same stream gives the same order. */
export class OrderMaker {
  readonly #faker = new SeededFaker(createRandom(0));

  symbol(random: Random): string {
    return this.#market(random).symbol;
  }

  order(random: Random): OrderWish {
    const market = this.#market(random);
    return {
      symbol: market.symbol,
      side: this.#faker.from(random).helpers.arrayElement(['buy', 'sell'] as const),
      price: this.#price(market, random),
      quantity: this.#quantity(market, random),
      clientOrderId: `${random.below(2 ** 32).toString(36)}-${random.below(2 ** 32).toString(36)}`,
    };
  }

  /** A new price and quantity for an order on `symbol`. */
  change(symbol: string, random: Random): { readonly price: string; readonly quantity: string } {
    const market = markets.find((one) => one.symbol === symbol) ?? markets[0];
    return { price: this.#price(market, random), quantity: this.#quantity(market, random) };
  }

  #market(random: Random): Market {
    return this.#faker.from(random).helpers.arrayElement(markets);
  }

  #price(market: Market, random: Random): string {
    const { price, priceDigits: dec } = market;
    return this.#faker
      .from(random)
      .finance.amount({ min: price * (1 - PRICE_SPREAD), max: price * (1 + PRICE_SPREAD), dec });
  }

  #quantity(market: Market, random: Random): string {
    const bounds = { min: QUANTITY_MIN, max: market.quantityMax, dec: QUANTITY_DIGITS };
    return this.#faker.from(random).finance.amount(bounds);
  }
}
