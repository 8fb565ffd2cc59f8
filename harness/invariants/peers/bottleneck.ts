/**
 * bottleneck, a limiter for each key, which sheds what it can not launch at once: `highWater: 0` with the strategy
 * OVERFLOW ("do not add the new job"). Where the contract says so, the limiters are those of a `Group`, which "manages
 * many limiters automatically for you".
 *
 * What it claims, from its README: `minTime`: "How long to wait after launching a job before launching another one";
 * with an increase interval, "Users are allowed to
 * send 40 requests initially, then every second grants 2 more requests up to a maximum of 40". Cells come by a timer
 * then, so the grain of the clock is the interval. "The `weight` must be an integer equal to or higher than 0."
 */
import type Bottleneck from 'bottleneck';
import type { Consumed, Contract, Limiter } from '../contract.js';
import { definePeer, type Peer, type PeerSetup } from './peer.js';

interface Setup extends PeerSetup {
  readonly isGroup: boolean;
  readonly options: Bottleneck.ConstructorOptions;
}

const shared: Omit<Contract, 'promises'> = {
  grainUs: 1_000,
  retryAfter: 'none',
  remaining: 'none',
  overCapacity: 'refused',
  // Nothing is said of a clock that is set.
  clockBack: 'undefined',
};

/** `cells` more every `intervalMs`, `capacity` at most. */
function reservoir(words: string, capacity: number, cells: number, intervalMs: number, isGroup = false): Setup {
  return {
    words: `${isGroup ? 'Group, ' : ''}reservoir of ${capacity}, ${cells} more every ${words}`,
    isGroup,
    options: {
      reservoir: capacity,
      reservoirIncreaseAmount: cells,
      reservoirIncreaseInterval: intervalMs,
      reservoirIncreaseMaximum: capacity,
    },
    contract: {
      ...shared,
      promises: [{ family: 'token-bucket', capacity, refillCells: cells, refillPeriodUs: intervalMs * 1_000 }],
      grainUs: intervalMs * 1_000,
      // Each limiter has a timer of 250 ms, and all of them are played: a day has to do.
      horizonUs: 86_400_000_000,
    },
  };
}

const setups: Readonly<Record<string, Setup>> = {
  'min-time': {
    words: 'minTime 333 ms',
    isGroup: false,
    options: { minTime: 333 },
    contract: {
      ...shared,
      promises: [{ family: 'token-bucket', capacity: 1, refillCells: 1, refillPeriodUs: 333_000 }],
      costMax: 1,
    },
  },
  'reservoir-second': reservoir('second', 40, 2, 1_000),
  'group-second': reservoir('second', 40, 2, 1_000, true),
  // A group deletes "limiters that have been idle for longer than 5 minutes", and with them what they had counted.
  'group-hour': reservoir('hour', 5, 1, 3_600_000, true),
};

/** A limiter's store pauses for a turn of the event loop at each step; none of its options changes that. */
interface PausingLimiter {
  readonly _store: { yieldLoop(ms?: number): Promise<void> };
}

type Package = typeof Bottleneck;

/** Finds the limiter of a key. */
type LimiterFor = (key: string) => Bottleneck;

/** @param prepare - called with each limiter that is made. */
function limitersOf({ options, isGroup }: Setup, loaded: Package, prepare: (limiter: Bottleneck) => void): LimiterFor {
  const shedding = { ...options, highWater: 0, strategy: loaded.strategy.OVERFLOW };
  if (isGroup) {
    const group = new loaded.Group(shedding);
    group.on('created', prepare);
    return (key) => group.key(key);
  }
  const limiters = new Map<string, Bottleneck>();
  return (key) => {
    const known = limiters.get(key);
    if (known !== undefined) return known;
    const made = new loaded(shedding);
    prepare(made);
    limiters.set(key, made);
    return made;
  };
}

/**
 * A played clock stands still while a request is asked, so the pauses are taken out: the steps are the same and in the
 * same order. A job is launched by a timer of 0 ms, so the answer is read when its launch is scheduled.
 */
function createLimiter(setup: Setup, loaded: Package): Limiter {
  const scheduled = new Map<string, () => void>();
  const made: Bottleneck[] = [];
  const limiterFor = limitersOf(setup, loaded, (limiter) => {
    made.push(limiter);
    (limiter as unknown as PausingLimiter)._store.yieldLoop = () => Promise.resolve();
    limiter.on('scheduled', ({ options }) => scheduled.get(options.id)?.());
  });
  let jobs = 0;
  return {
    consume: async (key, cost) => {
      // That the weight is right is the caller's part, and a job of weight 0 is no request.
      if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
      const id = String(jobs++);
      try {
        return await new Promise<Consumed>((resolve, reject) => {
          scheduled.set(id, () => resolve({ admitted: true }));
          limiterFor(key)
            .schedule({ id, weight: cost }, async () => undefined)
            .catch(reject);
        });
      } catch (error) {
        if (error instanceof loaded.BottleneckError) return { admitted: false };
        throw error;
      } finally {
        scheduled.delete(id);
      }
    },
    close: () => {
      for (const limiter of made) void limiter.disconnect();
    },
  };
}

export const bottleneck: Peer = definePeer(
  'bottleneck',
  setups,
  async () => (await import('bottleneck')).default,
  createLimiter,
);
