import type { AmendForm, OrderForm } from './order-form.js';

export interface Order extends OrderForm {
  readonly orderId: string;
  readonly account: string;
  /** When it was placed; an amendment makes no order younger. */
  readonly placedUs: number;
}

/** Why the store said no. `order-not-yours` stands for a missing and for a foreign order, so that ids can't be probed. */
export type OrderFault = 'too-many-open-orders' | 'order-not-yours';

/**
 * The open orders of all accounts. Limit orders rest until they are amended or cancelled, and are never matched; market
 * orders are filled at once and never open.
 * A closed order is dropped at once, so memory is bounded by accounts times `openPerAccountMax`.
 */
export class OrderStore {
  readonly #orders = new Map<string, Order>();
  readonly #openByAccount = new Map<string, number>();
  readonly #openPerAccountMax: number;
  readonly #newId: () => string;

  /** @param options.newId - Makes an id that was not used before and can't be guessed from others. */
  constructor(options: { openPerAccountMax: number; newId: () => string }) {
    this.#openPerAccountMax = options.openPerAccountMax;
    this.#newId = options.newId;
  }

  get size(): number {
    return this.#orders.size;
  }

  openOrders(account: string): number {
    return this.#openByAccount.get(account) ?? 0;
  }

  /** Age of an open order of this account, whole microseconds; 0 when there is none of this id. */
  ageUs(account: string, orderId: string, nowUs: number): number {
    const order = this.#orders.get(orderId);
    return order === undefined || order.account !== account ? 0 : Math.max(0, nowUs - order.placedUs);
  }

  /** A market order, filled at `price`. */
  fill(account: string, form: OrderForm, price: string, nowUs: number): Order {
    return orderOf({ orderId: this.#newId(), account, placedUs: nowUs }, form, price);
  }

  place(account: string, form: OrderForm, nowUs: number): Order | OrderFault {
    const open = this.openOrders(account);
    if (open >= this.#openPerAccountMax) return 'too-many-open-orders';
    const order = orderOf({ orderId: this.#newId(), account, placedUs: nowUs }, form, form.price);
    this.#orders.set(order.orderId, order);
    this.#openByAccount.set(account, open + 1);
    return order;
  }

  amend(account: string, orderId: string, form: AmendForm): Order | OrderFault {
    const order = this.#orders.get(orderId);
    if (order === undefined || order.account !== account) return 'order-not-yours';
    const amended: Order = { ...order, price: form.price, quantity: form.quantity };
    this.#orders.set(orderId, amended);
    return amended;
  }

  cancel(account: string, orderId: string): Order | OrderFault {
    const order = this.#orders.get(orderId);
    if (order === undefined || order.account !== account) return 'order-not-yours';
    this.#orders.delete(orderId);
    const left = this.openOrders(account) - 1;
    if (left === 0) this.#openByAccount.delete(account);
    else this.#openByAccount.set(account, left);
    return order;
  }
}

/** Field by field: copying a form into a larger object takes as long as all the rest of placing an order. */
function orderOf(
  { orderId, account, placedUs }: Pick<Order, 'orderId' | 'account' | 'placedUs'>,
  { symbol, side, type, quantity, clientOrderId }: OrderForm,
  price: string,
): Order {
  return { orderId, account, placedUs, symbol, side, type, price, quantity, clientOrderId };
}
