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
}

export interface OrderWish {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
  readonly clientOrderId: string;
}

/** 200 `{token}`; 401 with reason `bad-credentials`. */
export function login(username: string, password: string): ApiCall {
  return { requestClass: 'login', method: 'POST', path: '/v1/login', body: JSON.stringify({ username, password }) };
}

export function ticker(symbol: string): ApiCall {
  return { requestClass: 'ticker', method: 'GET', path: `/v1/ticker?symbol=${symbol}`, body: null };
}

export function account(): ApiCall {
  return { requestClass: 'account', method: 'GET', path: '/v1/account', body: null };
}

/** 201 `{orderId}`. */
export function placeOrder(order: OrderWish): ApiCall {
  const { symbol, side, price, quantity, clientOrderId } = order;
  const body = JSON.stringify({ symbol, side, type: 'limit', price, quantity, clientOrderId });
  return { requestClass: 'order.place', method: 'POST', path: '/v1/orders', body };
}

export function amendOrder(orderId: string, change: { readonly price: string; readonly quantity: string }): ApiCall {
  const body = JSON.stringify({ price: change.price, quantity: change.quantity });
  return { requestClass: 'order.amend', method: 'PUT', path: `/v1/orders/${orderId}`, body };
}

export function cancelOrder(orderId: string): ApiCall {
  return { requestClass: 'order.cancel', method: 'DELETE', path: `/v1/orders/${orderId}`, body: null };
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
