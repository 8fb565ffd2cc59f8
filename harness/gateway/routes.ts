import { isUtf8 } from 'node:buffer';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestClasses } from '../scenario/plan.js';
import type { Gatekeeper, RawBody } from './gatekeeper.js';
import { ANONYMOUS, GATE_HEADER, JSON_TYPE, UNASKED } from './gatekeeper.js';
import { isSymbol, parseJsonObject, readAmendForm, readOrderForm } from './order-form.js';
import type { Order, OrderFault, OrderStore } from './order-store.js';
import type { PasswordStore } from './password-store.js';
import type { SessionStore } from './session-store.js';

const LOGIN = requestClasses.indexOf('login');
const TICKER = requestClasses.indexOf('ticker');
const ACCOUNT = requestClasses.indexOf('account');
const PLACE = requestClasses.indexOf('order.place');
const AMEND = requestClasses.indexOf('order.amend');
const CANCEL = requestClasses.indexOf('order.cancel');

/** What a gate takes as an account; a user name of another form exists nowhere. */
const usernameForm = /^[\x21-\x7e]{1,256}$/;
const PASSWORD_LENGTH_MAX = 1024;

/** Methods of each known path, for 405. */
const methodsByPath: ReadonlyMap<string, string> = new Map([
  ['/v1/login', 'POST'],
  ['/v1/ticker', 'GET'],
  ['/v1/account', 'GET'],
  ['/v1/orders', 'POST'],
  ['/healthz', 'GET'],
]);
const orderPath = /^\/v1\/orders\/[^/?]+$/;

/** What the routes act on. */
export interface TradingApi {
  readonly gatekeeper: Gatekeeper;
  readonly orders: OrderStore;
  readonly passwords: PasswordStore;
  readonly sessions: SessionStore;
  readonly engine: 'native' | 'ts';
  /** Counts a request that never came as far as the gate. */
  onUnasked(): void;
  /** Hears of a bug: an error that no caller should be able to cause. */
  onBug(error: Error): void;
}

/**
 * Adds the trading API to the server. Every route of a request class asks the gate first.
 *
 * | route | class | answers of the business, all with `x-gate: admitted` |
 * |---|---|---|
 * | POST /v1/login | login | 200 `{token}`, 400 bad-login, 401 bad-credentials, 503 busy |
 * | GET /v1/ticker?symbol= | ticker | 200, 400 bad-symbol |
 * | GET /v1/account | account | 200 `{account, openOrders}` |
 * | POST /v1/orders | order.place | 201 `{orderId, ...}`, 400 bad-order, 409 too-many-open-orders |
 * | PUT /v1/orders/:id | order.amend | 200, 400 bad-order, 403 order-not-yours |
 * | DELETE /v1/orders/:id | order.cancel | 200, 403 order-not-yours |
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
    if (!api.gatekeeper.admitUnsigned(request, reply, TICKER, ANONYMOUS)) return;
    const { symbol } = request.query;
    if (isSymbol(symbol)) sendJson(reply, 200, tickerOf(symbol));
    else sendFault(reply, 400, 'bad-symbol');
  });
  app.get('/v1/account', (request, reply) => {
    const account = api.gatekeeper.admit(request, reply, ACCOUNT);
    if (account === null) return;
    sendJson(reply, 200, JSON.stringify({ account, openOrders: api.orders.openOrders(account) }));
  });
  app.post('/v1/orders', (request, reply) => {
    const account = api.gatekeeper.admit(request, reply, PLACE);
    if (account === null) return;
    const json = parseJsonObject((request.body as RawBody) ?? '');
    const form = json === null ? null : readOrderForm(json);
    if (form === null) sendFault(reply, 400, 'bad-order');
    else sendOrder(reply, 201, 'open', api.orders.place(account, form));
  });
  app.put<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const account = api.gatekeeper.admit(request, reply, AMEND);
    if (account === null) return;
    const json = parseJsonObject((request.body as RawBody) ?? '');
    const form = json === null ? null : readAmendForm(json);
    if (form === null) sendFault(reply, 400, 'bad-order');
    else sendOrder(reply, 200, 'open', api.orders.amend(account, request.params.id, form));
  });
  app.delete<{ Params: { id: string } }>('/v1/orders/:id', (request, reply) => {
    const account = api.gatekeeper.admit(request, reply, CANCEL);
    if (account !== null) sendOrder(reply, 200, 'cancelled', api.orders.cancel(account, request.params.id));
  });
}

async function login(api: TradingApi, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const json = parseJsonObject((request.body as RawBody) ?? '');
  const username = json?.username;
  const password = json?.password;
  const readable =
    typeof username === 'string' &&
    usernameForm.test(username) &&
    typeof password === 'string' &&
    password.length <= PASSWORD_LENGTH_MAX;
  if (!api.gatekeeper.admitUnsigned(request, reply, LOGIN, readable ? username : ANONYMOUS)) return reply;
  if (!readable) return sendFault(reply, 400, 'bad-login');
  switch (await api.passwords.check(username, password)) {
    case 'right':
      return sendJson(reply, 200, JSON.stringify({ token: api.sessions.open(username) }));
    case 'wrong':
      return sendFault(reply, 401, 'bad-credentials');
    case 'busy':
      return sendFault(reply, 503, 'busy');
  }
}

/**
 * Bodies are kept as the text that came, whatever their content type says: a signature is checked over what was sent,
 * never over JSON that was parsed and written anew, and nothing but a login (whose account is counted) is parsed before
 * the gate has admitted it.
 */
function keepRawBodies(app: FastifyInstance): void {
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

export function reasonOfStatus(status: number): string {
  switch (status) {
    case 408:
      return 'too-slow';
    case 413:
      return 'body-too-large';
    case 415:
      return 'bad-content-type';
    case 431:
      return 'headers-too-large';
    default:
      return status >= 500 ? 'internal' : 'bad-request';
  }
}

export function faultBody(reason: string): string {
  return `{"error":{"reason":"${reason}"}}`;
}

function sendJson(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(body);
}

/** An answer of the business; the gate has put its headers on already. */
function sendFault(reply: FastifyReply, status: number, reason: string): FastifyReply {
  return sendJson(reply, status, faultBody(reason));
}

function sendUnasked(reply: FastifyReply, status: number, body: string): FastifyReply {
  return sendJson(reply.header(GATE_HEADER, UNASKED), status, body);
}

function sendOrder(reply: FastifyReply, status: number, state: 'open' | 'cancelled', order: Order | OrderFault): void {
  if (order === 'too-many-open-orders') sendFault(reply, 409, order);
  else if (order === 'order-not-yours') sendFault(reply, 403, order);
  else {
    const { orderId, clientOrderId, symbol, side, price, quantity } = order;
    // All fields have a form without quotes, backslashes or control characters, except the caller's own name.
    sendJson(
      reply,
      status,
      `{"orderId":"${orderId}","clientOrderId":${JSON.stringify(clientOrderId)},"symbol":"${symbol}","side":"${side}",` +
        `"price":"${price}","quantity":"${quantity}","status":"${state}"}`,
    );
  }
}

/** A price that is always the same for one symbol: this venue matches nothing, so no price ever moves. */
function tickerOf(symbol: string): string {
  let whole = 0;
  for (let i = 0; i < symbol.length; i++) whole = (whole * 31 + symbol.charCodeAt(i)) % 90_000;
  return `{"symbol":"${symbol}","bid":"${whole + 10_000}.00","ask":"${whole + 10_000}.50","last":"${whole + 10_000}.25"}`;
}
