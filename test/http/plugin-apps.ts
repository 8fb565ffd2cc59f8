/** Apps of a few routes behind the plugins, in both frameworks, which show what came as far as their handlers. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { onTestFinished } from 'vitest';
import { floodproof as expressGate } from '../../harness/plugins/express.js';
import fastifyGate from '../../harness/plugins/fastify.js';
import type { AppGateHandle, GateOptions, GatePass } from '../../harness/plugins/gate-options.js';
import { routes } from '../support/gated-apps.js';
import { ann, bob, Caller } from './gateway-support.js';
import { listen } from './listening.js';

export const frameworks = ['fastify', 'express'] as const;
export type Framework = (typeof frameworks)[number];

/** What an app's handler was called with. */
export interface Served {
  readonly route: string;
  readonly body: unknown;
  readonly pass: GatePass | null;
}

export interface PluginApp {
  readonly url: string;
  readonly port: number;
  readonly gate: AppGateHandle;
  readonly served: readonly Served[];
  /** Requests for the account are answered one by one, each when this is called. */
  answerNext(): void;
  /** From 127.0.0.1, until the test ends. */
  readonly caller: Caller;
}

const keys = [ann, bob].map(({ keyId: id, secret, account }) => ({ id, secret, account }));

/** @param onServed - what a handler does with the request, such as telling of fills. */
export async function startApp(
  framework: Framework,
  options: Partial<GateOptions> & Pick<GateOptions, 'policy'>,
  onServed: (served: Served) => void = () => undefined,
): Promise<PluginApp> {
  const served: Served[] = [];
  const waiting: (() => void)[] = [];
  const take = (route: string, body: unknown, pass: GatePass | null): void => {
    const entry = { route, body, pass };
    served.push(entry);
    onServed(entry);
  };
  const turn = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const all = { classOf: routes, keys, ...options };
  const start = framework === 'fastify' ? startFastify : startExpress;
  const { url, port, gate } = await start(all, take, turn);
  const caller = new Caller(url);
  onTestFinished(() => caller.close());
  return { url, port, gate, served, answerNext: () => waiting.shift()?.(), caller };
}

type Take = (route: string, body: unknown, pass: GatePass | null) => void;
type Started = Promise<{ readonly url: string; readonly port: number; readonly gate: AppGateHandle }>;

async function startFastify(options: GateOptions, take: Take, turn: () => Promise<void>): Started {
  const app = Fastify();
  await app.register(fastifyGate, options);
  for (const [method, url] of Object.keys(routes).map((key) => key.split(' '))) {
    app.route({
      method: method as 'GET',
      url: url ?? '',
      handler: async (request) => {
        take(`${request.method} ${url}`, request.body, request.floodproof);
        if (url === '/v1/account') await turn();
        return { orderId: 'order-1' };
      },
    });
  }
  app.get('/free', async (request) => {
    take('GET /free', null, request.floodproof);
    return {};
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, gate: app.floodproof };
}

async function startExpress(options: GateOptions, take: Take, turn: () => Promise<void>): Started {
  const gated = await expressGate(options);
  const app = express();
  app.use(gated, express.json({ limit: '1mb' }));
  const passOf = (request: unknown): GatePass | null => (request as { floodproof?: GatePass }).floodproof ?? null;
  for (const [method = '', url = ''] of Object.keys(routes).map((key) => key.split(' '))) {
    app[method.toLowerCase() as 'get'](url, (request, response) => {
      take(`${request.method} ${url}`, request.body, passOf(request));
      if (url === '/v1/account') void turn().then(() => response.json({}));
      else response.json({ orderId: 'order-1' });
    });
  }
  app.get('/free', (request, response) => {
    take('GET /free', null, passOf(request));
    response.json({});
  });
  const { url, port } = await listen(createServer(app));
  return { url, port, gate: gated.gate };
}

/** Opens a connection and writes; the test reads what comes and ends it. */
export async function dial(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Writes `text` and reads until the other side closes. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = await dial(port, text);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

/** A request as it goes over the wire. */
export function wireText(
  { method, path, headers }: { method: string; path: string; headers: Readonly<Record<string, string>> },
  body: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const all = { host: '127.0.0.1', ...headers, ...more };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
