import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify from 'fastify';
import { FloodproofError } from '../errors.js';
import { faultBody, reasonOfStatus } from './answer.js';
import type { GatewayBounds } from './bounds.js';
import { GATE_HEADER, JSON_TYPE, UNASKED } from './gatekeeper.js';

/** The kernel's queue of connections that are not accepted yet; a flood opens many at once. */
const BACKLOG = 4096;

/** The HTTP server, bounded on every side; it has no routes yet. `onUnasked` hears of what it answers by itself. */
export function createServer(bounds: GatewayBounds, onUnasked: () => void): FastifyInstance {
  const app = Fastify({
    logger: false,
    genReqId: () => '',
    exposeHeadRoutes: false,
    bodyLimit: bounds.bodyBytesMax,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.keepAliveMs,
    maxRequestsPerSocket: 0,
    forceCloseConnections: true,
    http: {
      maxHeaderSize: bounds.headerBytesMax,
      headersTimeout: bounds.headersTimeoutMs,
      requestTimeout: bounds.requestTimeoutMs,
      connectionsCheckingInterval: bounds.checkIntervalMs,
      noDelay: true,
    },
    clientErrorHandler: (error, socket) => {
      if (refuseConnection(error, socket)) onUnasked();
    },
    frameworkErrors: (_error, _request, reply) => {
      onUnasked();
      refuseUrl(reply as FastifyReply);
    },
  });
  app.server.maxConnections = bounds.connectionsMax;
  return app;
}

/** Answers a path that can't be decoded. */
function refuseUrl(reply: FastifyReply): void {
  reply.code(400).header(GATE_HEADER, UNASKED).header('content-type', JSON_TYPE).send(faultBody('bad-request'));
}

/**
 * Answers what Node's parser would not read, and closes the connection.
 * @returns false when nobody was left to tell.
 */
function refuseConnection(error: Error & { code?: string }, socket: Socket): boolean {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return false;
  }
  const status = statusOfParseError(error.code);
  const body = faultBody(reasonOfStatus(status));
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${GATE_HEADER}: ${UNASKED}\r\ncontent-type: ${JSON_TYPE}\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
  return true;
}

function statusOfParseError(code: string | undefined): number {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    case 'HPE_HEADER_OVERFLOW':
      return 431;
    default:
      return 400;
  }
}

/** @throws {FloodproofError} FP_PORT_TAKEN, FP_GATEWAY_FAILED; the server is closed then. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<{ url: string; port: number }> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
  // A TCP server that listens has an address with a port; only pipes have a text here.
  const address = app.server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${shownHost}:${address.port}`, port: address.port };
}

function listenError(error: unknown, host: string, port: number): FloodproofError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EADDRINUSE') {
    return new FloodproofError('FP_PORT_TAKEN', `port ${port} of ${host} is taken`, { cause: error });
  }
  return new FloodproofError('FP_GATEWAY_FAILED', `the gateway can't listen on ${host} port ${port}: ${code}`, {
    cause: error,
    hint: 'choose another host or port',
  });
}
