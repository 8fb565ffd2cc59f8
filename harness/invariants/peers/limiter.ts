/**
 * `RateLimiter` and `TokenBucket` of the package limiter, one for each key, asked without waiting.
 *
 * What it claims, from its README: `RateLimiter` is "A maximum token count per interval, with continuous refill
 * underneath"; "Its interval starts at construction and resets on the first removal attempt at or after the previous
 * interval expires"; a TokenBucket has "Separate burst capacity and refill rate, optionally shared through parent
 * buckets"; "A successful removal charges the child and every finite ancestor together; a failed attempt charges none";
 * `getWaitTime(count)` is the "Estimated milliseconds until capacity is available"; "Timing uses a monotonic clock".
 *
 * It also says: "Balances use JavaScript floating-point numbers, so fractional results can have normal rounding error".
 */
import type { TokenBucketNumbers } from '../../core/spec.js';
import type { Consumed, Contract, Limiter } from '../contract.js';
import { definePeer, type Peer, type PeerSetup } from './peer.js';

type Package = typeof import('limiter');

type Bucket = InstanceType<Package['TokenBucket']>;

/** The limiter of one key. */
interface KeyLimiter {
  /** What both kinds have. */
  readonly limiter: {
    tryRemoveTokens(count: number): boolean;
    getWaitTime(count: number): number;
  };
  /** The buckets that it takes from. */
  readonly buckets: readonly Bucket[];
}

/**
 * Tokens by which a balance may be short through rounding alone. The error of a balance is some 10^-14 of its tokens; a
 * millisecond of the slowest refill below brings more than 10^-7, so nobody passes a grain too early for it.
 */
const ROUNDING_TOKENS = 1e-9;

interface Setup extends PeerSetup {
  readonly createFor: (loaded: Package) => KeyLimiter;
}

function bucketOf(capacity: number, refillCells: number, periodMs: number): TokenBucketNumbers {
  return { family: 'token-bucket', capacity, refillCells, refillPeriodUs: periodMs * 1_000 };
}

const shared: Omit<Contract, 'promises'> = {
  grainUs: 1_000,
  retryAfter: 'sufficient',
  // Its balance "can exceed the current interval allowance".
  remaining: 'none',
};

/** A bucket alone "starts empty"; it is filled as `RateLimiter` fills its own, or a key would begin with a wait. */
function fullBucket(
  { TokenBucket }: Package,
  { capacity, refillCells, refillPeriodUs }: TokenBucketNumbers,
  parent?: Bucket,
): Bucket {
  const bucket = new TokenBucket({
    bucketSize: capacity,
    tokensPerInterval: refillCells,
    interval: refillPeriodUs / 1_000,
    ...(parent === undefined ? {} : { parentBucket: parent }),
  });
  bucket.content = capacity;
  return bucket;
}

function rateLimiter(words: string, tokens: number, intervalMs: number): Setup {
  return {
    words: `RateLimiter, ${tokens} tokens per ${words}`,
    createFor: ({ RateLimiter }) => {
      const limiter = new RateLimiter({ tokensPerInterval: tokens, interval: intervalMs });
      return { limiter, buckets: [limiter.tokenBucket] };
    },
    contract: {
      ...shared,
      promises: [
        bucketOf(tokens, tokens, intervalMs),
        // Made at the key's first request, so that is where its first interval starts. It resets at a request that is
        // refused too, but at a reset the bucket below has had a whole interval to fill, so none is.
        {
          family: 'fixed-window',
          capacity: tokens,
          windowUs: intervalMs * 1_000,
          anchor: 'first-hit',
          credit: 'none',
          countsDenied: false,
        },
      ],
    },
  };
}

function tokenBucket(words: string, numbers: TokenBucketNumbers, parent: TokenBucketNumbers | null): Setup {
  return {
    words: `TokenBucket, ${words}`,
    createFor: (loaded) => {
      if (parent === null) {
        const limiter = fullBucket(loaded, numbers);
        return { limiter, buckets: [limiter] };
      }
      const parentBucket = fullBucket(loaded, parent);
      const limiter = fullBucket(loaded, numbers, parentBucket);
      return { limiter, buckets: [limiter, parentBucket] };
    },
    contract: { ...shared, promises: parent === null ? [numbers] : [numbers, parent] },
  };
}

const setups: Readonly<Record<string, Setup>> = {
  'rate-limiter-second': rateLimiter('second', 10, 1_000),
  'rate-limiter-day': rateLimiter('day', 10, 86_400_000),
  'token-bucket': tokenBucket('150 tokens, 50 per second', bucketOf(150, 50, 1_000), null),
  'token-bucket-7-per-3s': tokenBucket('10 tokens, 7 per 3 s', bucketOf(10, 7, 3_000), null),
  'parent-bucket': tokenBucket(
    '5 tokens, 5 per second, with a parent of 20, 20 per minute',
    bucketOf(5, 5, 1_000),
    bucketOf(20, 20, 60_000),
  ),
};

/** Takes the tokens, also where only "normal rounding error" stands against it, which is not what is checked. */
function takes({ limiter, buckets }: KeyLimiter, cost: number): boolean {
  if (limiter.tryRemoveTokens(cost)) return true;
  const rounded = buckets.filter(({ content }) => cost > content && cost - content < ROUNDING_TOKENS);
  for (const bucket of rounded) bucket.content = cost;
  return rounded.length > 0 && limiter.tryRemoveTokens(cost);
}

function limiterOf(create: () => KeyLimiter, capacity: number): Limiter {
  const limiters = new Map<string, KeyLimiter>();
  const limiterFor = (key: string): KeyLimiter => {
    const known = limiters.get(key);
    if (known !== undefined) return known;
    const made = create();
    limiters.set(key, made);
    return made;
  };
  return {
    consume: (key, cost): Consumed => {
      // "Token amounts may be fractional", and none is no request: neither is a fault of the package.
      if (cost === 0 || (cost > 0 && cost < Number.MAX_SAFE_INTEGER && !Number.isInteger(cost))) {
        return { admitted: false };
      }
      const one = limiterFor(key);
      if (takes(one, cost)) return { admitted: true };
      // It says never by an exception.
      const waitMs = cost > capacity ? Number.POSITIVE_INFINITY : one.limiter.getWaitTime(cost);
      return { admitted: false, retryAfterUs: waitMs * 1_000 };
    },
  };
}

export const limiterPackage: Peer = definePeer(
  'limiter',
  setups,
  () => import('limiter'),
  ({ createFor, contract }, loaded) => {
    const capacity = Math.min(...contract.promises.map((promise) => promise.capacity));
    return limiterOf(() => createFor(loaded), capacity);
  },
);
