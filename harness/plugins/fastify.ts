/** The gate in front of an app of Fastify 5. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestClass } from '../scenario/plan.js';
import { AppGate } from './app-gate.js';
import { refuseFaults } from './check-options.js';
import type { AppGateHandle, GateOptions, GatePass } from './gate-options.js';
import { isRequestClass, type RouteEntry, type RouteTable, readRouteTable } from './route-table.js';
import type { Settled } from './settled.js';

export type { RequestClass } from '../scenario/plan.js';
export type { GateKey } from './gate-key.js';
export type { AppGateHandle, AskedRequest, GateEvent, GateKeys, GateOptions, GatePass } from './gate-options.js';
export type { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the gate has said; null until it was asked. */
    floodproof: GatePass | null;
  }
  interface FastifyInstance {
    floodproof: AppGateHandle;
  }
  interface FastifyContextConfig {
    /** The class of this route's requests, whatever `classOf` says; null = not counted. */
    floodproof?: RequestClass | null;
  }
}

export interface FastifyGateOptions extends GateOptions {
  /**
   * The class of a request: a table of the app's own routes, as they are written where they are added, or a function;
   * null = not counted. Left out where each route says it in its `config`.
   */
  readonly classOf?: RouteTable | ((request: FastifyRequest) => RequestClass | null);
}

/**
 * Asks the gate of a policy before the app serves a request, in a hook `onRequest`: for all routes of the app, whichever
 * plugin adds them.
 *
 * It fails to register with FP_PLUGIN_OPTIONS and every fault of the options, and the app does not get ready when a route of
 * the table is not there: it would stay uncounted.
 */
const plugin: FastifyPluginAsync<FastifyGateOptions> = async (app, options) => {
  const { classOf } = options;
  const isTable = typeof classOf === 'object' && classOf !== null;
  const { entries, faults } = isTable ? readRouteTable(classOf) : { entries: [], faults: [] };
  const isKnown = classOf === undefined || typeof classOf === 'function' || isTable;
  refuseFaults(isKnown ? faults : ['classOf must be a table of routes, or a function']);
  const gate = await AppGate.open(options);
  const classByRoute = new Map(entries.map(({ method, path, requestClass }) => [`${method} ${path}`, requestClass]));
  app.decorate('floodproof', gate as AppGateHandle);
  app.decorateRequest('floodproof', null);
  app.addHook('onReady', async () => refuseFaults(missingRoutes(app, entries)));
  app.addHook('onRequest', async (request, reply) => {
    const settled = await gate.settle({
      request: request.raw,
      response: reply.raw,
      url: request.originalUrl,
      classOf: () => classOfRoute(request, typeof classOf === 'function' ? classOf : classByRoute),
    });
    return conclude(settled, request, reply);
  });
};

/** Without a scope of its own, as `fastify-plugin` marks it: routes of the whole app are behind the hook. */
const floodproof: FastifyPluginAsync<FastifyGateOptions> = Object.assign(plugin, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'floodproof',
  [Symbol.for('plugin-meta')]: { name: 'floodproof', fastify: '5.x' },
});
export default floodproof;

/** @throws {TypeError} for a name that is no request class. */
function classOfRoute(
  request: FastifyRequest,
  classOf: ReadonlyMap<string, RequestClass | null> | ((request: FastifyRequest) => RequestClass | null),
): RequestClass | null {
  const { config, url } = request.routeOptions;
  const configured = config?.floodproof;
  const requestClass =
    configured !== undefined
      ? configured
      : typeof classOf === 'function'
        ? classOf(request)
        : classInTable(classOf, request.method, url);
  if (requestClass !== null && !isRequestClass(requestClass)) {
    throw new TypeError(`there is no request class ${String(requestClass)}`);
  }
  return requestClass;
}

/** @param url - the route as it was added; undefined for a path that the app does not know. */
function classInTable(
  table: ReadonlyMap<string, RequestClass | null>,
  method: string,
  url: string | undefined,
): RequestClass | null {
  if (url === undefined) return null;
  const own = table.get(`${method} ${url}`);
  if (own !== undefined) return own;
  const got = method === 'HEAD' ? table.get(`GET ${url}`) : undefined;
  return got ?? table.get(`* ${url}`) ?? null;
}

function missingRoutes(app: FastifyInstance, entries: readonly RouteEntry[]): string[] {
  const isThere = ({ method, path }: RouteEntry): boolean => {
    const methods = method === '*' ? app.supportedMethods : [method];
    return methods.some((one) => app.hasRoute({ method: one as 'GET', url: path }));
  };
  return entries
    .filter((entry) => !isThere(entry))
    .map(({ method, path }) => `the app has no route "${method} ${path}": write it as it is added, prefix included`);
}

function conclude(settled: Settled, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (settled.kind === 'gone') return reply.hijack();
  reply.headers(settled.headers);
  if (settled.kind === 'pass') {
    request.floodproof = settled.pass;
    return undefined;
  }
  // Nobody else will read what is left of its body.
  request.raw.resume();
  return reply.code(settled.status).send(settled.body);
}
