/** What becomes of a request about orders that was let in, and how that is told: the same over HTTP and in virtual time. */
import { parseJsonObject, readAmendForm, readOrderForm } from './order-form.js';
import type { Order, OrderFault, OrderStore } from './order-store.js';
import { pricesOf } from './ticker.js';

type OrderState = 'open' | 'filled' | 'cancelled';
export type DeskFault = OrderFault | 'bad-order';

export interface Placed {
  readonly order: Order;
  readonly state: OrderState;
}
export type Placing = Placed | DeskFault;

export const statusByFault: Readonly<Record<DeskFault, number>> = {
  'bad-order': 400,
  'order-not-yours': 403,
  'too-many-open-orders': 409,
};

/** Places what can be placed, in order. Market orders are filled at once. @param entries - JSON values, not yet read. */
export function placeAll(
  orders: OrderStore,
  account: string,
  entries: readonly unknown[],
  nowUs: number,
): readonly Placing[] {
  return entries.map((entry) => place(orders, account, entry, nowUs));
}

/** Places one order. @param entry - a JSON value, not yet read. */
export function place(orders: OrderStore, account: string, entry: unknown, nowUs: number): Placing {
  const form = readOrderForm(entry);
  if (form === null) return 'bad-order';
  if (form.type === 'market') {
    return { order: orders.fill(account, form, pricesOf(form.symbol).last, nowUs), state: 'filled' };
  }
  const order = orders.place(account, form, nowUs);
  return typeof order === 'string' ? order : { order, state: 'open' };
}

export function isFilled(result: Placing): boolean {
  return typeof result !== 'string' && result.state === 'filled';
}

/** How many of them were filled, which gives cells back. */
export function filledOf(results: readonly Placing[]): number {
  return results.filter(isFilled).length;
}

export function amend(orders: OrderStore, account: string, orderId: string, text: string): Placing {
  const form = readAmendForm(parseJsonObject(text));
  if (form === null) return 'bad-order';
  const order = orders.amend(account, orderId, form);
  return typeof order === 'string' ? order : { order, state: 'open' };
}

export function cancel(orders: OrderStore, account: string, orderId: string): Placing {
  const order = orders.cancel(account, orderId);
  return typeof order === 'string' ? order : { order, state: 'cancelled' };
}

/** The text of an order in an answer. */
export function orderText({ order, state }: Placed): string {
  const { orderId, clientOrderId, symbol, side, price, quantity } = order;
  // All fields have a form without quotes, backslashes or control characters, except the caller's own name.
  return (
    `{"orderId":"${orderId}","clientOrderId":${JSON.stringify(clientOrderId)},"symbol":"${symbol}","side":"${side}",` +
    `"price":"${price}","quantity":"${quantity}","status":"${state}"}`
  );
}
