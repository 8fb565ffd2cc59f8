/**
 * Any limiter behind an HTTP endpoint of this machine: a request for each call, told apart by a header field that says
 * whose it is. 429 is a refusal, with Retry-After and RateLimit fields where they are sent; 2xx and 3xx are admitted.
 */
import { createHash, randomUUID } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { type Dispatcher, Pool } from 'undici';
import { FloodproofError } from '../../errors.js';
import type { Consumed, Limiter, LimiterAdapter } from '../contract.js';
import { assertOneCell } from './peer.js';
import { remainingOf, retryAfterUsOf } from './rate-limit-fields.js';

export interface HttpEndpoint {
  /** `http://`, on a loopback address or `localhost`. */
  readonly url: string;
  /** `GET` by default. */
  readonly method?: string;
  /** The field that the endpoint counts by; `x-api-key` by default. */
  readonly keyField?: string;
  /** Further fields of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Histories ask up to so many at once. */
const CONNECTIONS = 16;
const DEADLINE_MS = 5_000;
const KEY_LENGTH_MAX = 1_000;

interface Place {
  readonly origin: string;
  readonly path: string;
  readonly host: string;
}

/** @throws {FloodproofError} FP_USAGE, FP_TARGET_FORBIDDEN */
export function httpAdapter(endpoint: HttpEndpoint): LimiterAdapter {
  const place = placeOf(endpoint.url);
  return {
    name: `${endpoint.method ?? 'GET'} ${endpoint.url}`,
    clock: 'real',
    create: () => limiterOf(endpoint, place),
  };
}

/**
 * Asks once, under a key that no history has: a server that is not there breaks no promise.
 * @throws {FloodproofError} FP_TARGET_UNREACHABLE, FP_USAGE when it answers what is neither an admission nor a refusal.
 */
export async function assertEndpointAnswers(endpoint: HttpEndpoint): Promise<void> {
  const limiter = limiterOf(endpoint, placeOf(endpoint.url));
  try {
    await limiter.consume('first', 1, 0);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof UnclearStatus) {
      throw new FloodproofError('FP_USAGE', `${endpoint.url}: ${words}`, {
        hint: 'name a path that answers 2xx or 3xx, and 429 when there have been too many requests',
        cause,
      });
    }
    throw new FloodproofError('FP_TARGET_UNREACHABLE', `${endpoint.url} does not answer: ${words}`, { cause });
  } finally {
    await limiter.close?.();
  }
}

/** Neither an admission nor a refusal. */
class UnclearStatus extends Error {}

/** Only loopback is asked, and no name but `localhost` is looked up, so nobody else's server is. */
function placeOf(text: string): Place {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:') {
    throw new FloodproofError('FP_USAGE', `${text} is no http:// URL`, { hint: 'write http://127.0.0.1:PORT/path' });
  }
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const address = name === 'localhost' ? '127.0.0.1' : name;
  if (!ipaddr.isValid(address) || ipaddr.process(address).range() !== 'loopback') {
    throw new FloodproofError('FP_TARGET_FORBIDDEN', `${text}: ${name} is not a loopback address`);
  }
  const origin = `http://${address.includes(':') ? `[${address}]` : address}:${url.port === '' ? '80' : url.port}`;
  return { origin, path: `${url.pathname}${url.search}`, host: url.host };
}

function limiterOf({ method, keyField, headers }: HttpEndpoint, { origin, path, host }: Place): Limiter {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
  });
  // The server remembers what others have asked before, so each limiter has keys of its own.
  const mark = randomUUID();
  return {
    consume: async (key, cost, nowUs) => {
      assertOneCell(cost);
      const answer = await pool.request({
        path,
        method: (method ?? 'GET') as Dispatcher.HttpMethod,
        headers: { host, ...headers, [keyField ?? 'x-api-key']: `${mark}-${fieldText(key)}` },
      });
      await answer.body.dump();
      return consumedOf(answer, nowUs);
    },
    close: () => pool.close(),
  };
}

function consumedOf({ statusCode, headers }: Dispatcher.ResponseData, nowUs: number): Consumed {
  const admitted = statusCode >= 200 && statusCode < 400;
  if (!admitted && statusCode !== 429) throw new UnclearStatus(`the endpoint answered ${statusCode}`);
  const remaining = remainingOf(headers);
  const retryAfterUs = admitted ? null : retryAfterUsOf(headers, nowUs);
  return {
    admitted,
    ...(remaining === null ? {} : { remaining }),
    ...(retryAfterUs === null ? {} : { retryAfterUs }),
  };
}

/** As a header field can hold it; different keys stay different. */
function fieldText(key: string): string {
  if (/^[\x21-\x7e]*$/.test(key) && key.length <= KEY_LENGTH_MAX) return `k${key}`;
  // UTF-16, since half of a surrogate pair has no UTF-8 of its own.
  const bytes = Buffer.from(key, 'utf16le');
  if (bytes.length <= KEY_LENGTH_MAX) return `b${bytes.toString('base64url')}`;
  return `h${createHash('sha256').update(bytes).digest('base64url')}`;
}
