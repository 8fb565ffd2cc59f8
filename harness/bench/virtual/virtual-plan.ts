/** Plans made for measuring virtual time: one crowd, two limits that it never fills, and no expectations. */
import { type Plan, requestClasses, type TokenBucketLimit } from '../../scenario/plan.js';
import { benchPlan } from '../generator/bench-plan.js';

export const virtualKinds = ['signed', 'unsigned', 'orders'] as const;
/** Account look-ups, which are signed; tickers, which are not; orders, each cancelled about a second later. */
export type VirtualKind = (typeof virtualKinds)[number];

const REQUESTS_PER_SECOND = 1_000;
const SECOND_US = 1_000_000;
const CELLS = 1_000;
/** More than a thousand requests a second leave within the five seconds in which a signature is fresh. */
const REPLAY_CAPACITY = 100_000;

export interface VirtualPlanOptions {
  readonly kind: VirtualKind;
  readonly identities: number;
  /** Arrivals, about. */
  readonly requests: number;
}

/** A crowd that arrives a thousand times a second, for as long as it takes to make so many requests. */
export function virtualPlan({ kind, identities, requests }: VirtualPlanOptions): Plan {
  const arrivals = { process: 'poisson', ratePerSecond: REQUESTS_PER_SECOND } as const;
  const seconds = Math.ceil(requests / REQUESTS_PER_SECOND);
  const plan = benchPlan({ population: identities, arrivals, seconds, connectionsPerIp: 4 });
  const { policy } = plan;
  const shares = { orderShare: kind === 'orders' ? 1 : 0, accountShare: kind === 'signed' ? 1 : 0 };
  const cancelShare = kind === 'orders' ? 1 : 0;
  return {
    ...plan,
    name: `virtual-${kind}`,
    claim: 'none: this plan measures virtual time',
    policy: {
      ...policy,
      auth: policy.auth === null ? null : { ...policy.auth, replay: 'refuse', ...memoryOf() },
      limits: [bucket('address', 'ip', identities), bucket('key', 'key', identities)],
    },
    actors: plan.actors.map((actor) => ({ ...actor, params: { ...actor.params, ...shares, cancelShare } })),
  };
}

function memoryOf(): { replayCapacity: number; replayPerKey: number } {
  return { replayCapacity: REPLAY_CAPACITY, replayPerKey: REPLAY_CAPACITY / 2 };
}

/** A thousand cells at once and as many a second: nobody of a crowd comes near. */
function bucket(name: string, by: 'ip' | 'key', maxKeys: number): TokenBucketLimit {
  return {
    name,
    family: 'token-bucket',
    by: [by],
    ipPrefix: null,
    costs: requestClasses.map(() => 1),
    ageCosts: requestClasses.map(() => []),
    ban: null,
    kills: false,
    isShadow: false,
    maxKeys,
    capacity: CELLS,
    refillCells: CELLS,
    refillPeriodUs: SECOND_US,
  };
}
