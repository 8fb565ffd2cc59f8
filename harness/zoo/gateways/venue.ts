/**
 * A small trading API behind a gate of the TypeScript core. Each step is a method of its own, so that the broken ones can
 * do a single one wrongly.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredAccount } from '../../actors/world.js';
import { Answer, Decision, decisionNames, type Gate, type GateSpec } from '../../core/spec.js';
import { type Clock, startClock } from '../../gateway/clock.js';
import { openEngine } from '../../native/engine.js';
import { compilePolicy } from '../../scenario/compile.js';
import { type Policy, type RequestClass, requestClasses } from '../../scenario/plan.js';
import { readSigned, type SignatureForm, type SignedRequest, signatureForm } from '../../signing/hmac-lines.js';

/** What is known of a request when it is decided. */
export interface Ask {
  readonly requestClass: RequestClass;
  readonly ip: string;
  /** Whom a login names; '' for all other requests. */
  readonly username: string;
  /** null: it has to be signed, and nothing of it can be read. Undefined: it need not be signed. */
  readonly signed: SignedRequest | null | undefined;
  readonly request: IncomingMessage;
}

export interface Ruling {
  readonly decision: Decision;
  /** Name of the limit that decided; '' = none. */
  readonly limit: string;
  /** From now on, whole milliseconds; 0 = not told. */
  readonly retryAfterMs: number;
  /** Admitted, and to be served so many milliseconds from now. */
  readonly delayMs: number;
}

export interface Served {
  readonly status: number;
  readonly body: string;
}

const BODY_BYTES_MAX = 16_384;
const orderPath = /^\/v1\/orders\/([A-Za-z0-9-]{1,64})$/;

export class Venue {
  protected readonly spec: GateSpec;
  protected readonly clock: Clock = startClock();
  protected readonly registered: readonly RegisteredAccount[];
  /** Open orders: the account of each. */
  protected readonly orders = new Map<string, string>();
  protected gate: Gate;
  readonly #form: SignatureForm;
  readonly #accountByKey = new Map<string, string>();
  readonly #passwords = new Map<string, string>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #orderCount = 0;

  constructor(policy: Policy, registered: readonly RegisteredAccount[]) {
    this.registered = registered;
    this.spec = compilePolicy(policy, this.clock.originUs);
    this.#form = signatureForm(this.spec.auth ?? { hash: 'sha256', encoding: 'hex' });
    for (const { account, password, keyId } of registered) {
      this.#passwords.set(account, password);
      if (keyId !== '') this.#accountByKey.set(keyId, account);
    }
    this.gate = this.freshGate();
  }

  /** @returns its address, on a free port of 127.0.0.1. */
  async listen(): Promise<string> {
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    });
    this.#server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 });
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops listening and breaks every connection. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** A gate of its policy in which nothing is charged. */
  protected freshGate(): Gate {
    const gate = openEngine('ts').createGate(this.spec);
    for (const { keyId, secret, account } of this.registered) {
      if (keyId !== '') gate.addKey(keyId, secret, account);
    }
    return gate;
  }

  protected ipOf(request: IncomingMessage): string {
    return request.socket.remoteAddress ?? '';
  }

  protected decide(ask: Ask): Ruling | Promise<Ruling> {
    return this.decideBy(this.gate, ask);
  }

  /** Asks a gate for everything: limits by address, signature, all other limits. */
  protected decideBy(gate: Gate, ask: Ask): Ruling {
    const { requestClass, ip, username, signed } = ask;
    const nowUs = this.clock.nowUs();
    const classId = requestClasses.indexOf(requestClass);
    const decision =
      signed === undefined
        ? gate.decide(nowUs, classId, ip, username, '', 0, 0, '', '')
        : this.#decideSigned(gate, nowUs, classId, ip, signed);
    return this.rule(gate, nowUs, decision);
  }

  #decideSigned(gate: Gate, nowUs: number, classId: number, ip: string, signed: SignedRequest | null): Decision {
    // An empty key id is malformed for every gate, after the limits by address.
    if (signed === null) return gate.decide(nowUs, classId, ip, '', '', 0, 0, '', '');
    const { keyId, timestampUs, windowUs, message, signature } = signed;
    return gate.decide(nowUs, classId, ip, '', keyId, timestampUs, windowUs, message, signature);
  }

  /** Reads the gate's answer to what it has just decided. */
  protected rule(gate: Gate, nowUs: number, decision: Decision): Ruling {
    const { answer } = gate;
    const limit = this.spec.limits[answer[Answer.limit] ?? -1]?.name ?? '';
    if (decision === Decision.admitted) {
      return { decision, limit, retryAfterMs: 0, delayMs: Math.ceil((answer[Answer.delayUs] ?? 0) / 1000) };
    }
    const isLater = decision === Decision.throttled || decision === Decision.banned;
    const waitUs = isLater ? Math.max(1, (answer[Answer.retryAtUs] ?? 0) - nowUs) : 0;
    return { decision, limit, retryAfterMs: Math.ceil(waitUs / 1000), delayMs: 0 };
  }

  /** Whom an admitted request acts for. */
  protected accountOf({ signed }: Ask): string {
    return signed === null || signed === undefined ? '' : (this.#accountByKey.get(signed.keyId) ?? '');
  }

  /** Does what was admitted. */
  protected perform(ask: Ask, body: string): Served {
    const account = this.accountOf(ask);
    switch (ask.requestClass) {
      case 'login':
        return this.#login(body);
      case 'ticker':
        return { status: 200, body: '{"last":"100.25"}' };
      case 'account':
        return { status: 200, body: JSON.stringify({ account, openOrders: this.openOrders(account) }) };
      case 'order.place': {
        const orderId = `order-${++this.#orderCount}`;
        this.orders.set(orderId, account);
        return { status: 201, body: JSON.stringify({ orderId }) };
      }
      default:
        return this.#change(ask, account);
    }
  }

  openOrders(account: string): number {
    return [...this.orders.values()].filter((owner) => owner === account).length;
  }

  #login(body: string): Served {
    const { username, password } = JSON.parse(body) as { username: string; password: string };
    const isRight = this.#passwords.get(username) === password;
    return isRight ? { status: 200, body: '{"token":"t"}' } : { status: 401, body: '{}' };
  }

  #change({ requestClass, request }: Ask, account: string): Served {
    const orderId = orderPath.exec(request.url ?? '')?.[1] ?? '';
    if (this.orders.get(orderId) !== account) return { status: 403, body: '{}' };
    if (requestClass === 'order.cancel') this.orders.delete(orderId);
    return { status: 200, body: JSON.stringify({ orderId }) };
  }

  /** From the first byte of a request to the last of its answer. */
  protected async serve(ask: Ask, body: string, response: ServerResponse): Promise<void> {
    const ruling = await this.decide(ask);
    if (ruling.decision !== Decision.admitted) return this.refuse(ruling, response);
    if (ruling.delayMs > 0) await sleep(ruling.delayMs);
    this.send(response, ruling, this.perform(ask, body));
  }

  protected refuse(ruling: Ruling, response: ServerResponse): void {
    const { decision, limit, retryAfterMs } = ruling;
    const error = { reason: decisionNames[decision], limit, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) };
    if (retryAfterMs > 0) response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    this.send(response, ruling, { status: statusOf(decision), body: JSON.stringify({ error }) });
  }

  protected send(response: ServerResponse, { decision }: Ruling, { status, body }: Served): void {
    const headers = { 'content-type': 'application/json', 'x-gate': decisionNames[decision] };
    response.writeHead(status, headers).end(body);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const requestClass = classOf(request);
      if (requestClass === null || body === null) {
        response.writeHead(404, { 'x-gate': 'unasked' }).end();
        return;
      }
      const username = requestClass === 'login' ? usernameOf(body) : '';
      const signed = this.#signedOf(request, requestClass, body);
      await this.serve({ requestClass, ip: this.ipOf(request), username, signed, request }, body, response);
    } catch {
      // Whatever a caller sends, the others are served on.
      response.destroy();
    }
  }

  #signedOf(request: IncomingMessage, requestClass: RequestClass, body: string): SignedRequest | null | undefined {
    if (this.spec.auth?.signed[requestClasses.indexOf(requestClass)] !== true) return undefined;
    const sent = { method: request.method ?? '', path: request.url ?? '', body };
    const signed = readSigned(request.headers, sent, this.#form);
    return 'malformed' in signed ? null : signed;
  }
}

function statusOf(decision: Decision): number {
  if (decision === Decision.throttled || decision === Decision.never) return 429;
  return decision === Decision.banned ? 418 : 401;
}

function classOf({ method, url = '' }: IncomingMessage): RequestClass | null {
  const path = url.split('?', 1)[0] ?? '';
  if (method === 'GET') return path === '/v1/ticker' ? 'ticker' : path === '/v1/account' ? 'account' : null;
  if (method === 'POST') return path === '/v1/login' ? 'login' : path === '/v1/orders' ? 'order.place' : null;
  if (!orderPath.test(path)) return null;
  return method === 'PUT' ? 'order.amend' : method === 'DELETE' ? 'order.cancel' : null;
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Whom a login names, in a form that a gate takes. */
function usernameOf(body: string): string {
  const { username } = JSON.parse(body) as { username?: unknown };
  return typeof username === 'string' && /^[\x21-\x7e]{1,256}$/.test(username) ? username : '(unreadable)';
}
