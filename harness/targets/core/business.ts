/** What the server of virtual time does for a request that was let in: the business of the embedded gateway. */
import type { Intent } from '../../actors/actor.js';
import type { OrderWish } from '../../actors/api.js';
import { requestClasses } from '../../scenario/plan.js';
import { readLoginForm } from '../../venue/login-form.js';
import {
  amend,
  cancel,
  filledOf,
  isFilled,
  orderText,
  type Placing,
  place,
  placeAll,
  statusByFault,
} from '../../venue/order-desk.js';
import { parseJsonObject, readBatch } from '../../venue/order-form.js';
import { OrderStore } from '../../venue/order-store.js';
import type { Passwords } from './passwords.js';

const LOGIN = requestClasses.indexOf('login');
const PLACE = requestClasses.indexOf('order.place');
const AMEND = requestClasses.indexOf('order.amend');
const CANCEL = requestClasses.indexOf('order.cancel');

const ORDER_PATH = '/v1/orders/';
const OPEN_PER_ACCOUNT_MAX = 200;

/** A request as it came. */
export interface Asked {
  readonly requestClass: number;
  readonly path: string;
  readonly body: string;
  /** The order that the body says, where it is known without reading; null: it has to be read. */
  readonly order: OrderWish | null;
  /** Whether anybody reads what the answer says. */
  readonly wantsBody: Intent['wantsBody'];
}

export class Business {
  readonly orders: OrderStore;
  /** Of the request that was served last. */
  status = 0;
  reason = '';
  /** What the answer's JSON says, where somebody wants it. */
  body: unknown = null;
  /** How long it took. */
  workUs = 0;
  /** Orders that were filled at once. */
  filled = 0;
  private readonly passwords: Passwords;
  private ids = 0;

  constructor(passwords: Passwords) {
    this.passwords = passwords;
    // Ids need not be hard to guess here: no caller of virtual time tries those of others.
    this.orders = new OrderStore({
      openPerAccountMax: OPEN_PER_ACCOUNT_MAX,
      newId: () => `o${this.ids++}`,
    });
  }

  /** @param account - whom the gate has let in. */
  serve(asked: Asked, account: string, nowUs: number): void {
    this.status = 200;
    this.reason = '';
    this.body = null;
    this.workUs = 0;
    this.filled = 0;
    switch (asked.requestClass) {
      case LOGIN:
        this.login(asked);
        break;
      case PLACE:
        this.place(asked, account, nowUs);
        break;
      case AMEND:
        this.tell(amend(this.orders, account, orderIdOf(asked.path), asked.body), 200, asked.wantsBody);
        break;
      case CANCEL:
        this.tell(cancel(this.orders, account, orderIdOf(asked.path)), 200, asked.wantsBody);
        break;
    }
  }

  private login({ body, wantsBody }: Asked): void {
    const form = readLoginForm(body);
    if (form === null) {
      this.fail(400, 'bad-login');
      return;
    }
    this.workUs = this.passwords.workUsFor(form.username);
    if (!this.passwords.isRight(form.username, form.password)) this.fail(401, 'bad-credentials');
    else if (wantsBody) this.body = { token: `s${this.ids++}` };
  }

  private place({ body, order, wantsBody }: Asked, account: string, nowUs: number): void {
    // A limit order is as its text says, field by field; the text of a market order has no price.
    const known = order !== null && order.type === 'limit' ? order : null;
    const batch = known === null ? readBatch(body) : null;
    if (batch === null) {
      const result = place(this.orders, account, known ?? parseJsonObject(body), nowUs);
      this.filled = isFilled(result) ? 1 : 0;
      this.tell(result, 201, wantsBody);
      return;
    }
    const results = placeAll(this.orders, account, batch, nowUs);
    this.filled = filledOf(results);
    if (wantsBody) {
      this.body = results.map((result) =>
        typeof result === 'string' ? { error: { reason: result } } : (JSON.parse(orderText(result)) as unknown),
      );
    }
  }

  private tell(result: Placing, status: number, wantsBody: boolean): void {
    if (typeof result === 'string') {
      this.fail(statusByFault[result], result);
      return;
    }
    this.status = status;
    if (!wantsBody) return;
    const { orderId, clientOrderId, symbol, side, price, quantity } = result.order;
    this.body = { orderId, clientOrderId, symbol, side, price, quantity, status: result.state };
  }

  private fail(status: number, reason: string): void {
    this.status = status;
    this.reason = reason;
    this.body = { error: { reason } };
  }
}

/** The id that a path names; '' when it names none. */
export function orderIdOf(path: string): string {
  if (!path.startsWith(ORDER_PATH)) return '';
  const queryAt = path.indexOf('?', ORDER_PATH.length);
  return queryAt < 0 ? path.slice(ORDER_PATH.length) : path.slice(ORDER_PATH.length, queryAt);
}
