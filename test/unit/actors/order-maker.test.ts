import { describe, expect, it } from 'vitest';
import type { Random } from '../../../harness/actors/actor.js';
import * as api from '../../../harness/actors/api.js';
import { decimalText, OrderMaker, tradedSymbols } from '../../../harness/actors/order-maker.js';
import { createRandom } from '../../../harness/actors/random.js';
import { readOrderForm } from '../../../harness/venue/order-form.js';

/** A stream that gives one number for ever. */
function always(unit: number): Random {
  return { unit: () => unit, below: (bound) => Math.floor(unit * bound), exponential: () => -Math.log(1 - unit) };
}
const highest = 1 - 2 ** -53;

describe('decimalText', () => {
  it.each([
    { units: 1203, digits: 2, text: '12.03' },
    { units: 0, digits: 1, text: '0.0' },
    { units: 7, digits: 4, text: '0.0007' },
    { units: 10_000, digits: 4, text: '1.0000' },
    { units: 9_999, digits: 3, text: '9.999' },
    { units: 6_825_000, digits: 2, text: '68250.00' },
  ])('writes $units with $digits digits as $text', ({ units, digits, text }) => {
    expect(decimalText(units, digits)).toBe(text);
  });

  it('writes what can be read back, whatever the number', () => {
    const random = createRandom(3);
    for (let i = 0; i < 2_000; i++) {
      const digits = 1 + random.below(4);
      const units = random.below(2 ** 32);
      const text = decimalText(units, digits);
      expect(text).toMatch(new RegExp(`^(0|[1-9]\\d*)\\.\\d{${digits}}$`));
      expect(Number(text.replace('.', ''))).toBe(units);
    }
  });
});

describe('an order', () => {
  const bitcoin = tradedSymbols[0];

  it('of Bitcoin costs between 61750 and 68250 and is for 0.0001 to 0.5', () => {
    const maker = new OrderMaker();
    expect(maker.order(always(0))).toMatchObject({ symbol: bitcoin, price: '61750.00', quantity: '0.0001' });
    expect(maker.change('BTC-USDT', always(highest))).toEqual({ price: '68250.00', quantity: '0.5000' });
  });

  it('is one that the target can read, at a price within five percent and above zero, buy and sell alike', () => {
    const maker = new OrderMaker();
    const random = createRandom(1);
    let buys = 0;
    const names = new Set<string>();
    const prices = new Map<string, number[]>();
    for (let i = 0; i < 6_000; i++) {
      const order = maker.order(random);
      expect(readOrderForm(JSON.parse(api.placeOrder(order).body ?? ''))).toEqual(order);
      buys += order.side === 'buy' ? 1 : 0;
      names.add(order.clientOrderId);
      prices.set(order.symbol, [...(prices.get(order.symbol) ?? []), Number(order.price)]);
    }
    expect(Math.abs(buys - 3_000)).toBeLessThan(200);
    expect(names.size).toBe(6_000);
    expect([...prices.keys()].sort()).toEqual([...tradedSymbols].sort());
    for (const ofOne of prices.values()) {
      expect(Math.abs(ofOne.length - 500)).toBeLessThan(110);
      expect(Math.max(...ofOne) / Math.min(...ofOne)).toBeGreaterThan(1.08);
      expect(Math.max(...ofOne) / Math.min(...ofOne)).toBeLessThan(1.11);
    }
  });

  it('is the same for the same stream', () => {
    expect(new OrderMaker().order(createRandom(9))).toEqual(new OrderMaker().order(createRandom(9)));
  });

  it('at the market names no price', () => {
    const order = new OrderMaker().marketOrder(createRandom(2));
    expect(order).toMatchObject({ type: 'market', price: '' });
    const body = JSON.parse(api.placeOrder(order).body ?? '');
    expect(body).not.toHaveProperty('price');
    expect(readOrderForm(body)).toEqual(order);
  });

  it('is changed to a price of its own market', () => {
    const maker = new OrderMaker();
    const random = createRandom(4);
    for (const symbol of tradedSymbols) {
      const prices = Array.from({ length: 50 }, () => Number(maker.change(symbol, random).price));
      expect(Math.max(...prices) / Math.min(...prices)).toBeLessThan(1.11);
    }
  });
});

describe('the symbols of a skewed crowd', () => {
  it.each([
    { exponent: 0, first: 1 / 12 },
    { exponent: 1.2, first: 0.3884 },
  ])('go to the first of twelve with the share of Zipf’s law of $exponent', ({ exponent, first }) => {
    const maker = new OrderMaker(exponent);
    const random = createRandom(1);
    const weights = tradedSymbols.map((_, place) => (place + 1) ** -exponent);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    expect(1 / sum).toBeCloseTo(first, 3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const symbol = maker.symbol(random);
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    for (const [place, symbol] of tradedSymbols.entries()) {
      const wanted = (12_000 * (weights[place] ?? 0)) / sum;
      expect(Math.abs((counts.get(symbol) ?? 0) - wanted)).toBeLessThan(5 * Math.sqrt(wanted));
    }
  });
});
