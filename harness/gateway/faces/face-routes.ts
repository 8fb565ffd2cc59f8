import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type RequestClass, requestClasses } from '../../scenario/plan.js';
import { sendJson, sendUnasked } from '../answer.js';
import { type Asking, GATE_HEADER, UNASKED } from '../gatekeeper.js';
import { addErrorAnswers, keepRawBodies } from '../routes.js';
import { type Served, serve } from '../trading-api.js';
import type { Face, FaceAnswer, FaceRequest, FaceRoute, VenueApi } from './face.js';
import { ReceivedRequest } from './received-request.js';

const ELEMENTS_MAX = 65_535;

/**
 * Adds a venue's paths to the server, and GET /healthz; there is nothing else. Every route that has a request class asks the
 * gate first, and `x-gate` says who spoke, as in the gateway's own clothes: what a client of the venue does not know it
 * does not look at.
 */
export function addFaceRoutes(app: FastifyInstance, api: VenueApi, face: Face): void {
  keepRawBodies(app);
  addErrorAnswers(app, api);
  app.setNotFoundHandler((request, reply) => {
    api.onUnasked();
    return send(reply.header(GATE_HEADER, UNASKED), face.unknown(new ReceivedRequest(request)));
  });
  app.get('/healthz', (_request, reply) => {
    api.onUnasked();
    return sendUnasked(reply, 200, `{"ready":true,"engine":"${api.engine}"}`);
  });
  for (const route of face.routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => serveRoute(route, api, request, reply),
    });
  }
}

function serveRoute(route: FaceRoute, api: VenueApi, request: FastifyRequest, reply: FastifyReply): Served {
  const received = new ReceivedRequest(request);
  if (route.requestClass === null) {
    api.onUnasked();
    return send(reply.header(GATE_HEADER, UNASKED), route.answer(received, null, api));
  }
  const asking = askingOf(route, route.requestClass, received, api);
  return serve(api, request, reply, asking, (admission) => send(reply, route.answer(received, admission, api)));
}

/** What the gate is asked of a request to this route. */
export function askingOf(route: FaceRoute, requestClass: RequestClass, request: FaceRequest, api: VenueApi): Asking {
  const { orderId } = route;
  return {
    classId: requestClasses.indexOf(requestClass),
    elements: Math.min(ELEMENTS_MAX, Math.max(1, route.elements?.(request) ?? 1)),
    ...(orderId !== undefined && {
      ageUs: (account: string, nowUs: number) => api.orders.ageUs(account, orderId(request, account, api), nowUs),
    }),
  };
}

function send(reply: FastifyReply, { status, body, headers }: FaceAnswer): FastifyReply {
  if (headers !== undefined) reply.headers(headers);
  return sendJson(reply, status, body);
}
