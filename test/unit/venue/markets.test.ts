import { describe, expect, it } from 'vitest';
import { tradedSymbols } from '../../../harness/actors/order-maker.js';
import { bookOf, markets, quoteOf, stepOf } from '../../../harness/venue/markets.js';

describe('markets of a venue', () => {
  it('are those that actors trade, in their order', () => {
    expect(markets.map(({ symbol }) => symbol)).toEqual(tradedSymbols);
  });

  it.each(markets)('$symbol has a bid below its last price, an ask above, and a book around them', (market) => {
    const { bid, ask, last } = quoteOf(market);
    expect([Number(bid) < Number(last), Number(last) < Number(ask)]).toEqual([true, true]);
    for (const text of [bid, ask, last]) expect(text.split('.')[1]).toHaveLength(market.priceDigits);
    const { bids, asks } = bookOf(market, 20);
    expect([bids.length, asks.length, bids[0]?.[0], asks[0]?.[0]]).toEqual([20, 20, bid, ask]);
    const prices = [...bids.map(([price]) => Number(price)).reverse(), ...asks.map(([price]) => Number(price))];
    expect(prices.every((price, place) => price > 0 && price > (prices[place - 1] ?? 0))).toBe(true);
  });

  it('have a hundred levels at most, and one at least', () => {
    const [first] = markets;
    if (first === undefined) throw new Error('no market');
    expect([0, 1, 100, 5000].map((levels) => bookOf(first, levels).bids.length)).toEqual([1, 1, 100, 100]);
    expect([stepOf(2), stepOf(4)]).toEqual(['0.01', '0.0001']);
  });
});
