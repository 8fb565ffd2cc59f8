/**
 * An HTTP server for a person or a program of this machine: on 127.0.0.1 alone, GET alone, asked under a loopback name
 * (or a page of the web could have a browser ask it under its own), with a token in the query where one is wanted. To
 * whoever gets any of that wrong there is nothing here, and no word about why.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FloodproofError } from '../errors.js';

const HOST = '127.0.0.1';
const CONNECTIONS_MAX = 64;
const HEADER_BYTES_MAX = 8192;
const HEADERS_MS_MAX = 5000;

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface LoopbackServerOptions {
  /** 0 = a free one. */
  readonly port: number;
  /** null = whoever is on this machine may ask. */
  readonly token: string | null;
  /** By path. What a route throws is answered 500 without a word of it. */
  readonly routes: Readonly<Record<string, Route>>;
  /** What to do about a port that can't be had. */
  readonly hint: string;
}

/** 128 random bits, fit for a URL. */
export function randomToken(): string {
  return randomBytes(16).toString('base64url');
}

export class LoopbackServer {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @throws {FloodproofError} FP_PORT_TAKEN */
  static async open(options: LoopbackServerOptions): Promise<LoopbackServer> {
    const { port, hint } = options;
    const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS_MAX }, (req, res) => {
      void answer(req, res, options);
    });
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const why = cause.code === 'EADDRINUSE' ? 'is taken' : `can not be had: ${cause.message}`;
        reject(new FloodproofError('FP_PORT_TAKEN', `port ${port} of ${HOST} ${why}`, { cause, hint }));
      });
      server.listen(port, HOST, resolve);
    });
    // Past this point only single connections fail, which is theirs to see.
    server.on('error', () => undefined);
    return new LoopbackServer(server);
  }

  /** @param path - With a slash before it; a token is the caller's to add. */
  url(path: string): string {
    return `http://${HOST}:${this.port}${path}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, routes }: LoopbackServerOptions,
): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const route = routeOf(request, token, routes);
  if (route === null) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
    return;
  }
  try {
    await route(request, response);
  } catch {
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end('failed\n');
  }
}

function routeOf(
  { method, headers, url = '', socket }: IncomingMessage,
  token: string | null,
  routes: LoopbackServerOptions['routes'],
): Route | null {
  if (method !== 'GET' || !isLoopbackName(headers.host, socket.localPort)) return null;
  // A proxy's way of asking (GET http://...) or something that is no path at all.
  if (!url.startsWith('/')) return null;
  const [path = '', query = ''] = split(url, '?');
  if (token !== null && !isToken(new URLSearchParams(query).get('token'), token)) return null;
  return Object.hasOwn(routes, path) ? (routes[path] as Route) : null;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** Whether a Host header names this machine by an address or a name that nobody else can hold, and this port. */
function isLoopbackName(host: string | undefined, port: number | undefined): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host?.toLowerCase() === `${name}:${port}`);
}

/** Takes as long for every wrong token: digests are of one length, and are compared as a whole. */
function isToken(given: string | null, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(wanted));
}
