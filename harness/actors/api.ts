/**
 * The trading API that actors speak: one function a request. Prices and quantities are decimal strings.
 *
 * Refusals are JSON, `{"error":{"reason":"throttled","limit":"orders-key","retryAfterMs":1234}}`.
 */
import type { RequestClass } from '../scenario/plan.js';

/** A request before anybody sends or signs it. */
export interface ApiCall {
  readonly requestClass: RequestClass;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With query. */
  readonly path: string;
  /** JSON text, null = no body. */
  readonly body: string | null;
  /** The order that was written into the body, where it is one. */
  readonly order?: WrittenOrder;
}

/** An order and the JSON text that was made of it. Whoever meets the text again need not read it. */
export interface WrittenOrder {
  readonly text: string;
  readonly wish: OrderWish;
}

/** None of its texts holds a character that JSON would have to escape: they are written as they are. */
export interface OrderWish {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** A market order is filled at once, at whatever price there is. */
  readonly type: 'limit' | 'market';
  /** '' of a market order. */
  readonly price: string;
  readonly quantity: string;
  readonly clientOrderId: string;
}

/** 200 `{token}`; 401 with reason `bad-credentials`. */
export function login(username: string, password: string): ApiCall {
  return { requestClass: 'login', method: 'POST', path: '/v1/login', body: JSON.stringify({ username, password }) };
}

/** @param noise - Makes the query differ from every other, so that no cache knows it: letters, digits, `-` or `_`. */
export function ticker(symbol: string, noise = ''): ApiCall {
  const path = noise === '' ? `/v1/ticker?symbol=${symbol}` : `/v1/ticker?symbol=${symbol}&_=${noise}`;
  return { requestClass: 'ticker', method: 'GET', path, body: null };
}

/** @param page - 0 is what a caller sees who names none. */
export function account(page = 0): ApiCall {
  const path = page === 0 ? '/v1/account' : `/v1/account?page=${page}`;
  return { requestClass: 'account', method: 'GET', path, body: null };
}

/** 201 `{orderId}`. */
export function placeOrder(order: OrderWish): ApiCall {
  const body = orderText(order);
  return { requestClass: 'order.place', method: 'POST', path: '/v1/orders', body, order: { text: body, wish: order } };
}

/** 200 with an order or an error for each, in their order. An intent that sends it has as many `elements`. */
export function placeOrders(orders: readonly OrderWish[]): ApiCall {
  const body = `[${orders.map(orderText).join()}]`;
  return { requestClass: 'order.place', method: 'POST', path: '/v1/orders', body };
}

export function amendOrder(orderId: string, change: { readonly price: string; readonly quantity: string }): ApiCall {
  const body = `{"price":"${change.price}","quantity":"${change.quantity}"}`;
  return { requestClass: 'order.amend', method: 'PUT', path: `/v1/orders/${orderId}`, body };
}

export function cancelOrder(orderId: string): ApiCall {
  return { requestClass: 'order.cancel', method: 'DELETE', path: `/v1/orders/${orderId}`, body: null };
}

/** Written by hand: it is made for each order of a run, and takes a quarter of the time of `JSON.stringify`. */
function orderText({ symbol, side, type, price, quantity, clientOrderId }: OrderWish): string {
  const asked = type === 'limit' ? `"limit","price":"${price}"` : '"market"';
  return (
    `{"symbol":"${symbol}","side":"${side}","type":${asked},"quantity":"${quantity}",` +
    `"clientOrderId":"${clientOrderId}"}`
  );
}

/**
 * The order id of a place or amend that was taken, or null. The body comes from the target and is not trusted: an id
 * goes into a path, so it must be 1 to 64 letters, digits, `-` or `_`.
 */
export function readOrderId(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('orderId' in body)) return null;
  const { orderId } = body;
  return typeof orderId === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(orderId) ? orderId : null;
}

/**
 * The order ids of a batch by the places of its orders, null for an order that was not taken. Always `elements` of them,
 * whatever the target has sent.
 */
export function readOrderIds(body: unknown, elements: number): readonly (string | null)[] {
  const entries: readonly unknown[] = Array.isArray(body) ? body : [];
  return Array.from({ length: elements }, (_, place) => readOrderId(entries[place]));
}
