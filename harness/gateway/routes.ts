import { isUtf8 } from 'node:buffer';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestClasses } from '../scenario/plan.js';
import { readLoginForm } from '../venue/login-form.js';
import { isSymbol } from '../venue/order-form.js';
import { tickerOf } from '../venue/ticker.js';
import { faultBody, reasonOfStatus, sendFault, sendJson, sendUnasked } from './answer.js';
import type { RawBody } from './gatekeeper.js';
import { GATE_HEADER, UNASKED } from './gatekeeper.js';
import { addOrderRoutes } from './order-routes.js';
import type { Served, TradingApi } from './trading-api.js';
import { serve } from './trading-api.js';

const LOGIN = requestClasses.indexOf('login');
const TICKER = requestClasses.indexOf('ticker');
const ACCOUNT = requestClasses.indexOf('account');

/** Methods of each known path, for 405. */
const methodsByPath: ReadonlyMap<string, string> = new Map([
  ['/v1/login', 'POST'],
  ['/v1/ticker', 'GET'],
  ['/v1/account', 'GET'],
  ['/v1/orders', 'POST'],
  ['/healthz', 'GET'],
]);
const orderPath = /^\/v1\/orders\/[^/?]+$/;

/**
 * Adds the trading API to the server. Every route of a request class asks the gate first.
 *
 * | route | class | answers of the business, all with `x-gate: admitted` |
 * |---|---|---|
 * | POST /v1/login | login | 200 `{token}`, 400 bad-login, 401 bad-credentials, 503 busy |
 * | GET /v1/ticker?symbol= | ticker | 200, 400 bad-symbol |
 * | GET /v1/account | account | 200 `{account, openOrders}` |
 * | POST /v1/orders | order.place | 201 `{orderId, ...}`, 400 bad-order, 409 too-many-open-orders; 200 `[...]` for a batch |
 * | PUT /v1/orders/:id | order.amend | 200, 400 bad-order, 403 order-not-yours |
 * | DELETE /v1/orders/:id | order.cancel | 200, 403 order-not-yours |
 *
 * Every class answers 503 busy, without `x-gate`, to a request that finds too many waiting for their turn in a queue. A
 * batch is a JSON array of 1 to 100 orders, which costs as much as so many; each has its place in the answer, as an order
 * or as an error.
 *
 * What the gate refuses carries the name of its decision in `x-gate`, see `refusal.ts`. With `x-gate: unasked` and
 * without any charge: GET /healthz, 404 unknown-path, 405 method-not-allowed, and requests that can't be read (400
 * bad-request, 408 too-slow, 413 body-too-large, 415 bad-content-type, 431 headers-too-large). They cost next to
 * nothing to answer. Errors are `{"error":{"reason", "limit"?, "retryAfterMs"?}}` everywhere.
 */
export function addRoutes(app: FastifyInstance, api: TradingApi): void {
  keepRawBodies(app);
  addFallbacks(app, api);
  app.get('/healthz', (_request, reply) => {
    api.onUnasked();
    return sendUnasked(reply, 200, `{"ready":true,"engine":"${api.engine}"}`);
  });
  app.post('/v1/login', (request, reply) => login(api, request, reply));
  app.get<{ Querystring: { symbol?: unknown } }>('/v1/ticker', (request, reply) => {
    const { symbol } = request.query;
    return serve(api, request, reply, { classId: TICKER }, () => {
      return isSymbol(symbol) ? sendJson(reply, 200, tickerOf(symbol)) : sendFault(reply, 400, 'bad-symbol');
    });
  });
  app.get('/v1/account', (request, reply) => {
    return serve(api, request, reply, { classId: ACCOUNT }, ({ account }) => {
      return sendJson(reply, 200, JSON.stringify({ account, openOrders: api.orders.openOrders(account) }));
    });
  });
  addOrderRoutes(app, api);
}

function login(api: TradingApi, request: FastifyRequest, reply: FastifyReply): Served {
  const form = readLoginForm((request.body as RawBody) ?? '');
  const asking = form === null ? { classId: LOGIN } : { classId: LOGIN, account: form.username };
  return serve(api, request, reply, asking, async () => {
    if (form === null) return sendFault(reply, 400, 'bad-login');
    const { username, password } = form;
    switch (await api.passwords.check(username, password)) {
      case 'right':
        return sendJson(reply, 200, JSON.stringify({ token: api.sessions.open(username) }));
      case 'wrong':
        return sendFault(reply, 401, 'bad-credentials');
      case 'busy':
        return sendFault(reply, 503, 'busy');
    }
  });
}

/**
 * Bodies are kept as the text that came, whatever their content type says: a signature is checked over what was sent,
 * never over JSON that was parsed and written anew, and nothing but a login (whose account is counted) is parsed before
 * the gate has admitted it.
 */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
    const body: RawBody = isUtf8(bytes) ? bytes.toString('utf8') : null;
    done(null, body);
  });
}

function addFallbacks(app: FastifyInstance, api: TradingApi): void {
  app.setNotFoundHandler((request, reply) => {
    api.onUnasked();
    const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
    const allowed = methodsByPath.get(path) ?? (orderPath.test(path) ? 'PUT, DELETE' : undefined);
    if (allowed === undefined) return sendUnasked(reply, 404, faultBody('unknown-path'));
    reply.header('allow', allowed);
    return sendUnasked(reply, 405, faultBody('method-not-allowed'));
  });
  addErrorAnswers(app, api);
}

/** Answers what went wrong before or within a route. */
export function addErrorAnswers(app: FastifyInstance, api: TradingApi): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) api.onBug(error);
    // A caller that went away within its body, or was told already that it is too slow, hears nothing.
    if (request.raw.socket.destroyed) return reply.hijack();
    // A bug after the gate has spoken keeps the gate's word.
    if (!reply.hasHeader(GATE_HEADER)) {
      api.onUnasked();
      reply.header(GATE_HEADER, UNASKED);
    }
    return sendFault(reply, status, reasonOfStatus(status));
  });
}
