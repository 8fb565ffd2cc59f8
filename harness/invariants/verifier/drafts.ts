/** Requests of honest callers, made up: drafts are generated and shrunk, a pen writes them out for an instant. */
import fc from 'fast-check';
import type { Claims } from './claims.js';
import type { UnsignedRequest, VerifyRequest } from './contract.js';
import { ceilTo, floorTo, lifeUs } from './freshness.js';
import { type Holder, sign } from './signer.js';

/** November 2023: histories start here or up to twelve days later. */
export const HISTORY_START_US = 1_700_000_000_000_000;
const START_SPREAD_US = 1_000_000_000_000;

/** Their ids, accounts and scopes begin alike, so that whoever compares the beginnings alone is found out. */
export const holders: readonly [Holder, Holder, Holder] = [
  { keyId: 'key-1', secret: 'hush-6c1f0b7d52e94a38', account: 'alice', scopes: ['read', 'trade'] },
  { keyId: 'key-10', secret: 'hush-6c1f0b7d52e94a39', account: 'alice-2', scopes: ['read'] },
  { keyId: 'key-2', secret: 'quiet-91d3e8aa40cf7762', account: 'bob', scopes: ['read', 'trade', 'withdraw'] },
];

export const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** Numbers are in percent of what is possible, so that they mean something under every contract. */
export interface Draft {
  readonly holder: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly scope: number;
  /** 0: signed just now, 100: as old as can be, -100: as far ahead of the clock. */
  readonly age: number;
  /** 0: asks for none, 100: for more than it can have. */
  readonly window: number;
  /** Time since the request before, in thousandths of the longest life. */
  readonly gap: number;
}

const names = ['symbol', 'amount', 'side', 'limit'] as const;

/** The first of several kinds is the simplest, and what the others are shrunk to. */
const simplest = { withCrossShrink: true } as const;

/** Text as people type it; what no wire can carry (half of a surrogate pair) is left out. */
const bodies = fc.oneof(
  simplest,
  fc.constant(''),
  fc
    .record({ symbol: fc.constantFrom('BTC-USD', 'ETH-EUR'), amount: fc.nat(1000) })
    .map((order) => JSON.stringify(order)),
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\p{Surrogate}\ufffd]/u.test(text)),
);

const queries = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.nat(1000)), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

export const drafts: fc.Arbitrary<Draft> = fc.record({
  holder: fc.nat(holders.length - 1),
  method: fc.constantFrom(...methods),
  path: fc.constantFrom('/v1/orders', '/v1/account', '/v1/orders/abc-1'),
  query: queries,
  body: bodies,
  scope: fc.nat(9),
  age: fc.oneof(simplest, fc.constantFrom(0, 100, -100), fc.integer({ min: -100, max: 100 })),
  window: fc.oneof(simplest, fc.constant(0), fc.constant(100), fc.nat(100)),
  gap: fc.oneof(simplest, fc.constant(0), fc.nat(20), fc.nat(2000)),
});

/** When a history starts. */
export function starts(claims: Claims): fc.Arbitrary<number> {
  return fc.nat(START_SPREAD_US).map((offsetUs) => ceilTo(HISTORY_START_US + offsetUs, claims.grainUs));
}

const WINDOW_US_MAX = 10 * 366 * 86_400 * 1_000_000;

/** Writes drafts out; no two of its requests have the same nonce. */
export class Pen {
  readonly #claims: Claims;
  #nonces = 0;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  holderOf(draft: Draft): Holder {
    return holders[draft.holder] ?? holders[0];
  }

  /** A request that is right and fresh at `nowUs`. */
  write(draft: Draft, nowUs: number): VerifyRequest {
    return sign(this.#claims, this.holderOf(draft).secret, this.plain(draft, nowUs));
  }

  plain(draft: Draft, nowUs: number): UnsignedRequest {
    const holder = this.holderOf(draft);
    this.#nonces += 1;
    const windowUs = this.#windowUs(draft.window);
    return {
      keyId: holder.keyId,
      timestampUs: this.#timestampUs(draft.age, windowUs, nowUs),
      windowUs,
      nonce: `n${this.#nonces}`,
      method: draft.method,
      path: draft.path,
      query: draft.query,
      body: draft.body,
      algorithm: this.#claims.algorithm,
      account: holder.account,
      scope: holder.scopes[draft.scope % holder.scopes.length] ?? 'read',
    };
  }

  #windowUs(percent: number): number {
    const { asksWindow, windowUsMax, timestampGrainUs, grainUs } = this.#claims;
    if (!asksWindow || percent === 0) return 0;
    const leastUs = 2 * ceilTo(Math.max(timestampGrainUs, grainUs), timestampGrainUs);
    if (percent === 100) return floorTo(Math.min(WINDOW_US_MAX, Math.max(leastUs, 2 * windowUsMax)), timestampGrainUs);
    return Math.max(leastUs, floorTo((windowUsMax / 100) * percent, timestampGrainUs));
  }

  /**
   * A timestamp that is fresh at `nowUs`. The last one is the last step before now + futureUs (or at it); the first one
   * is taken a grain younger than need be, so that it is fresh wherever staleness begins. Between them lie life - grain
   * microseconds at least, and a life is two steps or grains, whichever is longer: so there is a step among them.
   */
  #timestampUs(percent: number, windowUs: number, nowUs: number): number {
    const claims = this.#claims;
    const stepUs = claims.timestampGrainUs;
    const lastUs = floorTo(nowUs + claims.futureUs - (claims.futureFrom === 'at' ? 1 : 0), stepUs);
    const firstUs = ceilTo(nowUs - lifeUs(claims, windowUs) + claims.grainUs, stepUs);
    const presentUs = Math.min(lastUs, floorTo(nowUs, stepUs));
    const aheadUs = floorTo(((lastUs - presentUs) / 100) * -percent, stepUs);
    const agedUs = floorTo(((presentUs - firstUs) / 100) * percent, stepUs);
    return percent < 0 ? presentUs + aheadUs : presentUs - agedUs;
  }
}

/** The instants of a history's requests, each after its gap. */
export function* walk(
  claims: Claims,
  startUs: number,
  list: readonly Draft[],
): Generator<{ readonly draft: Draft; readonly nowUs: number }> {
  let nowUs = startUs;
  for (const draft of list) {
    nowUs += floorTo((claims.windowUsMax / 1000) * draft.gap, claims.grainUs);
    yield { draft, nowUs };
  }
}
