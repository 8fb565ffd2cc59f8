import type { FastifyInstance, FastifyReply } from 'fastify';
import { requestClasses } from '../scenario/plan.js';
import { parseJsonObject, readAmendForm, readBatch, readOrderForm } from '../venue/order-form.js';
import type { Order, OrderFault } from '../venue/order-store.js';
import { pricesOf } from '../venue/ticker.js';
import { faultBody, sendFault, sendJson } from './answer.js';
import type { Admission, RawBody } from './gatekeeper.js';
import { serve, type TradingApi } from './trading-api.js';

const PLACE = requestClasses.indexOf('order.place');
const AMEND = requestClasses.indexOf('order.amend');
const CANCEL = requestClasses.indexOf('order.cancel');

type OrderState = 'open' | 'filled' | 'cancelled';

/** Adds the routes of orders; see `addRoutes` for what they answer. */
export function addOrderRoutes(app: FastifyInstance, api: TradingApi): void {
  app.post('/v1/orders', (request, reply) => {
    const text = (request.body as RawBody) ?? '';
    const batch = readBatch(text);
    // What can't be read as a batch costs as one order, and is told that it is none.
    const asking = { classId: PLACE, elements: batch?.length ?? 1 };
    return serve(api, request, reply, asking, (admission) => {
      return batch === null
        ? sendPlaced(reply, placeAll(api, admission, [parseJsonObject(text)])[0])
        : sendJson(reply, 200, `[${placeAll(api, admission, batch).map(orderText).join()}]`);
    });
  });
  app.put<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const { id } = request.params;
    const asking = { classId: AMEND, ageUs: (account: string, nowUs: number) => api.orders.ageUs(account, id, nowUs) };
    return serve(api, request, reply, asking, ({ account }) => {
      const form = readAmendForm(parseJsonObject((request.body as RawBody) ?? ''));
      return sendChanged(reply, 'open', form === null ? 'bad-order' : api.orders.amend(account, id, form));
    });
  });
  app.delete<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const { id } = request.params;
    const asking = { classId: CANCEL, ageUs: (account: string, nowUs: number) => api.orders.ageUs(account, id, nowUs) };
    return serve(api, request, reply, asking, ({ account }) => {
      return sendChanged(reply, 'cancelled', api.orders.cancel(account, id));
    });
  });
}

type Fault = OrderFault | 'bad-order';
interface Placed {
  readonly order: Order;
  readonly state: OrderState;
}

/** Places what can be placed, in order. Market orders are filled at once, and what that gives back is credited. */
function placeAll(api: TradingApi, admission: Admission, entries: readonly unknown[]): readonly (Placed | Fault)[] {
  const { account } = admission;
  const nowUs = api.clock.nowUs();
  const results = entries.map((entry): Placed | Fault => {
    const form = readOrderForm(entry);
    if (form === null) return 'bad-order';
    if (form.type === 'market') {
      return { order: api.orders.fill(account, form, pricesOf(form.symbol).last, nowUs), state: 'filled' };
    }
    const order = api.orders.place(account, form, nowUs);
    return typeof order === 'string' ? order : { order, state: 'open' };
  });
  const filled = results.filter((result) => typeof result !== 'string' && result.state === 'filled').length;
  if (filled > 0) api.gatekeeper.credit(admission, filled);
  return results;
}

function orderText(result: Placed | Fault): string {
  if (typeof result === 'string') return faultBody(result);
  const { orderId, clientOrderId, symbol, side, price, quantity } = result.order;
  // All fields have a form without quotes, backslashes or control characters, except the caller's own name.
  return (
    `{"orderId":"${orderId}","clientOrderId":${JSON.stringify(clientOrderId)},"symbol":"${symbol}","side":"${side}",` +
    `"price":"${price}","quantity":"${quantity}","status":"${result.state}"}`
  );
}

const statusByFault: Readonly<Record<Fault, number>> = {
  'bad-order': 400,
  'order-not-yours': 403,
  'too-many-open-orders': 409,
};

function sendPlaced(reply: FastifyReply, result: Placed | Fault = 'bad-order'): FastifyReply {
  return typeof result === 'string'
    ? sendFault(reply, statusByFault[result], result)
    : sendJson(reply, 201, orderText(result));
}

function sendChanged(reply: FastifyReply, state: OrderState, result: Order | Fault): FastifyReply {
  return typeof result === 'string'
    ? sendFault(reply, statusByFault[result], result)
    : sendJson(reply, 200, orderText({ order: result, state }));
}
