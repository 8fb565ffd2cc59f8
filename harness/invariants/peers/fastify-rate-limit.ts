/**
 * @fastify/rate-limit over its local store, asked through the function that `fastify.createRateLimit` makes, which is
 * what its hooks call for each request.
 *
 * What it claims, from its README: `max`: "maximum number of requests a single client can perform inside a timeWindow";
 * `cache`: "this plugin internally uses an LRU cache to handle the clients, you can change the size of the cache with this
 * option" (5,000 by default).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Contract, Limiter } from '../contract.js';
import { assertOneCell, definePeer, type Peer, type PeerSetup } from './peer.js';

const MAX = 5;

interface Setup extends PeerSetup {
  readonly windowMs: number;
  readonly cache: number;
}

function setup(words: string, windowMs: number, cache: number): Setup {
  const contract: Contract = {
    promises: [
      {
        family: 'fixed-window',
        capacity: MAX,
        windowUs: windowMs * 1_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      },
    ],
    grainUs: 1_000,
    // `ttl` is in milliseconds; the header field made of it would be in seconds.
    keys: cache,
    costMax: 1,
    overCapacity: 'refused',
    // Nothing is said of a clock that is set.
    clockBack: 'undefined',
  };
  return { words: `max ${MAX} per ${words}`, windowMs, cache, contract };
}

/** More clients than a check asks for. */
const ROOMY = 10_000;

const setups: Readonly<Record<string, Setup>> = {
  second: setup('second', 1_000, ROOMY),
  minute: setup('minute', 60_000, ROOMY),
  '365-days': setup('365 days', 31_536_000_000, ROOMY),
  // A client whose entry was dropped for others is not known any more.
  'small-cache': setup('minute, cache 100', 60_000, 100),
};

type RateLimitCheck = ReturnType<FastifyInstance['createRateLimit']>;

/** What it touches of a request; it is told the key by `keyGenerator`. */
interface KeyedRequest {
  readonly key: string;
  readonly routeOptions: Readonly<Record<string, never>>;
}

function limiterOf(check: RateLimitCheck): Limiter {
  return {
    consume: async (key, cost) => {
      assertOneCell(cost);
      const request: KeyedRequest = { key, routeOptions: {} };
      const limit = await check(request as unknown as FastifyRequest);
      // Only keys of an allow list are excused from the limit, and there is none.
      if (limit.isAllowed) throw new Error(`${key} is excused from the limit`);
      if (!limit.isExceeded) return { admitted: true, remaining: limit.remaining };
      return { admitted: false, remaining: limit.remaining, retryAfterUs: limit.ttl * 1_000 };
    },
  };
}

/** One server for all limiters: each that is made has a store of its own. */
async function loadServer(): Promise<FastifyInstance> {
  const [{ default: fastify }, { default: rateLimit }] = await Promise.all([
    import('fastify'),
    import('@fastify/rate-limit'),
  ]);
  const server = fastify();
  await server.register(rateLimit, { global: false });
  await server.ready();
  return server;
}

export const fastifyRateLimit: Peer = definePeer(
  '@fastify/rate-limit',
  setups,
  loadServer,
  ({ windowMs, cache }, server) => {
    const options = {
      max: MAX,
      timeWindow: windowMs,
      cache,
      keyGenerator: (request: FastifyRequest) => (request as unknown as KeyedRequest).key,
    };
    return limiterOf(server.createRateLimit(options));
  },
);
