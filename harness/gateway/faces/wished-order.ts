/** What faces share in reading a wish for an order and in telling what became of it. */
import { productOf, textOf, unitsOf } from '../../venue/exact-decimal.js';
import { type Market, QUANTITY_DIGITS, quoteOf } from '../../venue/markets.js';
import type { Order } from '../../venue/order-store.js';
import type { Balance, FloorOrder, FloorPlacing } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import type { VenueApi } from './face.js';

/** A plain decimal as far as the house keeps one: at most 12 digits before and 8 after the point. */
const decimalForm = /^(?:0|[1-9]\d{0,11})(?:\.\d{1,8})?$/;

/** The order of a venue in the shape of `OrderForm`, still to be read. */
export interface Wish {
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly price?: string;
  readonly quantity: string;
  readonly clientOrderId?: string;
  /** Of a limit order that does not rest (IOC, FOK). */
  readonly isImmediate?: boolean;
}

/** How much of `base` so much of `quote` buys at the last price, cut to whole lots; '' when it is no amount. */
export function lotsFor(market: Market, quoteAmount: string): string {
  if (!decimalForm.test(quoteAmount)) return '';
  const units = (unitsOf(quoteAmount) * unitsOf('1')) / unitsOf(quoteOf(market).last);
  const lot = unitsOf('1') / 10n ** BigInt(QUANTITY_DIGITS);
  return textOf(units - (units % lot));
}

/** Price times quantity. */
export function costOf({ price, quantity }: Pick<Order, 'price' | 'quantity'>): string {
  return textOf(productOf(unitsOf(price), unitsOf(quantity)));
}

/** Free and held together. */
export function totalOf({ free, locked }: Pick<Balance, 'free' | 'locked'>): string {
  return textOf(unitsOf(free) + unitsOf(locked));
}

/**
 * Places it, and gives back what a fill gives back. As nothing is matched here, a limit order that does not rest is cancelled
 * in the instant in which it was placed.
 * @param hasUniqueNames - see `TradingFloor.place`.
 */
export function placeWish(api: VenueApi, admission: Admission | null, wish: Wish, hasUniqueNames = true): FloorPlacing {
  const account = accountOf(admission);
  const placed = api.floor.place(account, wish, api.clock.nowUs(), hasUniqueNames);
  if (typeof placed === 'string') return placed;
  if (admission !== null && placed.state === 'filled') api.gatekeeper.credit(admission, 1);
  const isOver = wish.isImmediate === true && placed.state === 'open';
  return isOver ? api.floor.cancel(account, placed.order.orderId, placed.changedUs) : placed;
}

/** Whether it was one that does not rest: nobody can cancel another in the instant in which it was placed. */
export function isExpired({ order, state, changedUs }: FloorOrder): boolean {
  return state === 'cancelled' && changedUs === order.placedUs;
}

/** '' where the gate was not asked. */
export function accountOf(admission: Admission | null): string {
  return admission?.account ?? '';
}

/** Whole milliseconds since 1970. */
export function nowMsOf({ clock }: Pick<VenueApi, 'clock'>): number {
  return Math.floor(clock.nowUs() / 1_000);
}

/** The same of a time in microseconds, as text. */
export function msText(us: number): string {
  return String(Math.floor(us / 1_000));
}
