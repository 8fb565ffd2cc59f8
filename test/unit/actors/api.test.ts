import { describe, expect, it } from 'vitest';
import * as api from '../../../harness/actors/api.js';
import { OrderMaker } from '../../../harness/actors/order-maker.js';
import { createRandom } from '../../../harness/actors/random.js';
import { readBatch, readOrderForm } from '../../../harness/venue/order-form.js';
import { oddBodies } from './stage.js';

describe('the trading API', () => {
  it('writes a batch that the target reads as the orders that went in, in their order', () => {
    const maker = new OrderMaker();
    const random = createRandom(1);
    const orders = Array.from({ length: 20 }, (_, i) =>
      i % 3 === 0 ? maker.marketOrder(random) : maker.order(random),
    );
    const { body, method, path, requestClass } = api.placeOrders(orders);
    expect({ method, path, requestClass }).toEqual({ method: 'POST', path: '/v1/orders', requestClass: 'order.place' });
    expect(readBatch(body ?? '')?.map(readOrderForm)).toEqual(orders);
  });

  it('asks for a ticker with noise that no cache knows', () => {
    expect(api.ticker('BTC-USDT').path).toBe('/v1/ticker?symbol=BTC-USDT');
    expect(api.ticker('BTC-USDT', 'x7').path).toBe('/v1/ticker?symbol=BTC-USDT&_=x7');
  });

  it('asks for a page of the account', () => {
    expect(api.account().path).toBe('/v1/account');
    expect(api.account(3).path).toBe('/v1/account?page=3');
  });

  it('reads the order ids of a batch by their places, and null for what was not taken', () => {
    const body = [{ orderId: 'a-1' }, { error: { reason: 'bad-order' } }, { orderId: 'a-2' }];
    expect(api.readOrderIds(body, 3)).toEqual(['a-1', null, 'a-2']);
    expect(api.readOrderIds(body, 2)).toEqual(['a-1', null]);
    expect(api.readOrderIds(body, 4)).toEqual(['a-1', null, 'a-2', null]);
  });

  it('reads no order id out of anything else', () => {
    for (const body of oddBodies) expect(api.readOrderIds(body, 2)).toHaveLength(2);
    expect(api.readOrderIds(oddBodies, oddBodies.length).every((id) => id === null)).toBe(true);
    expect(api.readOrderIds({ length: 1, 0: { orderId: 'a' } }, 1)).toEqual([null]);
  });
});
