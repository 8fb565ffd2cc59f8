import { describe, expect, it } from 'vitest';
import type { OrderForm } from '../../../harness/venue/order-form.js';
import { OrderStore } from '../../../harness/venue/order-store.js';

const form: OrderForm = {
  symbol: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  price: '10.5',
  quantity: '1',
  clientOrderId: '',
};

const nowUs = 1_700_000_000_000_000;

function storeOf(openPerAccountMax: number): OrderStore {
  let placed = 0;
  return new OrderStore({ openPerAccountMax, newId: () => `order-${++placed}` });
}

describe('the order store', () => {
  it('gives a placed order an id and counts it as open', () => {
    const store = storeOf(2);
    expect(store.place('ann', form, nowUs)).toEqual({ ...form, orderId: 'order-1', account: 'ann', placedUs: nowUs });
    expect(store.openOrders('ann')).toBe(1);
  });

  it('says too many at the bound, for that account alone', () => {
    const store = storeOf(2);
    store.place('ann', form, nowUs);
    store.place('ann', form, nowUs);
    expect(store.place('ann', form, nowUs)).toBe('too-many-open-orders');
    expect(store.place('bob', form, nowUs)).toMatchObject({ account: 'bob' });
    expect(store.size).toBe(3);
  });

  it('makes room when an order is cancelled, and forgets it', () => {
    const store = storeOf(1);
    store.place('ann', form, nowUs);
    expect(store.cancel('ann', 'order-1')).toMatchObject({ orderId: 'order-1' });
    expect(store.cancel('ann', 'order-1')).toBe('order-not-yours');
    expect(store.size).toBe(0);
    expect(store.openOrders('ann')).toBe(0);
    expect(store.place('ann', form, nowUs)).toMatchObject({ orderId: 'order-2' });
  });

  it('changes price and quantity of an order and nothing else', () => {
    const store = storeOf(1);
    store.place('ann', form, nowUs);
    const amended = store.amend('ann', 'order-1', { price: '11', quantity: '2' });
    expect(amended).toEqual({
      ...form,
      orderId: 'order-1',
      account: 'ann',
      placedUs: nowUs,
      price: '11',
      quantity: '2',
    });
    expect(store.openOrders('ann')).toBe(1);
  });

  it('gives the same answer for an order of somebody else and for one that never was', () => {
    const store = storeOf(1);
    store.place('ann', form, nowUs);
    expect(store.cancel('bob', 'order-1')).toBe('order-not-yours');
    expect(store.cancel('bob', 'order-9')).toBe('order-not-yours');
    expect(store.amend('bob', 'order-1', { price: '1', quantity: '1' })).toBe('order-not-yours');
    expect(store.amend('bob', '__proto__', { price: '1', quantity: '1' })).toBe('order-not-yours');
    expect(store.openOrders('ann')).toBe(1);
  });

  it('knows how old an open order is, whatever is changed of it, for its owner alone', () => {
    const store = storeOf(1);
    store.place('ann', form, nowUs);
    expect(store.ageUs('ann', 'order-1', nowUs)).toBe(0);
    expect(store.ageUs('ann', 'order-1', nowUs + 7)).toBe(7);
    store.amend('ann', 'order-1', { price: '11', quantity: '2' });
    expect(store.ageUs('ann', 'order-1', nowUs + 8)).toBe(8);
    expect(store.ageUs('bob', 'order-1', nowUs + 8)).toBe(0);
    expect(store.ageUs('ann', 'order-9', nowUs + 8)).toBe(0);
    expect(store.ageUs('ann', 'order-1', nowUs - 1)).toBe(0);
    store.cancel('ann', 'order-1');
    expect(store.ageUs('ann', 'order-1', nowUs + 8)).toBe(0);
  });

  it('keeps no room for an order that is filled', () => {
    const store = storeOf(1);
    const market: OrderForm = { ...form, type: 'market', price: '' };
    expect(store.fill('ann', market, '12.25', nowUs)).toMatchObject({ orderId: 'order-1', price: '12.25' });
    expect(store.size).toBe(0);
    expect(store.place('ann', form, nowUs)).toMatchObject({ orderId: 'order-2' });
    expect(store.fill('ann', market, '12.25', nowUs)).toMatchObject({ orderId: 'order-3' });
  });
});
