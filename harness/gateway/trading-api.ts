import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OrderStore } from '../venue/order-store.js';
import { sendFault } from './answer.js';
import type { Clock } from './clock.js';
import type { Admission, Asking, Gatekeeper } from './gatekeeper.js';
import { GATE_HEADER } from './gatekeeper.js';
import type { PasswordStore } from './password-store.js';
import type { SessionStore } from './session-store.js';
import type { WaitingLine } from './waiting-line.js';

/** What the routes act on. */
export interface TradingApi {
  readonly gatekeeper: Gatekeeper;
  readonly orders: OrderStore;
  readonly passwords: PasswordStore;
  readonly sessions: SessionStore;
  readonly line: WaitingLine;
  readonly clock: Clock;
  readonly engine: 'native' | 'ts';
  /** Counts a request that never came as far as the gate. */
  onUnasked(): void;
  /** Hears of a bug: an error that no caller should be able to cause. */
  onBug(error: Error): void;
}

/** What a route gives to the server: undefined when the answer is on its way already. */
export type Served = FastifyReply | Promise<FastifyReply> | undefined;

/**
 * Asks the gate and, when the request is admitted, answers it; at once, or when its turn has come.
 * @param answer - The business. It is not called for a request whose connection has ended while it waited.
 */
export function serve(
  api: TradingApi,
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  answer: (admission: Admission) => FastifyReply | Promise<FastifyReply>,
): Served {
  const admission = api.gatekeeper.admit(request, reply, asking);
  if (admission === null) return undefined;
  return admission.waits ? serveInTurn(api, request, reply, admission, answer) : answer(admission);
}

async function serveInTurn(
  api: TradingApi,
  request: FastifyRequest,
  reply: FastifyReply,
  admission: Admission,
  answer: (admission: Admission) => FastifyReply | Promise<FastifyReply>,
): Promise<FastifyReply> {
  switch (await api.line.wait(request.raw.socket, admission.turnUs)) {
    case 'turn':
      return answer(admission);
    case 'full':
      // The gate has let it in, and nobody serves it: what `admitted` promises would not be true.
      reply.removeHeader(GATE_HEADER);
      return sendFault(reply, 503, 'busy');
    case 'gone':
      return reply.hijack();
  }
}
