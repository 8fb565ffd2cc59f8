/** The instants between which a request is fresh, in whole grains of the verifier's clock. */
import type { Claims } from './claims.js';
import type { UnsignedRequest } from './contract.js';

export function floorTo(valueUs: number, grainUs: number): number {
  return Math.floor(valueUs / grainUs) * grainUs;
}

export function ceilTo(valueUs: number, grainUs: number): number {
  return Math.ceil(valueUs / grainUs) * grainUs;
}

/** How long a request lives that asks for `windowUs`. */
export function lifeUs(claims: Claims, windowUs: number): number {
  const asks = claims.asksWindow && windowUs !== 0;
  return asks ? Math.min(windowUs, claims.windowUsMax) : claims.windowUsMax;
}

/**
 * The last instant at which the request is fresh. Stale is now - timestamp > life, so the last one is timestamp + life,
 * rounded down to the clock's grain; where it is stale `at` that instant already, the grain before it.
 */
export function lastFreshUs(claims: Claims, request: UnsignedRequest): number {
  const endUs = request.timestampUs + lifeUs(claims, request.windowUs);
  return claims.staleFrom === 'after' ? floorTo(endUs, claims.grainUs) : ceilTo(endUs, claims.grainUs) - claims.grainUs;
}

/**
 * The first instant at which the request is not from the future. That it is while timestamp >= now + futureUs, so the
 * first one is the next grain after timestamp - futureUs; where it is so only `after`, that instant itself, rounded up.
 */
export function firstFreshUs(claims: Claims, request: UnsignedRequest): number {
  const startUs = request.timestampUs - claims.futureUs;
  return claims.futureFrom === 'at'
    ? floorTo(startUs, claims.grainUs) + claims.grainUs
    : ceilTo(startUs, claims.grainUs);
}
