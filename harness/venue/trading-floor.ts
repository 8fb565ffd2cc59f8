/**
 * What a venue with a face does besides resting orders: markets, balances, lists of orders, and what became of the last that
 * were closed. The orders themselves lie in the store that every gateway has.
 */
import { digitsOf, productOf, textOf, unitsOf } from './exact-decimal.js';
import { type Market, marketOf, markets, QUANTITY_DIGITS, QUOTE_ENDOWMENT, quoteOf } from './markets.js';
import type { DeskFault, Placed } from './order-desk.js';
import { type AmendForm, readAmendForm, readOrderForm } from './order-form.js';
import type { Order, OrderStore } from './order-store.js';

export interface FloorOrder extends Placed {
  /** When it was placed, amended, filled or cancelled last; whole microseconds since 1970. */
  readonly changedUs: number;
}

/** `off-tick`, `off-lot`: a price or quantity with more digits than there are. */
export type FloorFault =
  | DeskFault
  | 'unknown-symbol'
  | 'off-tick'
  | 'off-lot'
  | 'insufficient-balance'
  | 'duplicate-name';
export type FloorPlacing = FloorOrder | FloorFault;

/** Decimal texts. */
export interface Balance {
  readonly asset: string;
  readonly free: string;
  /** Held for open orders. */
  readonly locked: string;
}

interface Account {
  /** Open ones by id, the oldest first. */
  readonly open: Map<string, FloorOrder>;
  /** The last that were filled or cancelled, the oldest first. */
  readonly closed: Map<string, FloorOrder>;
  /** What fills have added to and taken from what an account begins with, in units of `exact-decimal.ts`. */
  readonly traded: Map<string, bigint>;
}

const assets = ['USDT', ...markets.map(({ base }) => base)];

/**
 * Accounts begin with the same balances. Limit orders hold what they would cost until they are cancelled, and are never
 * matched, whatever their price; market orders are filled at the last price. Memory is bounded by accounts times open
 * orders and `closedPerAccountMax`.
 */
export class TradingFloor {
  readonly #orders: OrderStore;
  readonly #closedPerAccountMax: number;
  readonly #accounts = new Map<string, Account>();

  constructor(options: { orders: OrderStore; closedPerAccountMax: number }) {
    this.#orders = options.orders;
    this.#closedPerAccountMax = options.closedPerAccountMax;
  }

  /**
   * @param entry - a value in the shape of `OrderForm`, not yet read.
   * @param hasUniqueNames - whether two open orders of an account can't have one name.
   */
  place(account: string, entry: unknown, nowUs: number, hasUniqueNames = true): FloorPlacing {
    const form = readOrderForm(entry);
    if (form === null) return 'bad-order';
    const market = marketOf(form.symbol);
    if (market === undefined) return 'unknown-symbol';
    const misfit = misfitOf(market, form);
    if (misfit !== null) return misfit;
    if (hasUniqueNames && form.clientOrderId !== '' && this.#openNamed(account, form.clientOrderId))
      return 'duplicate-name';
    const price = form.type === 'market' ? quoteOf(market).last : form.price;
    if (!this.#affords(account, market, { ...form, price })) return 'insufficient-balance';
    const kept = this.#account(account);
    if (form.type === 'market') {
      const filled: FloorOrder = {
        order: this.#orders.fill(account, form, price, nowUs),
        state: 'filled',
        changedUs: nowUs,
      };
      trade(kept, market, filled.order);
      this.#close(kept, filled);
      return filled;
    }
    const order = this.#orders.place(account, form, nowUs);
    if (typeof order === 'string') return order;
    const opened: FloorOrder = { order, state: 'open', changedUs: nowUs };
    kept.open.set(order.orderId, opened);
    return opened;
  }

  /** An order that is not this account's, or is closed, is `order-not-yours`. */
  amend(account: string, orderId: string, change: AmendForm, nowUs: number): FloorPlacing {
    const form = readAmendForm(change);
    if (form === null) return 'bad-order';
    const kept = this.#accounts.get(account);
    const before = kept?.open.get(orderId);
    const market = before === undefined ? undefined : marketOf(before.order.symbol);
    if (kept === undefined || before === undefined || market === undefined) return 'order-not-yours';
    const misfit = misfitOf(market, form);
    if (misfit !== null) return misfit;
    if (!this.#affords(account, market, { ...before.order, ...form }, before.order)) return 'insufficient-balance';
    const order = this.#orders.amend(account, orderId, form);
    if (typeof order === 'string') return order;
    const amended: FloorOrder = { order, state: 'open', changedUs: nowUs };
    kept.open.set(orderId, amended);
    return amended;
  }

  /** An order that is not this account's, or is closed, is `order-not-yours`. */
  cancel(account: string, orderId: string, nowUs: number): FloorPlacing {
    const order = this.#orders.cancel(account, orderId);
    if (typeof order === 'string') return order;
    const kept = this.#account(account);
    kept.open.delete(orderId);
    const cancelled: FloorOrder = { order, state: 'cancelled', changedUs: nowUs };
    this.#close(kept, cancelled);
    return cancelled;
  }

  /** Open, or among the last that were closed. */
  find(account: string, orderId: string): FloorOrder | undefined {
    const kept = this.#accounts.get(account);
    return kept?.open.get(orderId) ?? kept?.closed.get(orderId);
  }

  /** The same by the caller's own name for it; an open one before closed ones, the latest of several. */
  named(account: string, clientOrderId: string): FloorOrder | undefined {
    if (clientOrderId === '') return undefined;
    const isNamed = ({ order }: FloorOrder): boolean => order.clientOrderId === clientOrderId;
    return this.open(account).findLast(isNamed) ?? this.closed(account).findLast(isNamed);
  }

  /** The oldest first. @param symbol - as the house writes it; all when it is left out. */
  open(account: string, symbol?: string): readonly FloorOrder[] {
    return of(this.#accounts.get(account)?.open, symbol);
  }

  /** The last that were closed, the oldest first. */
  closed(account: string, symbol?: string): readonly FloorOrder[] {
    return of(this.#accounts.get(account)?.closed, symbol);
  }

  /** Of every asset, in one order. */
  balances(account: string): readonly Balance[] {
    const locked = this.#locked(account);
    return assets.map((asset) => {
      const held = locked.get(asset) ?? 0n;
      return { asset, free: textOf(this.#total(account, asset) - held), locked: textOf(held) };
    });
  }

  #openNamed(account: string, clientOrderId: string): boolean {
    return this.open(account).some(({ order }) => order.clientOrderId === clientOrderId);
  }

  /** @param without - an order that is to be replaced: what it holds is free. */
  #affords(
    account: string,
    market: Market,
    wanted: Pick<Order, 'side' | 'price' | 'quantity'>,
    without?: Order,
  ): boolean {
    const { asset, units } = holdOf(market, wanted);
    const freed = without === undefined ? 0n : holdOf(market, without).units;
    const free = this.#total(account, asset) - (this.#locked(account).get(asset) ?? 0n) + freed;
    return units <= free;
  }

  #total(account: string, asset: string): bigint {
    const endowment = asset === 'USDT' ? QUOTE_ENDOWMENT : (marketOf(`${asset}-USDT`)?.endowment ?? 0);
    return unitsOf(String(endowment)) + (this.#accounts.get(account)?.traded.get(asset) ?? 0n);
  }

  #locked(account: string): Map<string, bigint> {
    const locked = new Map<string, bigint>();
    for (const { order } of this.open(account)) {
      const market = marketOf(order.symbol);
      if (market === undefined) continue;
      const { asset, units } = holdOf(market, order);
      locked.set(asset, (locked.get(asset) ?? 0n) + units);
    }
    return locked;
  }

  #account(account: string): Account {
    let kept = this.#accounts.get(account);
    if (kept === undefined) {
      kept = { open: new Map(), closed: new Map(), traded: new Map() };
      this.#accounts.set(account, kept);
    }
    return kept;
  }

  #close(kept: Account, order: FloorOrder): void {
    kept.closed.set(order.order.orderId, order);
    if (kept.closed.size <= this.#closedPerAccountMax) return;
    for (const oldest of kept.closed.keys()) {
      kept.closed.delete(oldest);
      return;
    }
  }
}

function of(orders: ReadonlyMap<string, FloorOrder> | undefined, symbol: string | undefined): readonly FloorOrder[] {
  if (orders === undefined) return [];
  const all = [...orders.values()];
  return symbol === undefined ? all : all.filter(({ order }) => order.symbol === symbol);
}

/** @param form - the price of a market order is ''. */
function misfitOf(
  { priceDigits }: Market,
  { price, quantity }: Pick<Order, 'price' | 'quantity'>,
): 'off-tick' | 'off-lot' | null {
  if (digitsOf(price) > priceDigits) return 'off-tick';
  return digitsOf(quantity) > QUANTITY_DIGITS ? 'off-lot' : null;
}

/** What an order takes from the account that places it. */
function holdOf(
  { base, quote }: Market,
  { side, price, quantity }: Pick<Order, 'side' | 'price' | 'quantity'>,
): { readonly asset: string; readonly units: bigint } {
  return side === 'sell'
    ? { asset: base, units: unitsOf(quantity) }
    : { asset: quote, units: productOf(unitsOf(price), unitsOf(quantity)) };
}

function trade({ traded }: Account, { base, quote }: Market, { side, price, quantity }: Order): void {
  const sign = side === 'buy' ? 1n : -1n;
  const bought = unitsOf(quantity) * sign;
  const paid = productOf(unitsOf(price), unitsOf(quantity)) * sign;
  traded.set(base, (traded.get(base) ?? 0n) + bought);
  traded.set(quote, (traded.get(quote) ?? 0n) - paid);
}
