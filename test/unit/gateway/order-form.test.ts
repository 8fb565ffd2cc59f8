import { describe, expect, it } from 'vitest';
import { parseJsonObject, readAmendForm, readOrderForm } from '../../../harness/gateway/order-form.js';

const order = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '10.5', quantity: '0.001' };

describe('the form of an order', () => {
  it('keeps the fields of the form and ignores others', () => {
    expect(readOrderForm({ ...order, clientOrderId: 'mine-1', account: 'somebody else' })).toEqual({
      symbol: 'BTC-USDT',
      side: 'buy',
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
    { change: { type: 'market' }, because: 'only limit orders rest' },
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

  it('wants both price and quantity of an amendment', () => {
    expect(readAmendForm({ price: '1', quantity: '2' })).toEqual({ price: '1', quantity: '2' });
    expect(readAmendForm({ price: '1' })).toBeNull();
    expect(readAmendForm({ quantity: '2' })).toBeNull();
    expect(readAmendForm({ price: '1', quantity: '0' })).toBeNull();
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
