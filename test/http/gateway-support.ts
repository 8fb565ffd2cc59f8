/** What the tests of the gateway share: a policy, two accounts, and callers that sign. */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { RegisteredAccount } from '../../harness/actors/world.js';
import type { LimitPart } from '../../harness/core/spec.js';
import type { GatewayBounds } from '../../harness/gateway/bounds.js';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { startGateway } from '../../harness/gateway/gateway.js';
import type { Policy, PolicyLimit, RequestClass, TokenBucketLimit } from '../../harness/scenario/plan.js';
import { requestClasses } from '../../harness/scenario/plan.js';
import { headersFor } from '../../harness/signing/hmac-lines.js';
import { aTokenBucket } from '../support/plan-builder.js';

export const ann: RegisteredAccount = {
  account: 'ann',
  password: 'correct horse',
  keyId: 'key-of-ann',
  secret: 'secret-of-ann',
};
export const bob: RegisteredAccount = {
  account: 'bob',
  password: 'battery staple',
  keyId: 'key-of-bob',
  secret: 'secret-of-bob',
};
export const order = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '10.5', quantity: '1' };

export function costsOf(classes: readonly RequestClass[], cost = 1): number[] {
  return requestClasses.map((name) => (classes.includes(name) ? cost : 0));
}

export function bucket(
  name: string,
  part: LimitPart,
  classes: readonly RequestClass[],
  numbers: { capacity: number; refillCells: number; refillPeriodUs: number },
): TokenBucketLimit {
  return aTokenBucket({ name, by: [part], costs: costsOf(classes), ...numbers });
}

/** Signed trading routes, no limits unless they are given. */
export function policyOf(limits: readonly PolicyLimit[] = [], change: Partial<Policy> = {}): Policy {
  const signed: readonly RequestClass[] = ['account', 'order.place', 'order.amend', 'order.cancel'];
  return {
    name: 'test',
    file: 'test.yaml',
    auth: {
      profile: 'hmac-lines',
      hash: 'sha256',
      encoding: 'hex',
      signed: requestClasses.map((name) => signed.includes(name)),
      windowUs: 5_000_000,
      futureUs: 1_000_000,
      replay: 'refuse',
      replayCapacity: 1000,
      replayPerKey: 1000,
    },
    clientIp: { from: 'socket' },
    limits,
    resolutionUs: 1,
    weaknesses: [],
    nodes: 1,
    slackCells: 0,
    exclusive: true,
    latestDecisionUs: 10_000_000,
    password: { scryptN: 16, scryptR: 1, scryptP: 1 },
    ...change,
  };
}

export function startTestGateway(
  policy: Policy,
  bounds: Partial<GatewayBounds> = {},
  registered: readonly RegisteredAccount[] = [ann, bob],
): Promise<Gateway> {
  return startGateway({ policy, engine: 'ts', host: '127.0.0.1', port: 0, registered, bounds });
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** null when it is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** `error.reason`, '' = none. */
  readonly reason: string;
  readonly error: Readonly<Record<string, unknown>>;
}

/** A signed request before it is sent, so that a test can spoil it or send it twice. */
export interface Prepared {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

/** Sends from one address; keeps its connections until `close`. */
export class Caller {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, localAddress = '127.0.0.1') {
    this.#url = url;
    this.#agent = new Agent({ localAddress });
  }

  async send(prepared: Prepared): Promise<Answer> {
    const { method, path, headers, body } = prepared;
    const answer = await request(this.#url + path, { method, headers, body, dispatcher: this.#agent });
    const text = await answer.body.text();
    const json = parsed(text);
    const error = isRecord(json?.error) ? json.error : {};
    const reason = typeof error.reason === 'string' ? error.reason : '';
    return { status: answer.statusCode, headers: answer.headers, json, reason, error };
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.send({ method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body: text });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'GET', path, headers, body: null });
  }

  login(username: unknown, password: unknown): Promise<Answer> {
    return this.post('/v1/login', { username, password });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

let nonces = 0;

/** @param options.agoMs - How long before now the request says that it was signed. */
export function signed(
  account: RegisteredAccount,
  method: Prepared['method'],
  path: string,
  body: unknown = null,
  options: { agoMs?: number; nonce?: string } = {},
): Prepared {
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const fields = {
    timestampMs: Date.now() - (options.agoMs ?? 0),
    nonce: options.nonce ?? `nonce-${++nonces}`,
    keyId: account.keyId,
    windowMs: 0,
    method,
    path,
    body: text,
  };
  const headers = headersFor(fields, (_keyId, message) =>
    createHmac('sha256', account.secret).update(message).digest('hex'),
  );
  const type = body === null ? {} : { 'content-type': 'application/json' };
  return { method, path, headers: { ...headers, ...type }, body: body === null ? null : text };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
