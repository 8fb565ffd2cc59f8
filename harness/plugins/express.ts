/**
 * The gate in front of an app of Express 4 or 5, or of anything else that takes `(request, response, next)`: Connect, Polka,
 * a server of Node's own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestClass } from '../scenario/plan.js';
import { AppGate } from './app-gate.js';
import { refuseFaults } from './check-options.js';
import type { AppGateHandle, GateOptions, GatePass } from './gate-options.js';
import { compileRoutes, isPlainTarget, isRequestClass, type RouteTable, readRouteTable } from './route-table.js';

export type { RequestClass } from '../scenario/plan.js';
export type { GateKey } from './gate-key.js';
export type { AppGateHandle, AskedRequest, GateEvent, GateKeys, GateOptions, GatePass } from './gate-options.js';
export type { RouteTable } from './route-table.js';

/** What is needed of a request; those of Express have it. */
export interface GatedRequest extends IncomingMessage {
  /** The whole request target, where a router has cut `url`. */
  originalUrl?: string;
  /** Set before the app's handlers are called. */
  floodproof?: GatePass;
}

export type Middleware = (request: GatedRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

export interface ExpressGateOptions extends GateOptions {
  /**
   * The class of a request: a table of paths from the root of the app, or a function; null = not counted. Left out where
   * each route has a middleware of its own, by `as`.
   */
  readonly classOf?: RouteTable | ((request: GatedRequest) => RequestClass | null);
}

export interface ExpressGate extends Middleware {
  readonly gate: AppGateHandle;
  /** The middleware of one route, whose requests are all of this class: `app.post('/orders', gate.as('order.place'), place)`. */
  as(requestClass: RequestClass): Middleware;
}

/**
 * Makes a middleware that asks the gate of a policy before the app serves a request. It stands before whatever reads bodies.
 *
 * @throws {FloodproofError} FP_PLUGIN_OPTIONS with every fault of the options; and as `AppGate.open`.
 */
export async function floodproof(options: ExpressGateOptions): Promise<ExpressGate> {
  const { classOf } = options;
  const table = typeof classOf === 'object' && classOf !== null ? readRouteTable(classOf) : { entries: [], faults: [] };
  const isKnown =
    classOf === undefined || typeof classOf === 'function' || (typeof classOf === 'object' && classOf !== null);
  refuseFaults(isKnown ? table.faults : ['classOf must be a table of routes, or a function']);
  const gate = await AppGate.open(options);
  const lookup = compileRoutes(table.entries);
  /** One request is asked about once, although a route of its own comes after what is in front of all. */
  const asked = new WeakSet<GatedRequest>();
  const gated: Middleware = (request, response, next) => {
    const url = targetOf(request);
    if (typeof classOf === 'function') {
      settle({ request, response, next }, () => classOf(request));
    } else if (isPlainTarget(url)) {
      settle({ request, response, next }, () => lookup(request.method ?? '', url));
    } else {
      // The table could take another path from it than the router behind it does.
      conclude(gate.refuseUnasked(400, 'bad-request'), { request, response, next });
    }
  };
  const settle = (call: Call, classOfCall: () => RequestClass | null): void => {
    const { request, response, next } = call;
    if (asked.has(request)) {
      next();
      return;
    }
    const known = (): RequestClass | null => {
      const requestClass = classOfCall();
      if (requestClass !== null && !isRequestClass(requestClass)) throw noClass(requestClass);
      if (requestClass !== null) asked.add(request);
      return requestClass;
    };
    gate
      .settle({ request, response, url: targetOf(request), classOf: known })
      .then((settled) => conclude(settled, call))
      // What a handler behind `next` throws at once is the app's own, and is told the way of the framework.
      .catch(next);
  };
  return Object.assign(gated, {
    gate,
    as: (requestClass: RequestClass): Middleware => {
      if (!isRequestClass(requestClass)) throw noClass(requestClass);
      return (request, response, next) => settle({ request, response, next }, () => requestClass);
    },
  });
}

interface Call {
  readonly request: GatedRequest;
  readonly response: ServerResponse;
  readonly next: (error?: unknown) => void;
}

function conclude(settled: Awaited<ReturnType<AppGate['settle']>>, { request, response, next }: Call): void {
  if (settled.kind === 'gone') return;
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(settled.headers)) response.setHeader(name, value);
  if (settled.kind === 'pass') {
    request.floodproof = settled.pass;
    next();
    return;
  }
  response.statusCode = settled.status;
  response.setHeader('content-length', Buffer.byteLength(settled.body));
  // Nobody else will read what is left of its body.
  request.resume();
  response.end(settled.body);
}

function targetOf(request: GatedRequest): string {
  return request.originalUrl ?? request.url ?? '';
}

function noClass(name: unknown): TypeError {
  return new TypeError(`there is no request class ${String(name)}`);
}
