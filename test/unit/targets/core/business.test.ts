import { expect, test } from 'vitest';
import * as api from '../../../../harness/actors/api.js';
import { OrderMaker } from '../../../../harness/actors/order-maker.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { Business, orderIdOf } from '../../../../harness/targets/core/business.js';
import { Passwords } from '../../../../harness/targets/core/passwords.js';

const PLACE = requestClasses.indexOf('order.place');
const orders = new OrderMaker();

function business(): Business {
  return new Business(new Passwords(() => null, { scryptN: 1024, scryptR: 8, scryptP: 1 }, { skipsUnknown: false }));
}

function answerOf(one: Business, wish: api.OrderWish, isKnown: boolean): unknown {
  const { path, body } = api.placeOrder(wish);
  const asked = { requestClass: PLACE, path, body: body ?? '', order: isKnown ? wish : null, wantsBody: true };
  one.serve(asked, 'trader', 1_000);
  return { status: one.status, reason: one.reason, body: one.body, filled: one.filled };
}

test('an order that is known without reading its text is answered as one that is read', () => {
  const [known, read] = [business(), business()];
  const random = createRandom(5);
  const statuses = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const plain = i % 3 === 0 ? orders.marketOrder(random) : orders.order(random);
    const wish = i % 7 === 0 ? { ...plain, quantity: '0.0' } : i % 11 === 0 ? { ...plain, symbol: 'btc' } : plain;
    expect(answerOf(known, wish, true)).toEqual(answerOf(read, wish, false));
    statuses.add(known.status);
  }
  // Placed, of the wrong form, and more than an account may have open.
  expect([...statuses].sort()).toEqual([201, 400, 409]);
});

test.each([
  { path: '/v1/orders/o12', id: 'o12' },
  { path: '/v1/orders/o12?a=1?b', id: 'o12' },
  { path: '/v1/orders/?a', id: '' },
  { path: '/v1/orders', id: '' },
  { path: '/v1/account', id: '' },
])('the path $path names the order "$id"', ({ path, id }) => {
  expect(orderIdOf(path)).toBe(id);
});
