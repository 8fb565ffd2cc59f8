/** What is known of orders that were placed and of sessions that were opened, since later calls may have to repeat it. */
import type { AdapterField } from '../../../scenario/adapter.js';
import type { Fields } from './meaning.js';

/** Of so many orders at most; the oldest are forgotten, and calls about them lack what was known. */
const ORDERS_MAX = 65_536;
const TOKENS_MAX = 65_536;

const kept: readonly AdapterField[] = ['symbol', 'side', 'type', 'price', 'quantity', 'clientOrderId'];

export class OrderMemory {
  readonly #orders = new Map<string, Fields>();
  readonly #tokens = new Map<number, string>();

  placed(accountIndex: number, orderId: string, fields: Fields): void {
    const known = Object.fromEntries(
      kept.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
    );
    this.#orders.set(`${accountIndex} ${orderId}`, known);
    if (this.#orders.size > ORDERS_MAX) this.#orders.delete(this.#orders.keys().next().value ?? '');
  }

  of(accountIndex: number, orderId: string): Fields {
    return this.#orders.get(`${accountIndex} ${orderId}`) ?? {};
  }

  loggedIn(accountIndex: number, token: string): void {
    this.#tokens.set(accountIndex, token);
    if (this.#tokens.size > TOKENS_MAX) this.#tokens.delete(this.#tokens.keys().next().value ?? 0);
  }

  /** '' = none. */
  tokenOf(accountIndex: number): string {
    return this.#tokens.get(accountIndex) ?? '';
  }
}
