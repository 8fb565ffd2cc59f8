import type { FastifyInstance, FastifyReply } from 'fastify';
import { requestClasses } from '../scenario/plan.js';
import { amend, cancel, filledOf, orderText, type Placing, placeAll, statusByFault } from '../venue/order-desk.js';
import { parseJsonObject, readBatch } from '../venue/order-form.js';
import { faultBody, sendFault, sendJson } from './answer.js';
import type { Admission } from './gatekeeper.js';
import { serve, type TradingApi } from './trading-api.js';

const PLACE = requestClasses.indexOf('order.place');
const AMEND = requestClasses.indexOf('order.amend');
const CANCEL = requestClasses.indexOf('order.cancel');

/** Adds the routes of orders; see `addRoutes` for what they answer. */
export function addOrderRoutes(app: FastifyInstance, api: TradingApi): void {
  app.post('/v1/orders', (request, reply) => {
    const text = api.gatekeeper.bodyOf(request, PLACE) ?? '';
    const batch = readBatch(text);
    // What can't be read as a batch costs as one order, and is told that it is none.
    const asking = { classId: PLACE, elements: batch?.length ?? 1 };
    return serve(api, request, reply, asking, (admission) => {
      return batch === null
        ? send(reply, 201, place(api, admission, [parseJsonObject(text)])[0])
        : sendJson(reply, 200, `[${place(api, admission, batch).map(resultText).join()}]`);
    });
  });
  app.put<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const { id } = request.params;
    const asking = { classId: AMEND, ageUs: (account: string, nowUs: number) => api.orders.ageUs(account, id, nowUs) };
    return serve(api, request, reply, asking, ({ account }) => {
      return send(reply, 200, amend(api.orders, account, id, api.gatekeeper.bodyOf(request, AMEND) ?? ''));
    });
  });
  app.delete<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const { id } = request.params;
    const asking = { classId: CANCEL, ageUs: (account: string, nowUs: number) => api.orders.ageUs(account, id, nowUs) };
    return serve(api, request, reply, asking, ({ account }) => {
      return send(reply, 200, cancel(api.orders, account, id));
    });
  });
}

/** Places what can be placed, and credits what fills give back. */
function place(api: TradingApi, admission: Admission, entries: readonly unknown[]): readonly Placing[] {
  const results = placeAll(api.orders, admission.account, entries, api.clock.nowUs());
  const filled = filledOf(results);
  if (filled > 0) api.gatekeeper.credit(admission, filled);
  return results;
}

function resultText(result: Placing): string {
  return typeof result === 'string' ? faultBody(result) : orderText(result);
}

function send(reply: FastifyReply, status: number, result: Placing = 'bad-order'): FastifyReply {
  return typeof result === 'string'
    ? sendFault(reply, statusByFault[result], result)
    : sendJson(reply, status, orderText(result));
}
