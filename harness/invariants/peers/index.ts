/** The packages that `floodproof check --peer` knows. */
import { bottleneck } from './bottleneck.js';
import { expressRateLimit } from './express-rate-limit.js';
import { fastifyRateLimit } from './fastify-rate-limit.js';
import { limiterPackage } from './limiter.js';
import type { Peer } from './peer.js';
import { rateLimiterFlexible } from './rate-limiter-flexible.js';

export const peers: readonly Peer[] = [
  rateLimiterFlexible,
  expressRateLimit,
  fastifyRateLimit,
  limiterPackage,
  bottleneck,
];
