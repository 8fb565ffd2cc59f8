/**
 * Two small trading APIs as somebody may have them, in Fastify and in Express, behind the gate of a plugin: the API that
 * the actors speak, with keys and passwords of a scenario's seed.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { type ExpressGate, type ExpressGateOptions, floodproof as expressGate } from '../../harness/plugins/express.js';
import fastifyGate, { type FastifyGateOptions } from '../../harness/plugins/fastify.js';
import type { GateKey } from '../../harness/plugins/gate-key.js';
import type { AskedRequest } from '../../harness/plugins/gate-options.js';
import type { RouteTable } from '../../harness/plugins/route-table.js';
import type { Plan } from '../../harness/scenario/plan.js';

export const routes: RouteTable = {
  'POST /v1/login': 'login',
  'GET /v1/ticker': 'ticker',
  'GET /v1/account': 'account',
  'POST /v1/orders': 'order.place',
  'PUT /v1/orders/:id': 'order.amend',
  'DELETE /v1/orders/:id': 'order.cancel',
};

/** The user name of a login; whatever else is charged to nobody by name. */
function accountOf({ requestClass, body }: AskedRequest): string | undefined {
  if (requestClass !== 'login') return undefined;
  try {
    const { username } = JSON.parse(body ?? '') as { username?: unknown };
    return typeof username === 'string' && /^[\x21-\x7e]{1,256}$/.test(username) ? username : undefined;
  } catch {
    return undefined;
  }
}

function elementsOf({ requestClass, body }: AskedRequest): number {
  if (requestClass !== 'order.place' || body?.trimStart().startsWith('[') !== true) return 1;
  try {
    return (JSON.parse(body) as unknown[]).length;
  } catch {
    return 1;
  }
}

export interface People {
  readonly keys: readonly GateKey[];
  readonly passwords: ReadonlyMap<string, string>;
}

/** Who is registered when a scenario is played with this seed. */
export function peopleOf(plan: Plan, seed: number): People {
  const keys: GateKey[] = [];
  const passwords = new Map<string, string>();
  for (const { account, password, keyId, secret } of buildWorld(plan, seed).registered) {
    passwords.set(account, password);
    if (keyId !== '') keys.push({ id: keyId, secret, account });
  }
  return { keys, passwords };
}

/** @returns status and body of what the app itself says. */
function login(passwords: ReadonlyMap<string, string>, body: unknown): readonly [number, unknown] {
  const { username = '', password } = (body ?? {}) as { username?: string; password?: string };
  const isRight = password !== undefined && passwords.get(username) === password;
  return isRight ? [200, { token: randomUUID() }] : [401, { error: { reason: 'bad-credentials' } }];
}

function placed(body: unknown): unknown {
  return Array.isArray(body) ? body.map(() => ({ orderId: randomUUID() })) : { orderId: randomUUID() };
}

export async function fastifyApp(
  options: Partial<FastifyGateOptions> & Pick<FastifyGateOptions, 'policy'>,
  people: People,
): Promise<FastifyInstance> {
  const app = Fastify({ keepAliveTimeout: 600_000 });
  await app.register(fastifyGate, { classOf: routes, keys: people.keys, accountOf, elementsOf, ...options });
  app.post('/v1/login', (request, reply) => {
    const [status, answer] = login(people.passwords, request.body);
    return reply.code(status).send(answer);
  });
  app.get('/v1/ticker', async () => ({ price: '1.00' }));
  app.get('/v1/account', async ({ floodproof }) => ({ account: floodproof?.account }));
  app.post('/v1/orders', (request, reply) => reply.code(201).send(placed(request.body)));
  app.put('/v1/orders/:id', async () => ({ orderId: randomUUID() }));
  app.delete('/v1/orders/:id', async () => ({}));
  return app;
}

export async function expressApp(
  options: Partial<ExpressGateOptions> & Pick<ExpressGateOptions, 'policy'>,
  people: People,
): Promise<{ readonly server: Server; readonly gated: ExpressGate }> {
  const gated = await expressGate({ classOf: routes, keys: people.keys, accountOf, elementsOf, ...options });
  const app = express();
  app.set('etag', false);
  app.use(gated, express.json({ limit: '1mb' }));
  app.post('/v1/login', (request, response) => {
    const [status, answer] = login(people.passwords, request.body);
    response.status(status).json(answer);
  });
  app.get('/v1/ticker', (_request, response) => void response.json({ price: '1.00' }));
  app.get('/v1/account', (request, response) => {
    response.json({ account: (request as { floodproof?: { account: string } }).floodproof?.account });
  });
  app.post('/v1/orders', (request, response) => void response.status(201).json(placed(request.body)));
  app.put('/v1/orders/:id', (_request, response) => void response.json({ orderId: randomUUID() }));
  app.delete('/v1/orders/:id', (_request, response) => void response.json({}));
  const server = createServer(app);
  server.keepAliveTimeout = 600_000;
  return { server, gated };
}
