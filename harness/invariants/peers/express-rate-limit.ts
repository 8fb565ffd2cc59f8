/**
 * express-rate-limit: the real `rateLimit()` middleware over its memory store, with a request and a response that have
 * just what it touches. What it decides is read where a client would: whether the next handler is called, and from the
 * header fields.
 *
 * What it claims, from its readme: `windowMs`: "How long to remember requests for, in milliseconds", `limit`: "How many
 * requests to allow". The window of a key starts at its first request.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { MemoryStore } from 'express-rate-limit';
import type { Consumed, Contract, Limiter } from '../contract.js';
import { assertOneCell, definePeer, type Peer, type PeerSetup } from './peer.js';

const LIMIT = 5;

interface Setup extends PeerSetup {
  readonly windowMs: number;
}

function setup(words: string, windowMs: number): Setup {
  const contract: Contract = {
    promises: [
      {
        family: 'fixed-window',
        capacity: LIMIT,
        windowUs: windowMs * 1_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      },
    ],
    grainUs: 1_000,
    // Retry-After is in whole seconds.
    retryGrainUs: 1_000_000,
    costMax: 1,
    overCapacity: 'refused',
    // Nothing is said of a clock that is set.
    clockBack: 'undefined',
  };
  return { words: `limit ${LIMIT} per ${words}`, windowMs, contract };
}

const setups: Readonly<Record<string, Setup>> = {
  second: setup('second', 1_000),
  '15-minutes': setup('15 minutes', 900_000),
  // A windowMs above 2^31 - 1 is answered by ERR_ERL_WINDOW_MS on the console; the middleware serves all the same.
  '365-days': setup('365 days', 31_536_000_000),
};

/** What the middleware prints on the console goes nowhere: it is not what is checked. */
const silent = { warn: (): void => undefined, error: (): void => undefined };

/** As the middleware sees it; it is told the key by `keyGenerator`. */
class Exchange {
  readonly headers: Readonly<Record<string, string>> = {};
  readonly headersSent = false;
  readonly key: string;
  readonly fields = new Map<string, string>();
  status200 = true;

  constructor(key: string) {
    this.key = key;
  }

  setHeader(name: string, value: string): void {
    this.fields.set(name.toLowerCase(), value);
  }

  status(code: number): this {
    this.status200 = code === 200;
    return this;
  }

  send(): void {
    this.status200 = false;
  }

  /** @returns null when the field was not sent. */
  wholeNumber(field: string): number | null {
    const text = this.fields.get(field);
    return text === undefined ? null : Number(text);
  }
}

function answer(admitted: boolean, exchange: Exchange): Consumed {
  const remaining = exchange.wholeNumber('ratelimit-remaining');
  const retryAfterS = exchange.wholeNumber('retry-after');
  return {
    admitted,
    ...(remaining === null ? {} : { remaining }),
    ...(retryAfterS === null ? {} : { retryAfterUs: retryAfterS * 1_000_000 }),
  };
}

function limiterOf(middleware: RequestHandler, store: MemoryStore): Limiter {
  return {
    consume: async (key, cost) => {
      assertOneCell(cost);
      const exchange = new Exchange(key);
      let admitted = false;
      const next = (error?: unknown): void => {
        if (error !== undefined) throw error;
        admitted = true;
      };
      await middleware(exchange as unknown as Request, exchange as unknown as Response, next);
      return answer(admitted, exchange);
    },
    close: () => store.shutdown(),
  };
}

export const expressRateLimit: Peer = definePeer(
  'express-rate-limit',
  setups,
  () => import('express-rate-limit'),
  ({ windowMs }, { rateLimit, MemoryStore }) => {
    // Its own default store, kept at hand so that its timer can be ended.
    const store = new MemoryStore();
    const middleware = rateLimit({
      windowMs,
      limit: LIMIT,
      store,
      standardHeaders: 'draft-6',
      legacyHeaders: false,
      keyGenerator: (request) => (request as unknown as Exchange).key,
      logger: silent,
    });
    return limiterOf(middleware, store);
  },
);
