import { describe, expect, it } from 'vitest';
import type { OrderForm } from '../../../harness/gateway/order-form.js';
import { OrderStore } from '../../../harness/gateway/order-store.js';

const form: OrderForm = { symbol: 'BTC-USDT', side: 'buy', price: '10.5', quantity: '1', clientOrderId: '' };

function storeOf(openPerAccountMax: number): OrderStore {
  let placed = 0;
  return new OrderStore({ openPerAccountMax, newId: () => `order-${++placed}` });
}

describe('the order store', () => {
  it('gives a placed order an id and counts it as open', () => {
    const store = storeOf(2);
    expect(store.place('ann', form)).toEqual({ ...form, orderId: 'order-1', account: 'ann' });
    expect(store.openOrders('ann')).toBe(1);
  });

  it('says too many at the bound, for that account alone', () => {
    const store = storeOf(2);
    store.place('ann', form);
    store.place('ann', form);
    expect(store.place('ann', form)).toBe('too-many-open-orders');
    expect(store.place('bob', form)).toMatchObject({ account: 'bob' });
    expect(store.size).toBe(3);
  });

  it('makes room when an order is cancelled, and forgets it', () => {
    const store = storeOf(1);
    store.place('ann', form);
    expect(store.cancel('ann', 'order-1')).toMatchObject({ orderId: 'order-1' });
    expect(store.cancel('ann', 'order-1')).toBe('order-not-yours');
    expect(store.size).toBe(0);
    expect(store.openOrders('ann')).toBe(0);
    expect(store.place('ann', form)).toMatchObject({ orderId: 'order-2' });
  });

  it('changes price and quantity of an order and nothing else', () => {
    const store = storeOf(1);
    store.place('ann', form);
    const amended = store.amend('ann', 'order-1', { price: '11', quantity: '2' });
    expect(amended).toEqual({ ...form, orderId: 'order-1', account: 'ann', price: '11', quantity: '2' });
    expect(store.openOrders('ann')).toBe(1);
  });

  it('gives the same answer for an order of somebody else and for one that never was', () => {
    const store = storeOf(1);
    store.place('ann', form);
    expect(store.cancel('bob', 'order-1')).toBe('order-not-yours');
    expect(store.cancel('bob', 'order-9')).toBe('order-not-yours');
    expect(store.amend('bob', 'order-1', { price: '1', quantity: '1' })).toBe('order-not-yours');
    expect(store.amend('bob', '__proto__', { price: '1', quantity: '1' })).toBe('order-not-yours');
    expect(store.openOrders('ann')).toBe(1);
  });
});
