import { describe, expect, it } from 'vitest';
import { parseJsonObject, readAmendForm, readBatch, readOrderForm } from '../../../harness/venue/order-form.js';

const order = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '10.5', quantity: '0.001' };

describe('the form of an order', () => {
  it('keeps the fields of the form and ignores others', () => {
    expect(readOrderForm({ ...order, clientOrderId: 'mine-1', account: 'somebody else' })).toEqual({
      symbol: 'BTC-USDT',
      side: 'buy',
      type: 'limit',
      price: '10.5',
      quantity: '0.001',
      clientOrderId: 'mine-1',
    });
  });

  it('takes an order without a name of its own', () => {
    expect(readOrderForm(order)).toMatchObject({ clientOrderId: '' });
  });

  it.each<{ change: Record<string, unknown>; because: string }>([
    { change: { symbol: 'btc-usdt' }, because: 'symbols are upper-case' },
    { change: { symbol: 'BTC' }, because: 'a symbol is a pair' },
    { change: { symbol: 'BTC-USDT"' }, because: 'nothing may break out of the answer' },
    { change: { side: 'hold' }, because: 'there are two sides' },
    { change: { type: 'market' }, because: 'a market order names no price' },
    { change: { type: 'stop' }, because: 'there are two types' },
    { change: { type: 'market', price: undefined, quantity: '0' }, because: 'nothing is bought of nothing' },
    { change: { type: 'limit', price: undefined }, because: 'a limit order has a price' },
    { change: { type: undefined }, because: 'the type is never guessed' },
    { change: { price: 10.5 }, because: 'a number has lost its digits already' },
    { change: { price: '0' }, because: 'nothing is free' },
    { change: { price: '0.00' }, because: 'nothing is free, however it is written' },
    { change: { price: '-1' }, because: 'no sign' },
    { change: { price: '1e3' }, because: 'no exponent' },
    { change: { price: '01' }, because: 'one spelling a number' },
    { change: { price: '.5' }, because: 'a digit stands before the point' },
    { change: { price: '1.' }, because: 'a digit stands after the point' },
    { change: { price: '1.123456789' }, because: 'eight digits after the point are the most' },
    { change: { price: '1234567890123' }, because: 'twelve digits before the point are the most' },
    { change: { quantity: 'NaN' }, because: 'not a number is not a quantity' },
    { change: { quantity: null }, because: 'null is not a quantity' },
    { change: { clientOrderId: '' }, because: 'an empty name is no name' },
    { change: { clientOrderId: 'a b' }, because: 'names are visible ASCII' },
    { change: { clientOrderId: 'x'.repeat(65) }, because: 'names are at most 64 long' },
    { change: { clientOrderId: 7 }, because: 'names are text' },
  ])('refuses $change, because $because', ({ change }) => {
    expect(readOrderForm({ ...order, ...change })).toBeNull();
  });

  it('takes a market order, which has no price', () => {
    const { price: _price, ...market } = { ...order, type: 'market' };
    expect(readOrderForm(market)).toMatchObject({ type: 'market', price: '', quantity: '0.001' });
  });

  it.each([[null], [7], ['text'], [[order]], [undefined]])('refuses %j, which is no mapping', (value) => {
    expect(readOrderForm(value)).toBeNull();
    expect(readAmendForm(value)).toBeNull();
  });

  it('wants both price and quantity of an amendment', () => {
    expect(readAmendForm({ price: '1', quantity: '2' })).toEqual({ price: '1', quantity: '2' });
    expect(readAmendForm({ price: '1' })).toBeNull();
    expect(readAmendForm({ quantity: '2' })).toBeNull();
    expect(readAmendForm({ price: '1', quantity: '0' })).toBeNull();
  });
});

describe('a batch', () => {
  it.each([
    { text: '[1]', length: 1, because: 'one is enough, and each is read later' },
    { text: ' \n[{},[],null]', length: 3, because: 'blanks stand before an array' },
    { text: JSON.stringify(Array(100).fill(0)), length: 100, because: 'a hundred are the most' },
  ])('of $length is told before any of it is read: $because', ({ text, length }) => {
    expect(readBatch(text)).toHaveLength(length);
  });

  it.each([
    { text: JSON.stringify(Array(101).fill(0)), because: 'a hundred are the most' },
    { text: '[]', because: 'nothing is no batch' },
    { text: '{"0":1,"length":1}', because: 'a mapping is one order' },
    { text: '[1', because: 'it is cut short' },
    { text: '[1]x', because: 'more stands behind it' },
    { text: '\u00a0[1]', because: 'this blank is none of JSON' },
    { text: '', because: 'nothing is no batch' },
    { text: '['.repeat(16_000), because: 'it is not closed' },
  ])('is not $text.length characters of this, because $because', ({ text }) => {
    expect(readBatch(text)).toBeNull();
  });
});

describe('the body of a request', () => {
  it.each(['', 'null', '[]', '"text"', '7', '{', '{"a":1}x', '['.repeat(16_000)])('is no object: %.20s', (text) => {
    expect(parseJsonObject(text)).toBeNull();
  });

  it('can not change a prototype', () => {
    const json = parseJsonObject('{"__proto__":{"symbol":"BTC-USDT"},"constructor":{"prototype":{"side":"buy"}}}');
    expect(json?.symbol).toBeUndefined();
    expect(Reflect.get({}, 'symbol')).toBeUndefined();
    expect(Reflect.get({}, 'side')).toBeUndefined();
  });
});
