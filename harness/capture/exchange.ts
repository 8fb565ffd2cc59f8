/** One request on its way to the API and its answer on its way back, as they pass through. */
import { type Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Pairs, SeenExchange } from './har-entry.js';
import { KeptBody } from './kept-body.js';

/** Fields of one connection (RFC 9110, section 7.6.1), and those that the client and the server of Node write themselves. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);
/** What neither a name nor a value of a header may hold. */
const broken = /[\0\r\n]/;
const addressForm = /^127(?:\.\d{1,3}){3}$/;

export interface Upstream {
  readonly hostname: string;
  readonly port: number;
  /** As a person wrote it, without a path. */
  readonly origin: string;
  /** Stands before every path. */
  readonly basePath: string;
  /** Whether callers keep their own loopback address towards the API. */
  readonly keepsAddresses: boolean;
  readonly agent: Agent;
  /** Without a byte for so long, either side is given up. */
  readonly idleMs: number;
}

export interface Asked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Whether the client waits for "100 Continue" before its body. */
  readonly expectsContinue: boolean;
}

export class Exchange {
  readonly #asked: Asked;
  readonly #upstream: Upstream;
  readonly #onEnd: (seen: Omit<SeenExchange, 'who'>, address: string) => void;
  readonly #startedMs = performance.now();
  readonly #body = new KeptBody();
  readonly #address: string;
  #sentMs = 0;
  #answeredMs = 0;
  #answer: IncomingMessage | null = null;
  #answerBytes = 0;
  #error = '';
  #up: ClientRequest | null = null;

  constructor(asked: Asked, upstream: Upstream, onEnd: (seen: Omit<SeenExchange, 'who'>, address: string) => void) {
    this.#asked = asked;
    this.#upstream = upstream;
    this.#onEnd = onEnd;
    this.#address = asked.req.socket.remoteAddress ?? '';
  }

  /** Begins; everything else happens as it comes. */
  pass(): void {
    const { req, res } = this.#asked;
    res.once('close', () => this.#end());
    const headers = pairsOf(req.rawHeaders);
    if (!req.url?.startsWith('/') || headers.some(([name, value]) => broken.test(name) || broken.test(value))) {
      this.#refuse(400, 'the request can not be passed on as it stands');
      return;
    }
    try {
      this.#up = this.#ask(passedOn(headers, req));
    } catch (error) {
      this.#refuse(400, (error as Error).message);
      return;
    }
    this.#wire(this.#up);
  }

  #ask(headers: Pairs): ClientRequest {
    const { req } = this.#asked;
    const { hostname, port, agent, basePath, keepsAddresses } = this.#upstream;
    return request({
      hostname,
      port,
      agent,
      method: req.method ?? 'GET',
      path: basePath + req.url,
      headers: headers.flat(),
      setHost: false,
      insecureHTTPParser: false,
      ...(keepsAddresses && addressForm.test(this.#address) ? { localAddress: this.#address } : {}),
    });
  }

  #wire(up: ClientRequest): void {
    const { req, res, expectsContinue } = this.#asked;
    up.setTimeout(this.#upstream.idleMs, () => up.destroy(new Error('the API said nothing for too long')));
    up.once('response', (answer) => this.#answerWith(answer));
    up.once('error', (error) => this.#break(error.message));
    up.once('upgrade', (_answer, socket) => {
      socket.destroy();
      this.#refuse(502, 'the API changed the protocol unasked');
    });
    if (expectsContinue) up.once('continue', () => res.writeContinue());
    req.on('data', (piece: Buffer) => this.#body.add(piece));
    req.once('end', () => {
      this.#sentMs = performance.now();
    });
    // What is asked for in one piece goes out in one: the head waits for the body unless somebody waits for it.
    if (expectsContinue) up.flushHeaders();
    req.pipe(up);
    res.once('close', () => {
      if (!res.writableFinished) up.destroy();
    });
  }

  #answerWith(answer: IncomingMessage): void {
    const { req, res } = this.#asked;
    this.#answer = answer;
    this.#answeredMs = performance.now();
    res.sendDate = false;
    const headers = pairsOf(answer.rawHeaders).filter(([name]) => !isOfConnection(name, answer));
    // A client whose body was not wanted sends it all the same, or not: the connection can't be used again.
    if (!req.complete) headers.push(['Connection', 'close']);
    res.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', headers.flat());
    answer.on('data', (piece: Buffer) => {
      this.#answerBytes += piece.length;
    });
    answer.once('error', (error) => this.#break(error.message));
    answer.once('close', () => {
      if (!answer.complete) this.#break('the API ended its answer in the middle');
    });
    answer.pipe(res);
  }

  /** Before an answer has begun the client gets one, later only the end of the connection can tell him. */
  #break(why: string): void {
    const { res } = this.#asked;
    if (res.headersSent) {
      this.#error ||= why;
      res.destroy();
    } else {
      this.#refuse(502, why);
    }
  }

  #refuse(status: number, why: string): void {
    const { req, res } = this.#asked;
    this.#error ||= why;
    if (res.headersSent || res.destroyed) return;
    req.unpipe();
    req.resume();
    const body = `floodproof capture: ${why.replace(/[^\x20-\x7e]/g, '?')}\n`;
    res.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length, connection: 'close' });
    res.end(body);
  }

  #end(): void {
    const { req, res } = this.#asked;
    const endedMs = performance.now();
    const sentMs = this.#sentMs || endedMs;
    const answeredMs = this.#answeredMs || endedMs;
    const headers = pairsOf(req.rawHeaders);
    const { body, bytes, note } = this.#body.finish(headers);
    if (!res.writableFinished) this.#error ||= 'the client went away';
    const answer = this.#answer;
    this.#onEnd(
      {
        startedAt: isoOf(this.#startedMs),
        method: req.method ?? '',
        origin: this.#upstream.origin,
        path: (this.#upstream.basePath + (req.url ?? '')).replace(/[^\x21-\x7e]/g, '?'),
        headers,
        body,
        bodyBytes: bytes,
        bodyNote: note,
        status: answer?.statusCode ?? 0,
        statusText: answer?.statusMessage ?? '',
        answerHeaders: answer === null ? [] : pairsOf(answer.rawHeaders),
        answerBytes: this.#answerBytes,
        sendMs: Math.max(0, sentMs - this.#startedMs),
        waitMs: Math.max(0, answeredMs - sentMs),
        receiveMs: Math.max(0, endedMs - answeredMs),
        error: this.#error,
      },
      this.#address,
    );
  }
}

/** With microseconds, which HAR allows and two requests of one millisecond need to keep their order. */
function isoOf(ms: number): string {
  const us = Math.floor((performance.timeOrigin + ms) * 1000);
  const whole = new Date(Math.floor(us / 1000)).toISOString().slice(0, -1);
  return `${whole}${String(us % 1000).padStart(3, '0')}Z`;
}

function pairsOf(raw: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] as string, raw[2 * i + 1] as string]);
}

function isOfConnection(name: string, { headers }: IncomingMessage): boolean {
  const lower = name.toLowerCase();
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  return ofConnection.has(lower) || (named.includes(lower) && lower !== 'close');
}

/** Names, order and spelling of the client; how the body is framed stays too. */
function passedOn(headers: Pairs, req: IncomingMessage): Pairs {
  const kept = headers.filter(([name]) => !isOfConnection(name, req));
  if (req.headers['transfer-encoding'] !== undefined) return [...kept, ['Transfer-Encoding', 'chunked']];
  const hasLength = req.headers['content-length'] !== undefined;
  const mayHaveBody = !['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'].includes(req.method ?? '');
  // Or the client of Node would send an empty body in chunks.
  return hasLength || !mayHaveBody ? kept : [...kept, ['Content-Length', '0']];
}
