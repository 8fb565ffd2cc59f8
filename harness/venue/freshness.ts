/**
 * Whether a request is fresh by what it claims, and what a gate is told of it instead of its claim.
 *
 * A gate knows one rule, that of a window. So it is told of a request that was made just now and asks for a window as long
 * as the request may still come again, or that is stale or from the future to the gate as it is by its own rule. Whatever
 * the gate has to say first it says first then: limits by ip are charged and a forgery is a forgery, however old it is.
 *
 * A gate that remembers signatures keeps a claim up to timestamp + window, that instant included. The timestamp that it
 * is told is `nowUs` - 1 (a window of 0 would be the policy's), so a window of `lifeUs` + 1 keeps it to `nowUs` + `lifeUs`,
 * the last instant at which the request could be accepted: for one that expires, the one before `expiresUs`. Such a life is at
 * most as long as the policy's window by a clock that is ahead by less than the policy allows, which is what the gate was
 * compiled for; so a longer one is refused as from the future. Where nothing is remembered no life is too long.
 *
 * A number that rises in a request whose profile asks for none is more than is asked. It counts, and what it signs is
 * remembered all the same: the signature may be as good without the number (Kraken Futures).
 */
import { Decision } from '../core/spec.js';
import type { FreshnessClaim } from '../signing/profile.js';
import type { RisingNonces } from './rising-nonces.js';

/** All but that of a window, which gates know themselves. */
export type OtherClaim = Exclude<FreshnessClaim, { readonly rule: 'window' }>;

export interface FreshnessRules {
  /** A clock is ahead by less than this, or not at all. */
  readonly futureUs: number;
  /** How far ahead a request may expire, where it is remembered. */
  readonly windowUs: number;
  /** Whether a signature is accepted once. */
  readonly remembers: boolean;
  /** What the gate was compiled with. */
  readonly windowUsMax: number;
  /** How far the wall clock falls back behind the gate's in the whole run: a request may live longer by it. */
  readonly fallsUs: number;
}

export interface Freshness {
  /** `admitted`, `stale` or `fromFuture`. */
  readonly verdict: Decision;
  /** How long the request may be accepted again from now on, by the gate's clock; the last instant included. */
  readonly lifeUs: number;
}

const STALE: Freshness = { verdict: Decision.stale, lifeUs: 0 };
const FROM_FUTURE: Freshness = { verdict: Decision.fromFuture, lifeUs: 0 };
const FRESH: Freshness = { verdict: Decision.admitted, lifeUs: 0 };

/** @param nonces - the numbers that count here; null: nobody looks at them. */
export function freshnessOf(
  claim: OtherClaim,
  keyId: string,
  wallUs: number,
  rules: FreshnessRules,
  nonces: RisingNonces | null,
): Freshness {
  switch (claim.rule) {
    case 'nonce':
      return nonces === null || nonces.isHigher(keyId, claim.nonce) ? everFresh(rules) : STALE;
    case 'none':
      return everFresh(rules);
    case 'expiry':
      return expiryOf(claim, wallUs, rules);
  }
}

/** Forever, as far as a gate can say. */
function everFresh({ remembers, windowUsMax }: FreshnessRules): Freshness {
  return remembers ? { verdict: Decision.admitted, lifeUs: windowUsMax - 1 } : FRESH;
}

function expiryOf(
  { expiresUs, notBeforeUs }: Extract<OtherClaim, { readonly rule: 'expiry' }>,
  wallUs: number,
  { windowUs, futureUs, remembers, fallsUs }: FreshnessRules,
): Freshness {
  const aheadUs = Math.max(0, futureUs - 1);
  if (notBeforeUs !== null && wallUs + aheadUs < notBeforeUs) return FROM_FUTURE;
  if (!remembers) return wallUs < expiresUs ? FRESH : STALE;
  if (wallUs >= expiresUs) return STALE;
  const leftUs = expiresUs - 1 - wallUs;
  if (leftUs > windowUs + aheadUs) return FROM_FUTURE;
  return { verdict: Decision.admitted, lifeUs: leftUs + fallsUs };
}
