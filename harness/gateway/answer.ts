/** How the gateway words its answers: all of them are JSON, and errors are `{"error":{"reason"}}`. */
import type { FastifyReply } from 'fastify';
import { GATE_HEADER, JSON_TYPE, UNASKED } from './gatekeeper.js';

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

export function sendJson(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(body);
}

/** An answer of the business; the gate has put its headers on already. */
export function sendFault(reply: FastifyReply, status: number, reason: string): FastifyReply {
  return sendJson(reply, status, faultBody(reason));
}

export function sendUnasked(reply: FastifyReply, status: number, body: string): FastifyReply {
  return sendJson(reply.header(GATE_HEADER, UNASKED), status, body);
}
