/**
 * Binance's WebSocket API, after web-socket-api.md of binance-spot-api-docs: the requests of the REST API as JSON, one in a
 * text frame, under the same weights and orders. Parameters are signed sorted by name, in each request; sessions that log in
 * once are for Ed25519 keys alone and are not played.
 *
 * Not played either: the weight of 2 that opening a connection has at the venue, since no request class stands for it.
 */

import { type Claim, isMalformed, type Malformed } from '../../signing/profile.js';
import { binance as profile } from '../../signing/venues/binance.js';
import { type SocketParams, socketText } from '../../signing/venues/binance-websocket.js';
import { intervalOf, limitTypeOf } from '../faces/binance-markets.js';
import type { Face, FaceLimits, FaceParams, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from '../faces/face.js';
import type { FaceWording } from '../faces/face-wording.js';
import { askOver, type Outcome, routeOf } from './socket-asking.js';
import { binanceApiBounds } from './socket-bounds.js';
import { CloseCode, type SocketPeer, type SocketProtocol } from './socket-protocol.js';

/** Methods, and what they are of the REST API. */
const restOf = {
  ping: ['GET', '/api/v3/ping'],
  time: ['GET', '/api/v3/time'],
  exchangeInfo: ['GET', '/api/v3/exchangeInfo'],
  depth: ['GET', '/api/v3/depth'],
  'ticker.24hr': ['GET', '/api/v3/ticker/24hr'],
  'ticker.price': ['GET', '/api/v3/ticker/price'],
  'ticker.book': ['GET', '/api/v3/ticker/bookTicker'],
  'order.place': ['POST', '/api/v3/order'],
  'order.test': ['POST', '/api/v3/order/test'],
  'order.status': ['GET', '/api/v3/order'],
  'order.cancel': ['DELETE', '/api/v3/order'],
  'order.cancelReplace': ['POST', '/api/v3/order/cancelReplace'],
  'order.amend.keepPriority': ['PUT', '/api/v3/order/amend/keepPriority'],
  'openOrders.status': ['GET', '/api/v3/openOrders'],
  'openOrders.cancelAll': ['DELETE', '/api/v3/openOrders'],
  allOrders: ['GET', '/api/v3/allOrders'],
  'account.status': ['GET', '/api/v3/account'],
} as const satisfies Readonly<Record<string, readonly [FaceRoute['method'], string]>>;

type Id = string | number | null;

interface Message {
  readonly id: Id;
  readonly method: string;
  readonly params: FaceParams;
}

interface Fault {
  readonly code: number;
  readonly msg: string;
}

export function binanceApi(face: Face, api: VenueApi, wording: FaceWording): SocketProtocol {
  const routes = new Map(
    Object.entries(restOf).map(([name, [method, path]]) => [name, routeOf(face.routes, method, path)]),
  );
  return {
    title: 'Binance WebSocket API',
    paths: ['/ws-api/v3'],
    bounds: binanceApiBounds,
    open: (peer) => {
      const showsLimits = peer.query.get('returnRateLimits') !== 'false';
      return (text) => {
        const message = readMessage(text);
        if ('code' in message) return unasked(api, peer, null, message);
        const route = routes.get(message.method.replace(/^v3\//, ''));
        // The venue's own text for it is not published.
        if (route === undefined) return unasked(api, peer, message.id, { code: -1130, msg: unknownMethod });
        const request = requestOf(route, message.params);
        const outcome = askOver({ api, wording, route, request, peer, proof: claimOf(message.params) });
        const asked = message.params.returnRateLimits;
        const shows = typeof asked === 'boolean' ? asked : showsLimits;
        if (!(outcome instanceof Promise)) return tell(face, peer, message.id, outcome, shows);
        return outcome.then((later) => tell(face, peer, message.id, later, shows));
      };
    },
  };
}

const invalidJson: Fault = { code: -1135, msg: 'Invalid JSON Request' };
const unknownMethod = "Data sent for parameter 'method' is not valid.";

/** Ids are whole numbers, texts of up to 36 letters, digits, `-` or `_`, or null, as the venue takes them; it sends them back. */
function readMessage(text: string): Message | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalidJson;
  }
  if (!isRecord(value)) return invalidJson;
  const { id, method, params = {} } = value;
  if (!isId(id)) return { code: -1135, msg: "JSON sent for parameter 'id' is not valid" };
  if (typeof method !== 'string') return { code: -1135, msg: "JSON sent for parameter 'method' is not valid" };
  if (!isRecord(params)) return { code: -1135, msg: "JSON sent for parameter 'params' is not valid" };
  return { id, method, params };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(id: unknown): id is Id {
  return id === null || Number.isSafeInteger(id) || (typeof id === 'string' && /^[\w-]{1,36}$/.test(id));
}

function requestOf({ method, path }: FaceRoute, params: FaceParams): FaceRequest {
  const { apiKey } = params;
  const headers = typeof apiKey === 'string' ? { 'x-mbx-apikey': apiKey } : {};
  return { method, path, headers, params, list: null };
}

/**
 * Key, times and form of the signature are read as from a query of the REST API, which is what the parameters would be there;
 * what is signed is their text in the order of their names.
 */
function claimOf(params: FaceParams): Claim | Malformed {
  const { apiKey, signature, ...others } = params;
  if (typeof apiKey !== 'string' || typeof signature !== 'string') return { malformed: 'no apiKey or no signature' };
  const signed: FaceParams = { ...others, apiKey };
  if (!isPlain({ ...signed, signature }))
    return { malformed: 'what is signed must be texts, numbers and truth values' };
  const query = Object.entries(others).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  const path = `/?${[...query, `signature=${encodeURIComponent(signature)}`].join('&')}`;
  const claim = profile.read({ method: 'GET', path, headers: { 'x-mbx-apikey': apiKey }, body: '' });
  return isMalformed(claim) ? claim : { ...claim, message: socketText(signed as SocketParams) };
}

/** Lone surrogates are no text that could be signed: they have no UTF-8. */
function isPlain(params: FaceParams): boolean {
  return Object.entries(params).every(([name, value]) => {
    if (typeof value === 'string') return isWellFormed(value) && isWellFormed(name);
    return (typeof value === 'number' || typeof value === 'boolean') && isWellFormed(name);
  });
}

function isWellFormed(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text;
}

function unasked(api: VenueApi, peer: SocketPeer, id: Id, error: Fault): undefined {
  api.onUnasked();
  peer.send(JSON.stringify({ id, status: 400, error }));
}

function tell(face: Face, peer: SocketPeer, id: Id, outcome: Outcome, shows: boolean): undefined {
  switch (outcome.kind) {
    case 'gone':
      return;
    case 'busy':
      peer.send(
        textOf(id, 503, '{"code":-1008,"msg":"Server is currently overloaded with other requests."}', outcome.limits),
      );
      return;
    case 'refused': {
      const { refusal, limits, kills } = outcome;
      const { status, body } = face.refuse(refusal);
      peer.send(textOf(id, status, withRetry(body, refusal), shows ? limits : null));
      // "an automated IP ban and you will be disconnected"
      if (kills || refusal.decision === 'banned') peer.end(CloseCode.policy, 'banned');
      return;
    }
    case 'answered': {
      const { answer, limits } = outcome;
      peer.send(textOf(id, answer.status, answer.body, shows ? limits : null));
      return;
    }
  }
}

/** @param body - JSON; it goes into the answer as it is. */
function textOf(id: Id, status: number, body: string, limits: FaceLimits | null): string {
  const part = status < 400 ? 'result' : 'error';
  const shown = limits === null ? '' : `,"rateLimits":${JSON.stringify(rateLimitsOf(limits))}`;
  return `{"id":${JSON.stringify(id)},"status":${status},"${part}":${body}${shown}}`;
}

/** Says when the next may pass, as an instant: over HTTP that is a header. */
function withRetry(body: string, { nowMs, retryAfterMs }: FaceRefusal): string {
  if (retryAfterMs === 0) return body;
  const data = { serverTime: nowMs, retryAfter: nowMs + retryAfterMs };
  return `${body.slice(0, -1)},"data":${JSON.stringify(data)}}`;
}

function rateLimitsOf({ windows }: FaceLimits): unknown[] {
  return windows.flatMap(({ limit, by, windowMs, usedCells, capacity }) => {
    const rateLimitType = limitTypeOf({ name: limit, by });
    if (rateLimitType === 'RAW_REQUESTS') return [];
    const { interval, count } = intervalOf(windowMs);
    return [{ rateLimitType, interval, intervalNum: count, limit: capacity, count: usedCells }];
  });
}
