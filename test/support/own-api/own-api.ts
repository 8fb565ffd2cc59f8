/**
 * A small trading API as somebody may have it: keys of two kinds (bearer, or an HMAC over method, path, body and time),
 * orders, a login, and a fixed window by key whose refusals are a code inside an answer of 200. Its limiter can be broken.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';

export interface OwnApiOptions {
  /** How a key proves itself. */
  readonly auth: 'bearer' | 'hmac';
  /** By the id of the key. */
  readonly keys: Readonly<Record<string, string>>;
  /** By name. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** Orders of a key in one window. */
  readonly limit: number;
  readonly windowMs: number;
  /** So many times more are let through than is promised. */
  readonly brokenBy?: number;
}

/** What it was asked, for tests that look at it. */
export interface OwnRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const STAMP_MS_MAX = 5_000;

export class OwnApi {
  readonly server: Server;
  readonly requests: OwnRequest[] = [];
  readonly #options: OwnApiOptions;
  /** Admitted in the window that began then, by key. */
  readonly #windows = new Map<string, { startMs: number; count: number }>();
  #orders = 0;

  constructor(options: OwnApiOptions) {
    this.#options = options;
    const app = express();
    app.set('etag', false);
    app.use(express.text({ type: '*/*' }));
    app.use((request, _response, next) => {
      const { method, originalUrl: path, headers } = request;
      this.requests.push({ method, path, headers, body: bodyOf(request) });
      next();
    });
    app.post('/api/session', (request, response) => this.#login(request, response));
    app.get('/api/price', (request, response) => {
      response.json({ code: 0, data: { pair: request.query.pair, price: '1.00' } });
    });
    app.use((request, response, next) => this.#authenticate(request, response, next));
    app.get('/api/wallet', (_request, response) => {
      response.json({ code: 0, data: [] });
    });
    app.post('/api/orders', (request, response) => this.#place(request, response));
    app.delete('/api/orders/:id', (_request, response) => {
      response.json({ code: 0 });
    });
    app.use((_request, response) => {
      response.status(404).json({ code: 404, message: 'no such path' });
    });
    this.server = createServer(app);
  }

  /** As a server over TLS takes it. */
  get handler(): ReturnType<Server['listeners']>[number] {
    return this.server.listeners('request')[0] as ReturnType<Server['listeners']>[number];
  }

  #login(request: Request, response: Response): void {
    const { user, pass } = JSON.parse(bodyOf(request)) as { user: string; pass: string };
    const isRight = this.#options.passwords?.[user] === pass && pass !== undefined;
    if (isRight) response.json({ code: 0, data: { session: `session-of-${user}` } });
    else response.json({ code: 1001, message: 'wrong user or password' });
  }

  #authenticate(request: Request, response: Response, next: NextFunction): void {
    const { auth } = this.#options;
    const said = auth === 'bearer' ? this.#holder(request) : this.#signer(request);
    if ('refused' in said) {
      response.json({ code: 1002, message: said.refused });
      return;
    }
    response.locals.key = said.key;
    next();
  }

  #holder(request: Request): { key: string } | { refused: string } {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? [];
    const found = Object.entries(this.#options.keys).find(([, secret]) => secret === token);
    return found === undefined ? { refused: 'unknown key' } : { key: found[0] };
  }

  #signer(request: Request): { key: string } | { refused: string } {
    const key = request.get('x-key') ?? '';
    const stamp = request.get('x-time') ?? '';
    const secret = this.#options.keys[key];
    if (secret === undefined) return { refused: 'unknown key' };
    if (Math.abs(Date.now() - Number(stamp)) > STAMP_MS_MAX) return { refused: 'stale' };
    const text = `${request.method} ${request.originalUrl} ${stamp} ${bodyOf(request)}`;
    const wanted = createHmac('sha256', secret).update(text).digest();
    const given = Buffer.from(request.get('x-sign') ?? '', 'hex');
    const isRight = given.length === wanted.length && timingSafeEqual(given, wanted);
    return isRight ? { key } : { refused: 'wrong signature' };
  }

  #place(request: Request, response: Response): void {
    const { limit, windowMs, brokenBy = 1 } = this.#options;
    const nowMs = Date.now();
    const key = String(response.locals.key);
    const startMs = Math.floor(nowMs / windowMs) * windowMs;
    const window = this.#windows.get(key);
    const count = window?.startMs === startMs ? window.count : 0;
    if (count >= limit * brokenBy) {
      response.json({ code: 1429, message: 'too many orders', limit: 'ORDERS', waitMs: startMs + windowMs - nowMs });
      return;
    }
    this.#windows.set(key, { startMs, count: count + 1 });
    const { pair } = JSON.parse(bodyOf(request)) as { pair?: string };
    if (pair === undefined) response.json({ code: 1400, message: 'pair is missing' });
    else response.json({ code: 0, data: { id: ++this.#orders } });
  }
}

function bodyOf({ body }: Request): string {
  return typeof body === 'string' ? body : '';
}
